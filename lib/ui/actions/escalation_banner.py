"""An escalated run: its banner, and what was handed over with it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.chat.model import NOT_WRITTEN_BY_ZEN
from lib.customers.model import HEALTH_BAND_LABELS
from lib.db.row_signatures import RowSigner
from lib.executions.escalations import Escalation
from lib.executions.model import Execution, ExecutionStatus
from lib.services import create_row_signer
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.text.format import format_count, format_date, format_money, format_yes_no, humanize_code
from lib.text.json_values import parse_date, parse_moment, parse_number
from lib.text.markdown_escape import escape_markdown, escape_markdown_lines
from lib.text.truncate import single_line
from lib.ui import theme
from lib.ui.actions import buttons, commands, sentences
from lib.ui.actions.action_state import queue_command
from lib.ui.actions.action_target import ActionTarget
from lib.ui.session_keys import action_button_key, action_field_key

MAX_TEXT_LENGTH = 400
MAX_ROWS = 5
FACT_LABELS: Mapping[str, str] = {
    "arr": "ARR",
    "renewal_date": "Renewal date",
    "notice_deadline": "Notice deadline",
    "auto_renews": "Auto-renews",
    "health": "Health",
    "open_tickets": "Open tickets",
    "open_p1": "Open P1 tickets",
    "competitor": "Competitor",
}
SPEAKERS = {"user": "Asked", "assistant": "Answered"}


def draw_escalation_banner(run: Execution, target: ActionTarget, person: Person, *, is_decision_new: bool) -> None:
    """Who is asked what, by when, the comments, and the decision a run comes back with."""
    escalation = run.escalation
    if escalation is None:
        return
    if escalation.is_open:
        with st.container(border=True, gap="small", key="run_escalated"):
            _draw_open_escalation(run, escalation, target, person)
    elif escalation.ended_by == "hand_back" and run.status is ExecutionStatus.ACTIVE:
        _draw_escalation_decision(escalation, person, is_decision_new=is_decision_new)


def _draw_open_escalation(run: Execution, escalation: Escalation, target: ActionTarget, person: Person) -> None:
    me = str(person.id)
    whom = "you" if escalation.assigned_to == me else escape_markdown(escalation.assigned_to_name)
    severity = escape_markdown(sentences.format_severity(escalation.severity, target.rules).lower())
    st.markdown(f"##### :material/priority_high: Escalated to {whom}, {severity}")
    st.markdown(f"{escape_markdown(escalation.raised_by_name)}: {escape_markdown_lines(escalation.ask)}")
    clock = sentences.describe_response_clock(
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
                commands.build_acknowledge_escalation_command(escalation.id),
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
        draw_escalation_context(escalation.context, person.time_zone)


def _draw_escalation_decision(escalation: Escalation, person: Person, *, is_decision_new: bool) -> None:
    """The decision: open for whoever escalated while it is new to them, otherwise in an expander."""
    ended = theme.format_timestamp(escalation.ended_at, person.time_zone) if escalation.ended_at else ""
    title = f"Handed back by {escape_markdown(escalation.assigned_to_name)}, {ended}"
    is_raiser = escalation.raised_by == str(person.id)
    asked = "You asked" if is_raiser else f"{escape_markdown(escalation.raised_by_name)} asked"
    is_new = is_raiser and (escalation.seen_at is None or is_decision_new)
    box = st.container(border=True, gap="small", key="run_decided") if is_new else st.expander(title, type="compact")
    with box:
        if is_new:
            st.markdown(f"##### :material/reply: {title}")
        st.markdown(f"**{escape_markdown_lines(escalation.decision or '')}**")
        st.caption(f"{asked}: {escape_markdown(escalation.ask)}")
        if not is_new:
            _draw_comments(escalation, person)


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
    queue_command(commands.build_escalation_comment_command(escalation.id, text), f"{key}.{hash(text)}")


def draw_escalation_context(context: Mapping[str, Any], time_zone: str) -> None:
    """Facts, answers and chat as of the escalation. `context` is JSON from the database with text people typed."""
    if not context:
        st.markdown(":gray[Nothing is on record yet.]")
        return
    if as_of := parse_moment(context.get("as_of")):
        st.caption(f"As of {theme.format_timestamp(as_of, time_zone)}.")
    st.markdown("##### Facts")
    st.markdown("  \n".join(_format_fact_lines(context)) or ":gray[No facts.]")
    st.markdown("##### Answers so far")
    slides = list(context.get("answers") or ())
    if not slides:
        st.markdown(":gray[No answers yet.]")
    for slide in slides:
        _draw_escalated_answers(slide)
    _draw_chat_extract(list(context.get("chat") or ()), time_zone)


def _format_fact_lines(context: Mapping[str, Any]) -> Iterator[str]:
    facts = context.get("facts") or {}
    for key, label in FACT_LABELS.items():
        if facts.get(key) is not None:
            yield f":gray[{label}:] {escape_markdown(_format_escalation_fact(key, facts[key], facts))}"


def _format_escalation_fact(key: str, value: Any, facts: Mapping[str, Any]) -> str:
    match key:
        case "arr":
            return f"{format_money(parse_number(value))} a year"
        case "renewal_date" | "notice_deadline":
            return format_date(parse_date(value))
        case "auto_renews":
            return format_yes_no(bool(value))
        case "health":
            band = HEALTH_BAND_LABELS.get(str(facts.get("health_band")))
            return f"{value}, {band}" if band else str(value)
        case _:
            return str(value)


def _draw_escalated_answers(slide: Mapping[str, Any]) -> None:
    slide_id = str(slide.get("slide_id"))
    known = slide_id in LIBRARY
    title = LIBRARY[SlideId(slide_id)].title if known else humanize_code(slide_id).capitalize()
    answers = slide.get("answers") or {}
    lines = [
        f":gray[{escape_markdown(humanize_code(key).capitalize())}:] {format_stored_answer(value)}"
        for key, value in answers.items()
        if _is_answered(value)
    ]
    if lines:
        st.markdown(f"**{escape_markdown(title)}**  \n" + "  \n".join(lines))


def format_stored_answer(value: Any) -> str:
    """A stored answer in one escaped line; its question's form is not known here."""
    match value:
        case bool():
            return format_yes_no(value)
        case int() | float():
            return format_count(value)
        case list():
            shown = "; ".join(_format_answer_row(item) for item in value[:MAX_ROWS])
            return escape_markdown(
                single_line(f"{shown}{f'; and {len(value) - MAX_ROWS} more' if len(value) > MAX_ROWS else ''}")
            )
        case dict():
            return escape_markdown(_format_answer_row(value))
        case _:
            return escape_markdown(single_line(str(value), max_length=MAX_TEXT_LENGTH))


def _format_answer_row(item: Any) -> str:
    cells = item.values() if isinstance(item, dict) else (item,)
    return single_line(", ".join(str(cell) for cell in cells if cell is not None), max_length=MAX_TEXT_LENGTH)


def _is_answered(value: Any) -> bool:
    return value not in (None, "", [], {})


def describe_speaker(message: Mapping[str, Any], signer: RowSigner) -> str:
    """Who said it; an answer is Zen's where its signature, stored with it, is valid."""
    who = SPEAKERS.get(str(message.get("role")), "Said")
    if message.get("role") == "user":
        return who
    signed = message.get("signed")
    if not isinstance(signed, Mapping):
        return f"{who}, as stored,"
    return who if signer.is_message_authentic(signed) else NOT_WRITTEN_BY_ZEN


def _draw_chat_extract(messages: list[Mapping[str, Any]], time_zone: str) -> None:
    if not messages:
        return
    st.markdown("##### From the chat")
    signer = create_row_signer()
    for each in messages:
        who = describe_speaker(each, signer)
        said_at = parse_moment(each.get("at"))
        at = theme.format_timestamp(said_at, time_zone) if said_at else ""
        where = escape_markdown(humanize_code(str(each.get("slide_id") or "")))
        text = escape_markdown_lines(single_line(str(each.get("text") or ""), max_length=MAX_TEXT_LENGTH))
        st.markdown(f":small[:gray[{who} on {where}, {at}]]  \n{text}")
