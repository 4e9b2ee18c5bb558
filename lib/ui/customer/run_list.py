"""The runs of a customer: open ones with their state, then those that ended."""

from datetime import date

import streamlit as st

from lib.customers.customer_page_data import CustomerPage, CustomerRun
from lib.customers.customer_record_kinds import RecordKind, count_all_records
from lib.text.format import format_count, format_date, format_relative_days
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui import page_links
from lib.ui.page_links import RUN_PAGE, build_run_query_params
from lib.ui.safe_text import draw_html, draw_row_with_buttons

ENDED_RUNS = 3
_ROW = Html('<p>{}</p><p class="zen-small zen-muted">{}</p>')


def draw_customer_runs(page: CustomerPage) -> None:
    """Open runs, and the latest that ended."""
    draw_html(Html("<h4>Runs</h4>"))
    if not page.open_runs and not page.account.past_runs:
        draw_html(Html('<p class="zen-small zen-muted">No run yet.</p>'))
    for run in page.open_runs:
        with draw_row_with_buttons(
            _ROW.format(run.workflow_name, describe_customer_run(run, page.account.today)),
            key=f"customer.{run.execution_id}",
        ):
            of = (run.workflow_name, page.account.customer.name)
            page_links.draw_run_link(run.execution_id, "Open", slide_id=run.current_slide, of=of)
    if page.account.past_runs:
        with st.container(key="customer_past_runs"):
            _draw_past_run_links(page)


def _draw_past_run_links(page: CustomerPage) -> None:
    for past in page.account.past_runs[:ENDED_RUNS]:
        outcome = page.account.rules.format_outcome(past.outcome_code, otherwise=past.status.capitalize())
        label = f"{past.workflow_name}: {outcome.lower()}, {format_date(past.finished_on)}"
        st.page_link(
            RUN_PAGE, label=escape_markdown(label), query_params=build_run_query_params(past.id), width="content"
        )
    if (more := count_all_records(page.account, RecordKind.PAST_RUNS) - ENDED_RUNS) > 0:
        draw_html(
            Html('<p class="zen-small zen-muted">{} in the timeline, under Runs.</p>').format(
                format_count(more, "earlier run")
            )
        )


def describe_customer_run(run: CustomerRun, today: date) -> str:
    """ "3 of 9 slides done · due in 30 days · snoozed · assigned to Bob Lindqvist"; of a past day "open"."""
    if run.status is None:
        return "open"
    parts = (
        f"{run.slides_done} of {run.slides} slides done",
        f"due {format_relative_days((run.due_on - today).days)}" if run.due_on else None,
        run.status if run.status != "active" else None,
        f"assigned to {run.assigned_to_name}" if run.assigned_to_name else None,
    )
    return " · ".join(part for part in parts if part)
