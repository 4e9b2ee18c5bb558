"""Rows of the page Team: stuck runs, open escalations with their clocks, and the rows behind a figure."""

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.customers.team_overview import (
    StuckRun,
    TeamEscalation,
    TeamFigure,
    TeamOverview,
    TeamRepository,
    TeamRow,
    TeamRows,
)
from lib.text.format import format_count, format_date, format_money, format_relative_days
from lib.text.html import Html
from lib.ui import empty_and_error_states, page_links, row_pager
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.safe_text import draw_html, draw_row_with_buttons
from lib.ui.team.team_url import TeamView
from lib.ui.today.item_html import build_escalation_clock_html

FIRST_ROWS = 10
FIGURE_ROWS = 50
FIGURE_TITLES: Mapping[TeamFigure, str] = {
    TeamFigure.OPEN: "Open runs",
    TeamFigure.OVERDUE: "Overdue runs",
    TeamFigure.SNOOZED: "Snoozed runs",
    TeamFigure.STUCK: "Stuck",
    TeamFigure.ESCALATIONS: "Escalations",
    TeamFigure.LATE_FOLLOW_UPS: "Late follow-ups",
}

_ROW = Html('<p><strong dir="auto">{}</strong> · {}</p><p>{}</p>{}')
_SMALL = Html('<p class="zen-small zen-muted">{}</p>')


def draw_figure_rows(team: TeamOverview, view: TeamView, repository: TeamRepository, time_zone: str) -> None:
    """What a figure counts, of a person or of all, and the way back. Raises NotPermitted for a CSM."""
    figure, person_id = view.figure, view.person_id
    if figure is None:
        return
    names = [member.full_name for member in team.members if str(member.id) == person_id]
    st.markdown(f"## {FIGURE_TITLES[figure]}")
    draw_html(_SMALL.format(names[0] if names else "The whole team"))
    if figure is TeamFigure.STUCK:
        draw_stuck_runs(team, [run for run in team.stuck_runs if person_id in (None, str(run.worker_id))])
    elif figure is TeamFigure.ESCALATIONS:
        draw_team_escalations(
            team, [each for each in team.escalations if person_id in (None, str(each.assigned_to_id))], time_zone
        )
    else:
        _draw_fetched_rows(team, figure, person_id, repository)
    page_links.draw_team_link("All of the team", icon=":material/arrow_back:")


def draw_team_escalations(team: TeamOverview, escalations: Sequence[TeamEscalation], time_zone: str) -> None:
    """Open escalations, the first answer due first, each with its clock."""
    if not escalations:
        draw_html(_SMALL.format("No escalation is open."))
    window = row_pager.get_row_window("team_escalations", len(escalations), at_first=FIRST_ROWS)
    for each in escalations[window.first : window.end]:
        html = _ROW.format(
            build_customer_link_html(each.customer_id, each.customer_name),
            each.workflow_name,
            f"{each.raised_by_name}: {each.ask}",
            build_escalation_clock_html(each, time_zone),
        )
        with draw_row_with_buttons(html, key=f"escalation.{each.escalation_id}"):
            page_links.draw_run_link(each.execution_id, "Open", of=(each.workflow_name, each.customer_name))
    row_pager.draw_row_pager("team_escalations", window, len(escalations), "escalation")
    if team.escalation_count > len(team.escalations):
        total = format_count(team.escalation_count, "escalation")
        st.caption(f"The {len(team.escalations):,} first to be answered of {total}. The team's inbox has all.")


def draw_stuck_runs(team: TeamOverview, runs: Sequence[StuckRun]) -> None:
    """Runs that do not move, most ARR first, each with the reason."""
    if not runs:
        empty_and_error_states.draw_empty_state(
            "Nothing is stuck", "No run is overdue, unanswered or untouched.", icon=":material/check_circle:"
        )
        return
    window = row_pager.get_row_window("stuck_runs", len(runs), at_first=FIRST_ROWS)
    for run in runs[window.first : window.end]:
        html = _ROW.format(
            build_customer_link_html(str(run.customer_id), run.customer_name),
            run.workflow_name,
            run.describe(team.today),
            _SMALL.format(f"{run.worker_name} · {format_money(run.arr)} ARR"),
        )
        with draw_row_with_buttons(html, key=f"stuck.{run.execution_id}"):
            page_links.draw_run_link(str(run.execution_id), "Open", of=(run.workflow_name, run.customer_name))
    row_pager.draw_row_pager("stuck_runs", window, len(runs), "run")
    if team.stuck_run_count > len(team.stuck_runs):
        st.caption(f"The {len(team.stuck_runs):,} with the most ARR of {format_count(team.stuck_run_count, 'run')}.")


def _draw_fetched_rows(
    team: TeamOverview, figure: TeamFigure, person_id: str | None, repository: TeamRepository
) -> None:
    part = f"team_{figure}_{person_id or 'all'}"
    found = row_pager.load_window_rows(
        part,
        row_pager.get_row_window(part, 10**6, at_first=FIGURE_ROWS),
        lambda first, most: repository.fetch_team_figure_rows(figure, person_id, first, most),
    )
    _draw_team_figure_rows(team, figure, found)
    row_pager.draw_row_pager(
        part, row_pager.get_row_window(part, found.total, at_first=FIGURE_ROWS), found.total, "row"
    )


def _draw_team_figure_rows(team: TeamOverview, figure: TeamFigure, found: TeamRows) -> None:
    if not found.total:
        draw_html(_SMALL.format("There are none now."))
    for row in found.rows:
        html = _ROW.format(
            build_customer_link_html(str(row.customer_id), row.customer_name),
            row.title,
            _describe_row_day(team, figure, row),
            _SMALL.format(row.person_name),
        )
        with draw_row_with_buttons(html, key=f"team.row.{row.id}"):
            if row.execution_id is not None:
                page_links.draw_run_link(str(row.execution_id), "Open", of=(row.title, row.customer_name))


def _describe_row_day(team: TeamOverview, figure: TeamFigure, row: TeamRow) -> str:
    if row.day is None:
        return "No due date."
    days = (row.day - team.today).days
    if figure is TeamFigure.SNOOZED:
        return f"Snoozed until {format_date(row.day)}."
    return f"{'Was due' if days < 0 else 'Due'} {format_relative_days(days)} ({format_date(row.day)})."
