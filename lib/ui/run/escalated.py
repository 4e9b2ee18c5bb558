"""A run in a colleague's hands: who is asked what, by when, what was said, and the decision it comes back with."""

from datetime import UTC, datetime

import streamlit as st

from lib.actions.model import Source
from lib.auth.model import Person
from lib.executions.model import Execution, ExecutionStatus
from lib.executions.work import Escalation
from lib.slides.words import escape, escape_lines
from lib.ui import theme
from lib.ui.acting import acts, buttons, pack, sentences
from lib.ui.acting.desk import press
from lib.ui.keys import act_field, act_press
from lib.ui.run import menu
from lib.ui.run.sitting import Sitting


def draw(sitting: Sitting, person: Person) -> None:
    run, asked = sitting.execution, sitting.execution.escalation
    if asked is None:
        return
    if asked.is_open:
        with st.container(border=True, gap="small", key="run_escalated"):
            _open(sitting, run, asked, person)
    elif asked.ended_by == "hand_back" and run.status is ExecutionStatus.ACTIVE:
        _decided(sitting, asked, person)


def _open(sitting: Sitting, run: Execution, asked: Escalation, person: Person) -> None:
    me = str(person.id)
    whom = "you" if asked.assigned_to == me else escape(asked.assigned_to_name)
    st.markdown(f"##### :material/priority_high: Escalated to {whom}, {escape(asked.severity)}")
    st.markdown(f"{escape(asked.raised_by_name)}: {escape_lines(asked.ask)}")
    clock = sentences.standing_clock(asked.respond_by, asked.acknowledged_at, datetime.now(UTC), person.time_zone)
    icon, colour = (":material/error:", "red") if asked.is_overdue else (":material/schedule:", "gray")
    st.markdown(f":{colour}[{icon} {escape(clock)}]")
    _comments(asked, person)
    takes_part = me in (asked.assigned_to, asked.raised_by, run.owner_id) or person.role.leads_team
    if takes_part:
        _say(asked)
    with st.container(horizontal=True, gap="small"):
        if asked.assigned_to == me and asked.acknowledged_at is None:
            buttons.act("Acknowledge", acts.acknowledge(asked.id), key=f"ack.{asked.id}", icon=":material/done_all:")
        if asked.assigned_to == me or person.role.leads_team:
            buttons.opening("hand_back", menu.about(sitting), Source.SLIDE, label="Hand back", icon=":material/reply:")
    with st.expander("What was handed over", type="compact"):
        pack.draw(asked.context, person.time_zone)


def _decided(sitting: Sitting, asked: Escalation, person: Person) -> None:
    """New to whoever asked, it lies open; to others and later it is folded away."""
    ended = theme.stamp(asked.ended_at, person.time_zone) if asked.ended_at else ""
    title = f"Handed back by {escape(asked.assigned_to_name)}, {ended}"
    is_news = asked.raised_by == str(person.id) and (asked.seen_at is None or sitting.is_decision_seen)
    if is_news:
        with st.container(border=True, gap="small", key="run_decided"):
            st.markdown(f"##### :material/reply: {title}")
            _decision(asked)
    else:
        with st.expander(title, type="compact"):
            _decision(asked)
            _comments(asked, person)


def _decision(asked: Escalation) -> None:
    st.markdown(f"**{escape_lines(asked.decision or '')}**")
    st.caption(f"Asked was: {escape(asked.ask)}")


def _comments(asked: Escalation, person: Person) -> None:
    for each in asked.comments:
        when = theme.stamp(each.created_at, person.time_zone)
        st.markdown(f":small[:gray[{escape(each.author_name)}, {when}]]  \n{escape_lines(each.body)}")


def _say(asked: Escalation) -> None:
    """The box is named after how many comments stand: a comment taken leaves an empty one, one refused stays."""
    name = f"{asked.id}.{len(asked.comments)}"
    key = act_field(name, "comment")
    st.text_area("Comment", key=key, height=68, placeholder="Say something about it", label_visibility="collapsed")
    button = act_press("comment", name)
    st.button("Comment", key=button, type="tertiary", icon=":material/comment:", on_click=_comment, args=(asked, key))


def _comment(asked: Escalation, key: str) -> None:
    press(acts.comment(asked.id, str(st.session_state.get(key) or "")), f"{key}.{hash(st.session_state.get(key))}")
