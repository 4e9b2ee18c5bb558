"""A run in a colleague's hands: who is asked what, by when, what was said, and the decision it comes back with."""

from datetime import UTC, datetime

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.executions.escalations import Escalation
from lib.executions.model import Execution, ExecutionStatus
from lib.text.escape import escape_markdown, escape_markdown_lines
from lib.ui import theme
from lib.ui.actions import buttons, commands, escalation_context, sentences
from lib.ui.actions.action_state import queue_command
from lib.ui.keys import action_button, action_field
from lib.ui.run import action_menu
from lib.ui.run.page_state import RunPageState


def draw_escalation_banner(sitting: RunPageState, person: Person) -> None:
    run, asked = sitting.execution, sitting.execution.escalation
    if asked is None:
        return
    if asked.is_open:
        with st.container(border=True, gap="small", key="run_escalated"):
            _draw_open_escalation(sitting, run, asked, person)
    elif asked.ended_by == "hand_back" and run.status is ExecutionStatus.ACTIVE:
        _draw_handed_back(sitting, asked, person)


def _draw_open_escalation(sitting: RunPageState, run: Execution, asked: Escalation, person: Person) -> None:
    me = str(person.id)
    whom = "you" if asked.assigned_to == me else escape_markdown(asked.assigned_to_name)
    st.markdown(f"##### :material/priority_high: Escalated to {whom}, {escape_markdown(asked.severity)}")
    st.markdown(f"{escape_markdown(asked.raised_by_name)}: {escape_markdown_lines(asked.ask)}")
    clock = sentences.describe_response_clock(
        asked.respond_by, asked.acknowledged_at, datetime.now(UTC), person.time_zone
    )
    icon, colour = (":material/error:", "red") if asked.is_overdue else (":material/schedule:", "gray")
    st.markdown(f":{colour}[{icon} {escape_markdown(clock)}]")
    _draw_comments(asked, person)
    takes_part = me in (asked.assigned_to, asked.raised_by, run.owner_id) or person.role.leads_team
    if takes_part:
        _draw_comment_box(asked)
    with st.container(horizontal=True, gap="small"):
        if asked.assigned_to == me and asked.acknowledged_at is None:
            buttons.draw_command_button(
                "Acknowledge",
                commands.acknowledge_escalation(asked.id),
                key=f"ack.{asked.id}",
                icon=":material/done_all:",
            )
        if asked.assigned_to == me or person.role.leads_team:
            buttons.draw_dialog_button(
                "hand_back",
                action_menu.action_target(sitting),
                ActionSource.SLIDE,
                label="Hand back",
                icon=":material/reply:",
            )
    with st.expander("What was handed over", type="compact"):
        escalation_context.draw_escalation_context(asked.context, person.time_zone)


def _draw_handed_back(sitting: RunPageState, asked: Escalation, person: Person) -> None:
    """New to whoever asked, it lies open; to others and later it is folded away."""
    ended = theme.format_timestamp(asked.ended_at, person.time_zone) if asked.ended_at else ""
    title = f"Handed back by {escape_markdown(asked.assigned_to_name)}, {ended}"
    is_news = asked.raised_by == str(person.id) and (asked.seen_at is None or sitting.is_decision_new)
    if is_news:
        with st.container(border=True, gap="small", key="run_decided"):
            st.markdown(f"##### :material/reply: {title}")
            _draw_decision(asked)
    else:
        with st.expander(title, type="compact"):
            _draw_decision(asked)
            _draw_comments(asked, person)


def _draw_decision(asked: Escalation) -> None:
    st.markdown(f"**{escape_markdown_lines(asked.decision or '')}**")
    st.caption(f"Asked was: {escape_markdown(asked.ask)}")


def _draw_comments(asked: Escalation, person: Person) -> None:
    for each in asked.comments:
        when = theme.format_timestamp(each.created_at, person.time_zone)
        st.markdown(f":small[:gray[{escape_markdown(each.author_name)}, {when}]]  \n{escape_markdown_lines(each.body)}")


def _draw_comment_box(asked: Escalation) -> None:
    """The box is named after how many comments stand: a comment taken leaves an empty one, one refused stays."""
    name = f"{asked.id}.{len(asked.comments)}"
    key = action_field(name, "comment")
    st.text_area("Comment", key=key, height=68, placeholder="Say something about it", label_visibility="collapsed")
    button = action_button("comment", name)
    st.button(
        "Comment", key=button, type="tertiary", icon=":material/comment:", on_click=_queue_comment, args=(asked, key)
    )


def _queue_comment(asked: Escalation, key: str) -> None:
    queue_command(
        commands.comment_on_escalation(asked.id, str(st.session_state.get(key) or "")),
        f"{key}.{hash(st.session_state.get(key))}",
    )
