"""A call that waits: exactly what would happen, its arguments to edit, and the decision. Later, how it went."""

import json
from datetime import date
from typing import Any

import streamlit as st

from lib.chat.approvals import INTERRUPTED, Proposal, ProposalField, is_interrupted
from lib.chat.model import CallStatus, ToolCallRecord
from lib.errors import InvalidInput
from lib.slides.answers import day
from lib.slides.model import FieldKind
from lib.slides.words import escape, escape_lines
from lib.ui.chat import acts
from lib.ui.chat.talk import Desk, Talk, wish
from lib.ui.forms import DAYS
from lib.ui.keys import chat_press

NEEDS_LEADER = (
    "As it stands a manager or an admin has to approve this: it is in their inbox. You can change or deny it."
)
AS_LEADER = "Its owner cannot approve this. What you approve is done in your name."
OUTCOMES = {
    CallStatus.SUCCEEDED: (":material/check_circle:", "Approved and done"),
    CallStatus.FAILED: (":material/error:", "Approved, but it failed"),
    CallStatus.DENIED: (":material/block:", "Denied; nothing was done"),
    CallStatus.RUNNING: (":material/hourglass_top:", "Approved; it is being done"),
    CallStatus.INTERRUPTED: (":material/help:", "Interrupted; it may or may not have been done"),
    CallStatus.WAITING: (":material/pan_tool:", "It waits for approval on its slide"),
}


def draw(desk: Desk, call: ToolCallRecord) -> None:
    """Only calls somebody has to decide about, or had to; what only reads stands behind the answer's source line."""
    if call.is_waiting:
        _card(desk, call)
    elif call.decided_at is not None and is_interrupted(call) and desk.talk.may_ask:
        _interrupted(desk, call)
    else:
        outcome(call)


def may_decide(desk: Desk, call: ToolCallRecord) -> bool:
    """The owner of the conversation decides; a leader too, where it needs one."""
    return desk.talk.may_ask or (call.needs_leader and desk.scene.person.role.leads_team)


def outcome(call: ToolCallRecord) -> None:
    """What became of a call somebody had to decide about."""
    if call.decided_at is None and not call.is_waiting:
        return
    status = CallStatus.INTERRUPTED if is_interrupted(call) else call.status
    icon, said = OUTCOMES[status]
    reason = f": {escape(call.decision_reason)}" if call.decision_reason else ""
    st.caption(f"{icon} {said}{reason}")


def _interrupted(desk: Desk, call: ToolCallRecord) -> None:
    """Nobody knows whether it was done: the person looks, and closes it."""
    proposal = desk.chat.describe(desk.scene, desk.panel, call)
    with st.container(border=True, gap="small", key=chat_press("call", call.id)):
        st.markdown(f"##### :material/help: {escape(proposal.title)}")
        st.markdown(escape_lines(proposal.sentence))
        st.markdown(f"{INTERRUPTED} Look whether it was, then close it.")
        st.button(
            "Close it", key=chat_press("close_call", call.id), on_click=wish, args=(desk.talk, acts.close_call, call)
        )


def _card(desk: Desk, call: ToolCallRecord) -> None:
    proposal = desk.chat.describe(desk.scene, desk.panel, call)
    with st.container(border=True, gap="small", key=chat_press("call", call.id)):
        st.markdown(f"##### :material/pan_tool: {escape(proposal.title)}")
        st.markdown(escape_lines(proposal.sentence))
        if not may_decide(desk, call):
            st.caption("It waits for the owner of this conversation.")
            return
        if call.needs_leader:
            st.caption(NEEDS_LEADER if desk.talk.may_ask else AS_LEADER)
        for field in proposal.fields:
            _field(field, _key(call, field))
        reason = chat_press("reason", call.id)
        st.text_input("Reason", key=reason, placeholder="Why, or why not (optional)", label_visibility="collapsed")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Approve", key=chat_press("approve", call.id), icon=":material/check:", on_click=_approve,
                args=(desk.talk, call, proposal), disabled=not proposal.fields,
            )  # fmt: skip
            st.button("Deny", key=chat_press("deny", call.id), type="tertiary", on_click=_deny, args=(desk.talk, call))


def _field(field: ProposalField, key: str) -> None:
    """An argument as its question asks for it, else as text; what is no text is edited as JSON."""
    label = escape(field.label)
    labels = _labels(field)
    if key not in st.session_state:
        st.session_state[key] = standing(field)
    if labels:
        st.selectbox(label, list(labels), key=key, format_func=lambda value: labels.get(value, value), index=None)
    elif _is_day(field):
        st.date_input(label, key=key, value=None, min_value=DAYS[0], max_value=DAYS[1], format="YYYY-MM-DD")
    elif isinstance(field.value, bool):
        st.checkbox(label, key=key)
    else:
        st.text_area(label, key=key, height="content")


def standing(field: ProposalField) -> Any:
    """The argument as its widget holds it; what is not offered, or no day, gives way to nothing."""
    if labels := _labels(field):
        return field.value if field.value in labels else None
    if _is_day(field):
        return day(field.value)
    return field.value if isinstance(field.value, bool) else written(field.value)


def written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def read(field: ProposalField, typed: Any) -> Any:
    """What was made of an argument. Raises InvalidInput for what is no JSON where it has to be."""
    if isinstance(typed, bool):
        return typed
    if isinstance(typed, date):
        return typed.isoformat()
    if isinstance(field.value, str):
        return typed or ""
    try:
        return json.loads(typed)
    except ValueError as error:
        raise InvalidInput(
            f"“{field.label}” cannot be read.", hint="Numbers plain, texts in quotes, yes as true."
        ) from error


def _labels(field: ProposalField) -> dict[str, str]:
    """The options of an argument that is one of several."""
    is_one = field.question is not None and isinstance(field.value, str)
    return {option.value: option.label for option in field.question.options} if field.question and is_one else {}


def _is_day(field: ProposalField) -> bool:
    return field.question is not None and field.question.kind is FieldKind.DATE and isinstance(field.value, str)


def _key(call: ToolCallRecord, field: ProposalField) -> str:
    return chat_press(f"argument.{field.key}", call.id)


def _approve(talk: Talk, call: ToolCallRecord, proposal: Proposal) -> None:
    typed = [(field, st.session_state[_key(call, field)]) for field in proposal.fields]
    try:
        given = {field.key: read(field, text) for field, text in typed}
    except InvalidInput as error:
        talk.trouble = error
        return
    before = {field.key: field.value for field in proposal.fields}
    wish(talk, acts.approve, call, given if given != before else None, _reason(call))


def _deny(talk: Talk, call: ToolCallRecord) -> None:
    wish(talk, acts.deny, call, _reason(call))


def _reason(call: ToolCallRecord) -> str | None:
    return str(st.session_state.get(chat_press("reason", call.id)) or "").strip() or None
