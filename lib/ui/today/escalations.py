"""What was handed from one to another: waiting for you, waiting for others, and what came back decided."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from lib.accounts.dashboard import Dashboard, EscalationSummary
from lib.text.escape import escape_markdown
from lib.ui.actions import sentences
from lib.ui.navigation import RUN_PAGE, run_query_params
from lib.ui.today import row_layout


def draw_escalations(board: Dashboard, now: datetime) -> None:
    """`now` is in the person's zone. Nothing is drawn where nothing is escalated."""
    if not board.escalations:
        return
    st.markdown("## Escalations")
    back = [each for each in board.escalations if each.is_over]
    to_me = [each for each in board.escalations if each.to_me and not each.is_over]
    by_me = [each for each in board.escalations if not each.to_me and not each.is_over]
    _draw_group("Handed back to you", back, now)
    _draw_group("Waiting for you", to_me, now)
    _draw_group("Waiting for others", by_me, now)


def _draw_group(title: str, asked: Sequence[EscalationSummary], now: datetime) -> None:
    if not asked:
        return
    st.markdown(f":small[:gray[{title}]]")
    for each in asked:
        _draw_escalation(each, now)


def _draw_escalation(asked: EscalationSummary, now: datetime) -> None:
    with row_layout.row_with_actions(asked.escalation_id) as act:
        st.markdown(f"**{escape_markdown(asked.customer_name)}** · {escape_markdown(asked.workflow_name)}")
        said = (
            f"{asked.assigned_to_name}: {asked.decision}" if asked.is_over else f"{asked.raised_by_name}: {asked.ask}"
        )
        st.markdown(escape_markdown(said))
        st.markdown(_deadline_line(asked, now))
    with act:
        st.page_link(
            RUN_PAGE,
            label="Open",
            icon=":material/arrow_forward:",
            help=f"Open {escape_markdown(asked.workflow_name)} for {escape_markdown(asked.customer_name)}",
            query_params=run_query_params(asked.execution_id),
        )


def _deadline_line(asked: EscalationSummary, now: datetime) -> str:
    if asked.is_over:
        return f":small[:gray[Asked was: {escape_markdown(asked.ask)}]]"
    clock = sentences.describe_response_clock(
        asked.respond_by, asked.acknowledged_at, datetime.now(UTC), str(now.tzinfo)
    )
    whom = "" if asked.to_me else f" Asked is {asked.assigned_to_name}."
    text = escape_markdown(f"{asked.severity.capitalize()}. {clock}{whom}")
    return f":small[:red[:material/error: {text}]]" if asked.is_overdue else f":small[:gray[{text}]]"
