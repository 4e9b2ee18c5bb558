"""What was handed from one to another: waiting for you, waiting for others, and what came back decided."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from lib.accounts.board import Asked, Board
from lib.slides.words import escape
from lib.ui.acting import sentences
from lib.ui.board import rows
from lib.ui.starting import RUN_PAGE, run_address


def draw_escalations(board: Board, now: datetime) -> None:
    """`now` is in the person's zone. Nothing is drawn where nothing is escalated."""
    if not board.escalations:
        return
    st.markdown("## Escalations")
    back = [each for each in board.escalations if each.is_over]
    to_me = [each for each in board.escalations if each.to_me and not each.is_over]
    by_me = [each for each in board.escalations if not each.to_me and not each.is_over]
    _group("Handed back to you", back, now)
    _group("Waiting for you", to_me, now)
    _group("Waiting for others", by_me, now)


def _group(title: str, asked: Sequence[Asked], now: datetime) -> None:
    if not asked:
        return
    st.markdown(f":small[:gray[{title}]]")
    for each in asked:
        _row(each, now)


def _row(asked: Asked, now: datetime) -> None:
    with rows.row(asked.escalation_id) as act:
        st.markdown(f"**{escape(asked.customer_name)}** · {escape(asked.workflow_name)}")
        said = (
            f"{asked.assigned_to_name}: {asked.decision}" if asked.is_over else f"{asked.raised_by_name}: {asked.ask}"
        )
        st.markdown(escape(said))
        st.markdown(_state(asked, now))
    with act:
        st.page_link(
            RUN_PAGE,
            label="Open",
            icon=":material/arrow_forward:",
            help=f"Open {escape(asked.workflow_name)} for {escape(asked.customer_name)}",
            query_params=run_address(asked.execution_id),
        )


def _state(asked: Asked, now: datetime) -> str:
    if asked.is_over:
        return f":small[:gray[Asked was: {escape(asked.ask)}]]"
    clock = sentences.standing_clock(asked.respond_by, asked.acknowledged_at, datetime.now(UTC), str(now.tzinfo))
    whom = "" if asked.to_me else f" Asked is {asked.assigned_to_name}."
    text = escape(f"{asked.severity.capitalize()}. {clock}{whom}")
    return f":small[:red[:material/error: {text}]]" if asked.is_overdue else f":small[:gray[{text}]]"
