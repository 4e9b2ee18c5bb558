"""Runs on Today: escalated ones, open ones to resume, and those completed this week."""

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from lib.customers.today_items import EscalationSummary, OpenRun
from lib.customers.today_overview import FinishedRun, TodayOverview
from lib.errors import ZenError
from lib.executions.today_sentences import format_run_progress
from lib.services import Services
from lib.text.format import format_count, format_money
from lib.text.html import Html
from lib.text.local_time import to_local_time
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, page_links, row_pager, session_keys
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.page_links import RUN_PAGE, build_run_query_params
from lib.ui.safe_text import draw_html, draw_row_with_buttons
from lib.ui.today import sentences
from lib.ui.today.item_html import build_escalation_clock_html

MAX_VISIBLE_RUNS = 5


def draw_today_escalations(dashboard: TodayOverview, now: datetime) -> None:
    """Nothing is drawn where nothing is escalated. `now` is in the person's zone."""
    if not dashboard.escalations:
        return
    st.markdown("## Escalations")
    open_ones = [each for each in dashboard.escalations if not each.is_over]
    _draw_escalation_group("Handed back to you", [each for each in dashboard.escalations if each.is_over], now)
    _draw_escalation_group("Waiting for you", [each for each in open_ones if each.to_me], now)
    _draw_escalation_group("Waiting for others", [each for each in open_ones if not each.to_me], now)
    if (shown := len(dashboard.escalations)) < dashboard.escalation_count:
        st.caption(f"The {shown} most urgent of {format_count(dashboard.escalation_count, 'escalation')}.")
        page_links.draw_inbox_link("All escalations", "escalated", icon=":material/priority_high:")


def _draw_escalation_group(title: str, escalations: Sequence[EscalationSummary], now: datetime) -> None:
    if not escalations:
        return
    draw_html(Html('<p class="zen-small zen-muted">{}</p>').format(title))
    for escalation in escalations:
        with error_boundary(f"escalation {escalation.escalation_id}"):
            _draw_escalation(escalation, now)


def _draw_escalation(escalation: EscalationSummary, now: datetime) -> None:
    message = (
        f"{escalation.assigned_to_name}: {escalation.decision}"
        if escalation.is_over
        else f"{escalation.raised_by_name}: {escalation.ask}"
    )
    html = Html('<p><strong>{}</strong> · {}</p><p dir="auto">{}</p>{}').format(
        build_customer_link_html(escalation.customer_id, escalation.customer_name),
        escalation.workflow_name,
        message,
        _build_escalation_status_html(escalation, now),
    )
    with draw_row_with_buttons(html, key=escalation.escalation_id):
        page_links.draw_run_link(
            escalation.execution_id, "Open", of=(escalation.workflow_name, escalation.customer_name)
        )


def _build_escalation_status_html(escalation: EscalationSummary, now: datetime) -> Html:
    if escalation.is_over:
        return Html('<p class="zen-small zen-muted">You asked: {}</p>').format(escalation.ask)
    return build_escalation_clock_html(escalation, str(now.tzinfo))


def draw_today_runs(overview: TodayOverview, services: Services, now: datetime) -> None:
    """Overdue first, then next due; the others are a click away. `now` is in the person's zone."""
    if not overview.open_runs and not overview.finished_runs:
        return
    st.markdown("## Runs to resume")
    if not overview.open_runs:
        st.caption("No other run is open.")
    part = session_keys.TODAY_OPEN_RUNS
    window = row_pager.get_row_window(part, overview.open_run_count, at_first=count_visible_runs(overview))
    runs = overview.open_runs[: window.count]
    if window.end > len(overview.open_runs):
        try:
            runs = row_pager.load_window_rows(part, window, services.accounts.fetch_open_runs).open_runs
        except ZenError as error:
            empty_and_error_states.draw_error(error, key=part)
    for run in runs:
        _draw_open_run(run, overview.today, now, show_owner=services.person.role.leads_team)
    row_pager.draw_row_pager(part, window, overview.open_run_count, "open run")
    _draw_completed_runs(overview, services, now)


def count_visible_runs(overview: TodayOverview) -> int:
    """A few, but every overdue one that is loaded."""
    overdue = sum(run.due_on is not None and run.due_on < overview.today for run in overview.open_runs)
    return max(MAX_VISIBLE_RUNS, overdue)


def _draw_open_run(run: OpenRun, today: date, now: datetime, *, show_owner: bool) -> None:
    with error_boundary(f"open run {run.execution_id}"):
        html = Html('<p><strong>{}</strong> · {}</p><p class="zen-small zen-muted">{}</p>').format(
            build_customer_link_html(run.customer_id, run.customer_name),
            run.workflow_name,
            _format_run_status_line(run, today, now, show_owner=show_owner),
        )
        with draw_row_with_buttons(html, key=session_keys.today_run_key(run.execution_id)):
            page_links.draw_run_link(
                run.execution_id,
                "Resume",
                slide_id=run.current_slide,
                icon=":material/play_circle:",
                of=(run.workflow_name, run.customer_name),
            )


def _format_run_status_line(run: OpenRun, today: date, now: datetime, *, show_owner: bool) -> str:
    edited = to_local_time(run.updated_at, str(now.tzinfo))
    parts = (
        format_run_progress(run),
        f"last edited {sentences.format_elapsed(edited, now)}",
        sentences.format_due_date(run.due_on, today),
        run.status if run.status != "active" else None,
        run.owner_name if show_owner else None,
        f"assigned to {run.assigned_to_name}" if run.assigned_to_name else None,
    )
    return " · ".join(part for part in parts if part)


def _draw_completed_runs(dashboard: TodayOverview, services: Services, now: datetime) -> None:
    headline = sentences.format_completed_count(dashboard)
    if headline is None:
        return
    part, total = session_keys.TODAY_FINISHED_RUNS, dashboard.completed_this_week
    window = row_pager.get_row_window(part, total, at_first=row_pager.PAGE_ROWS)
    runs = dashboard.finished_runs[: window.count]
    with st.expander(headline, type="compact"):
        if window.end > len(dashboard.finished_runs):
            try:
                runs = row_pager.load_window_rows(part, window, services.accounts.fetch_finished_runs).finished_runs
            except ZenError as error:
                empty_and_error_states.draw_error(error, key=part)
        for run in runs:
            st.page_link(
                RUN_PAGE,
                label=escape_markdown(_format_completed_run_label(run, now)),
                query_params=build_run_query_params(run.execution_id),
                width="content",
            )
        row_pager.draw_row_pager(part, window, total, "completed run")


def _format_completed_run_label(run: FinishedRun, now: datetime) -> str:
    ended = sentences.format_elapsed(to_local_time(run.ended_at, str(now.tzinfo)), now)
    amount = f", {format_money(run.outcome_amount)} ARR" if run.outcome_amount is not None else ""
    return f"{run.customer_name}: {run.workflow_name}, {run.outcome_label.lower()}{amount}, {ended}"
