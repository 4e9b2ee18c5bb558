"""The banner of an escalated run, and of a decision a run comes back with."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.executions.escalation_clock import describe_response_clock
from lib.executions.escalations import Escalation, UnseenDecision
from lib.executions.model import Execution, ExecutionStatus
from lib.text.markdown_escape import escape_markdown, escape_markdown_lines
from lib.ui import theme
from lib.ui.actions import action_sentences, button_commands, buttons
from lib.ui.actions.action_state import queue_command
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.escalation_context import draw_escalation_context
from lib.ui.session_keys import action_button_key, action_field_key


def draw_new_decisions(decisions: Sequence[UnseenDecision], person: Person) -> None:
    """Decisions the person sees for the first time, whatever has become of the run meanwhile."""
    for decision in decisions:
        with st.container(border=True, gap="small", key=f"run_decided.{decision.escalation_id}"):
            title = _format_decision_title(decision.assigned_to_name, decision.ended_at, person)
            st.markdown(f"##### :material/reply: {title}")
            _draw_decided_escalation(decision, person)


def draw_escalation_banner(
    run: Execution, target: ActionTarget, person: Person, new_decisions: Sequence[UnseenDecision] = ()
) -> None:
    """Who is asked what, by when, the comments, and the decision a run came back with unless it is a new one."""
    escalation = run.escalation
    if escalation is None:
        return
    if escalation.is_open:
        with st.container(border=True, gap="small", key="run_escalated"):
            _draw_open_escalation(run, escalation, target, person)
        return
    is_new = escalation.id in [decision.escalation_id for decision in new_decisions]
    if escalation.ended_by == "hand_back" and run.status is ExecutionStatus.ACTIVE and not is_new:
        _draw_seen_decision(escalation, person)


def _draw_open_escalation(run: Execution, escalation: Escalation, target: ActionTarget, person: Person) -> None:
    me = str(person.id)
    whom = "you" if escalation.assigned_to == me else escape_markdown(escalation.assigned_to_name)
    severity = escape_markdown(action_sentences.format_severity(escalation.severity, target.rules).lower())
    st.markdown(f"##### :material/priority_high: Escalated to {whom}, {severity}")
    st.markdown(f"{escape_markdown(escalation.raised_by_name)}: {escape_markdown_lines(escalation.ask)}")
    clock = describe_response_clock(
        escalation.respond_by, escalation.acknowledged_at, datetime.now(UTC), person.time_zone
    )
    icon, colour = (":material/error:", "red") if escalation.is_overdue else (":material/schedule:", "gray")
    st.markdown(f":{colour}[{icon} {escape_markdown(clock)}]")
    _draw_comments(escalation, person)
    takes_part = me in (escalation.assigned_to, escalation.raised_by) or run.belongs_to(me) or person.role.leads_team
    if takes_part:
        _draw_comment_box(escalation)
    with st.container(horizontal=True, gap="small"):
        if escalation.assigned_to == me and escalation.acknowledged_at is None:
            buttons.draw_command_button(
                "Acknowledge",
                button_commands.build_acknowledge_escalation_command(escalation.id),
                key=f"ack.{escalation.id}",
                icon=":material/done_all:",
            )
        if escalation.assigned_to == me or person.role.leads_team:
            buttons.draw_dialog_button(
                "hand_back",
                target,
                ActionSource.SLIDE,
                label="Hand back",
                icon=":material/reply:",
            )
        if escalation.raised_by == me or person.role.leads_team:
            buttons.draw_action_menu(("redirect", "withdraw"), target, ActionSource.SLIDE, of=f"raised.{escalation.id}")
    with st.expander("What was handed over", type="compact"):
        draw_escalation_context(escalation.context, person.time_zone, target.account)


def _draw_seen_decision(escalation: Escalation, person: Person) -> None:
    title = _format_decision_title(escalation.assigned_to_name, escalation.ended_at, person)
    with st.expander(title, type="compact"):
        _draw_decided_escalation(escalation, person)
        _draw_comments(escalation, person)


def _format_decision_title(decided_by: str, ended_at: datetime | None, person: Person) -> str:
    ended = theme.format_timestamp(ended_at, person.time_zone) if ended_at else ""
    return f"Handed back by {escape_markdown(decided_by)}, {ended}"


def _draw_decided_escalation(decided: Escalation | UnseenDecision, person: Person) -> None:
    asked = "You asked" if decided.raised_by == str(person.id) else f"{escape_markdown(decided.raised_by_name)} asked"
    st.markdown(f"**{escape_markdown_lines(decided.decision or '')}**")
    st.caption(f"{asked}: {escape_markdown(decided.ask)}")


def _draw_comments(escalation: Escalation, person: Person) -> None:
    for comment in escalation.comments:
        when = theme.format_timestamp(comment.created_at, person.time_zone)
        author = f":small[:gray[{escape_markdown(comment.author_name)}, {when}]]"
        st.markdown(f"{author}  \n{escape_markdown_lines(comment.body)}")


def _draw_comment_box(escalation: Escalation) -> None:
    # Named after the number of comments: one that was stored leaves an empty box, one that was refused stays in it.
    name = f"{escalation.id}.{len(escalation.comments)}"
    key = action_field_key(name, "comment")
    st.text_area("Comment", key=key, height=68, placeholder="Write a comment", label_visibility="collapsed")
    st.button(
        "Comment",
        key=action_button_key("comment", name),
        type="tertiary",
        icon=":material/comment:",
        on_click=_queue_escalation_comment,
        args=(escalation, key),
    )


def _queue_escalation_comment(escalation: Escalation, key: str) -> None:
    text = str(st.session_state.get(key) or "")
    queue_command(button_commands.build_escalation_comment_command(escalation.id, text), f"{key}.{hash(text)}")
