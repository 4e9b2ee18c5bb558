"""Runs that wait to be gone on with, and the ones just finished."""

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from lib.accounts.dashboard import Dashboard, FinishedRun, OpenRun
from lib.text.escape import escape_markdown
from lib.text.format import format_count, format_money, humanize_code
from lib.text.local_time import to_local_time
from lib.ui import keys
from lib.ui.navigation import RUN_PAGE, run_query_params
from lib.ui.today import row_layout, sentences

MAX_VISIBLE_RUNS = 5


def draw_runs(board: Dashboard, now: datetime, *, show_owner: bool) -> None:
    """Next due first; beyond the first few they stand behind a disclosure. `now` is in the person's zone."""
    if not board.open_runs and not board.finished_runs:
        return
    st.markdown("## Runs to resume")
    if not board.open_runs:
        st.caption("No run is open.")
    shown, folded = split_runs_by_due_date(board.open_runs, board.today)
    for run in shown:
        _draw_run(run, board, now, show_owner=show_owner)
    if folded:
        with st.expander(format_count(len(folded), "more open run"), type="compact"):
            for run in folded:
                _draw_run(run, board, now, show_owner=show_owner)
    _draw_completed_runs(board, now)


def split_runs_by_due_date(runs: Sequence[OpenRun], today: date) -> tuple[list[OpenRun], list[OpenRun]]:
    """By due date, the longest overdue first and those without one last; what is overdue is never folded away."""
    ordered = sorted(runs, key=lambda run: (run.due_on is None, run.due_on or today))
    overdue = sum(run.due_on is not None and run.due_on < today for run in runs)
    most = max(MAX_VISIBLE_RUNS, overdue)
    return ordered[:most], ordered[most:]


def _draw_run(run: OpenRun, board: Dashboard, now: datetime, *, show_owner: bool) -> None:
    with row_layout.row_with_actions(keys.today_run(run.execution_id)) as act:
        st.markdown(f"**{escape_markdown(run.customer_name)}** · {escape_markdown(run.workflow_name)}")
        st.caption(escape_markdown(_status_line(run, board, now, show_owner=show_owner)))
    with act:
        st.page_link(
            RUN_PAGE,
            label="Resume",
            icon=":material/play_circle:",
            help=f"Resume {escape_markdown(run.workflow_name)} for {escape_markdown(run.customer_name)}",
            query_params=run_query_params(run.execution_id),
        )


def _status_line(run: OpenRun, board: Dashboard, now: datetime, *, show_owner: bool) -> str:
    touched = to_local_time(run.updated_at, str(now.tzinfo))
    said = (
        sentences.format_run_progress(run),
        f"last touched {sentences.format_elapsed(touched, now)}",
        sentences.format_due_date(run.due_on, board.today),
        run.status if run.status != "active" else None,
        run.owner_name if show_owner else None,
    )
    return " · ".join(part for part in said if part)


def _draw_completed_runs(board: Dashboard, now: datetime) -> None:
    headline = sentences.format_completed_count(board)
    if headline is None:
        return
    with st.expander(headline, type="compact"):
        for run in board.finished_runs:
            st.page_link(
                RUN_PAGE,
                label=escape_markdown(_completed_run_label(run, now)),
                query_params=run_query_params(run.execution_id),
                width="content",
            )


def _completed_run_label(run: FinishedRun, now: datetime) -> str:
    ended = sentences.format_elapsed(to_local_time(run.ended_at, str(now.tzinfo)), now)
    amount = f", {format_money(run.outcome_amount)} ARR" if run.outcome_amount is not None else ""
    return f"{run.customer_name}: {run.workflow_name}, {humanize_code(run.outcome_code)}{amount}, {ended}"
