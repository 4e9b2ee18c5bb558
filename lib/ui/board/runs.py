"""Runs that wait to be gone on with, and the ones just finished."""

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from lib.accounts.board import Board, FinishedRun, OpenRun
from lib.slides import words
from lib.slides.clock import local
from lib.slides.words import escape
from lib.ui import keys
from lib.ui.board import rows, sentences
from lib.ui.starting import RUN_PAGE, run_address

SHOWN = 5


def draw_runs(board: Board, now: datetime, *, show_owner: bool) -> None:
    """Next due first; beyond the first few they stand behind a disclosure. `now` is in the person's zone."""
    if not board.resume and not board.recently_completed:
        return
    st.markdown("## Runs to resume")
    if not board.resume:
        st.caption("No run is open.")
    shown, folded = shown_and_folded(board.resume, board.today)
    for run in shown:
        _draw_run(run, board, now, show_owner=show_owner)
    if folded:
        with st.expander(words.count(len(folded), "more open run"), type="compact"):
            for run in folded:
                _draw_run(run, board, now, show_owner=show_owner)
    _draw_completed(board, now)


def shown_and_folded(runs: Sequence[OpenRun], today: date) -> tuple[list[OpenRun], list[OpenRun]]:
    """By due date, the longest overdue first and those without one last; what is overdue is never folded away."""
    ordered = sorted(runs, key=lambda run: (run.due_on is None, run.due_on or today))
    overdue = sum(run.due_on is not None and run.due_on < today for run in runs)
    most = max(SHOWN, overdue)
    return ordered[:most], ordered[most:]


def _draw_run(run: OpenRun, board: Board, now: datetime, *, show_owner: bool) -> None:
    with rows.row(keys.zen_run(run.execution_id)) as act:
        st.markdown(f"**{escape(run.customer_name)}** · {escape(run.workflow_name)}")
        st.caption(escape(_state(run, board, now, show_owner=show_owner)))
    with act:
        st.page_link(
            RUN_PAGE,
            label="Resume",
            icon=":material/play_circle:",
            help=f"Resume {escape(run.workflow_name)} for {escape(run.customer_name)}",
            query_params=run_address(run.execution_id),
        )


def _state(run: OpenRun, board: Board, now: datetime, *, show_owner: bool) -> str:
    touched = local(run.updated_at, str(now.tzinfo))
    said = (
        sentences.run_progress(run),
        f"last touched {sentences.how_long_ago(touched, now)}",
        sentences.due(run.due_on, board.today),
        run.status if run.status != "active" else None,
        run.owner_name if show_owner else None,
    )
    return " · ".join(part for part in said if part)


def _draw_completed(board: Board, now: datetime) -> None:
    headline = sentences.completed(board)
    if headline is None:
        return
    with st.expander(headline, type="compact"):
        for run in board.recently_completed:
            st.page_link(
                RUN_PAGE, label=escape(_finished(run, now)), query_params=run_address(run.execution_id), width="content"
            )


def _finished(run: FinishedRun, now: datetime) -> str:
    ended = sentences.how_long_ago(local(run.ended_at, str(now.tzinfo)), now)
    amount = f", {words.money(run.outcome_amount)} ARR" if run.outcome_amount is not None else ""
    return f"{run.customer_name}: {run.workflow_name}, {words.spoken(run.outcome_code)}{amount}, {ended}"
