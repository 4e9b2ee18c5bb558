"""A tool call that needs approval: what it would do, its arguments to edit, the decision, and its result."""

import json
from datetime import date
from typing import Any

import streamlit as st

from lib.chat.conversation import NOT_WRITTEN_BY_ZEN
from lib.chat.tool_call_approvals import Proposal, is_tool_call_interrupted
from lib.chat.tool_call_decisions import INTERRUPTED, format_decision
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.chat.tools.side_effect_tools import ProposalField
from lib.errors import InvalidInput
from lib.forms.model import Field, FieldKind
from lib.forms.number_answers import format_number_answer, is_number_kind, list_number_questions, read_number_answer
from lib.text.json_values import parse_date, to_json_numbers
from lib.text.markdown_escape import escape_markdown, escape_markdown_lines
from lib.ui.chat import commands
from lib.ui.chat.panel_state import ChatPanelState, PanelContext
from lib.ui.chat.rewrite_view import draw_rewritten_text, load_rewritten_text
from lib.ui.form_widgets import DATE_BOUNDS
from lib.ui.number_widgets import get_number_locale
from lib.ui.session_keys import chat_button_key

NEEDS_LEADER = "Needs approval from a manager or admin: it is in their inbox. You can change or cancel it."
DECIDED_AS_LEADER = "The owner cannot approve this. What you approve runs in your name."
OUTCOME_LABELS = {
    CallStatus.SUCCEEDED: (":material/check_circle:", "Approved and done"),
    CallStatus.FAILED: (":material/error:", "Approved, but it failed"),
    CallStatus.DENIED: (":material/block:", "Cancelled"),
    CallStatus.RUNNING: (":material/hourglass_top:", "Approved and running"),
    CallStatus.INTERRUPTED: (":material/help:", "Interrupted; it may or may not have run"),
    CallStatus.WAITING: (":material/pan_tool:", "Waiting for approval on its slide"),
}


def draw_tool_call(ctx: PanelContext, call: ToolCallRecord) -> None:
    """Draw a call that needed a decision; read-only calls stand in the provenance dialog."""
    if call.is_waiting_for_approval:
        _draw_waiting_call(ctx, call)
    elif call.decided_at is not None and is_tool_call_interrupted(call) and ctx.state.can_ask:
        _draw_interrupted_call(ctx, call)
    else:
        draw_tool_call_outcome(call)


def draw_tool_call_outcome(call: ToolCallRecord) -> None:
    """Draw what was decided about a call, and what came of it, from its row."""
    if call.decided_at is None and not call.is_waiting_for_approval:
        return
    icon, label = OUTCOME_LABELS[CallStatus.INTERRUPTED if is_tool_call_interrupted(call) else call.status]
    if call.is_waiting_for_approval and not call.is_authentic:
        icon, label = ":material/gpp_maybe:", f"A proposal. {NOT_WRITTEN_BY_ZEN}"
    st.markdown(f":gray[{icon}] {escape_markdown_lines(format_decision(call)) or label}")


def _draw_interrupted_call(ctx: PanelContext, call: ToolCallRecord) -> None:
    proposal = ctx.service.approvals.build_tool_call_proposal(ctx.context, ctx.panel, call)
    with st.container(border=True, gap="small", key=chat_button_key("call", call.id)):
        st.markdown(f"##### :material/help: {escape_markdown(proposal.title)}")
        st.markdown(escape_markdown_lines(proposal.sentence))
        st.markdown(f"{INTERRUPTED} Check whether it did, then close it.")
        st.button(
            "Close",
            key=chat_button_key("close_call", call.id),
            on_click=ctx.state.queue_command,
            args=(commands.close_interrupted_call, call),
        )


def _draw_waiting_call(ctx: PanelContext, call: ToolCallRecord) -> None:
    state = ctx.state
    proposal = ctx.service.approvals.build_tool_call_proposal(ctx.context, ctx.panel, call)
    with st.container(border=True, gap="small", key=chat_button_key("call", call.id)):
        rewritten = load_rewritten_text(ctx, call, proposal)
        is_rewrite = rewritten is not None and bool(rewritten.before)
        if is_rewrite:
            st.markdown(f"##### :material/pan_tool: A new version of “{escape_markdown(proposal.fields[0].label)}”")
        else:
            st.markdown(f"##### :material/pan_tool: {escape_markdown(proposal.title)}")
            st.markdown(escape_markdown_lines(proposal.sentence))
        if rewritten is not None:
            typed = st.session_state.get(_build_argument_key(call, proposal.fields[0]), rewritten.after)
            draw_rewritten_text(rewritten, str(typed))
        if not _can_decide_call(ctx, call):
            st.caption("Waiting for the owner of this conversation.")
            return
        if call.needs_leader:
            st.caption(NEEDS_LEADER if state.can_ask else DECIDED_AS_LEADER)
        for field in proposal.fields:
            _draw_argument_field(field, _build_argument_key(call, field))
        reason = chat_button_key("reason", call.id)
        st.text_input("Reason", key=reason, placeholder="Reason (optional)", label_visibility="collapsed")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Use this version" if is_rewrite else "Approve",
                key=chat_button_key("approve", call.id),
                icon=":material/check:",
                on_click=_queue_approval,
                args=(state, call, proposal),
                disabled=not proposal.fields,
            )
            st.button(
                "Keep mine" if is_rewrite else "Cancel",
                key=chat_button_key("deny", call.id),
                type="tertiary",
                on_click=_queue_denial,
                args=(state, call),
            )


def _can_decide_call(ctx: PanelContext, call: ToolCallRecord) -> bool:
    """The owner of the conversation decides; a leader too, where the call needs one."""
    return ctx.state.can_ask or (call.needs_leader and ctx.context.person.role.leads_team)


def _draw_argument_field(field: ProposalField, key: str) -> None:
    """An argument as its question asks for it, else as text; what is no text is edited as JSON."""
    label = escape_markdown(field.label)
    labels = _find_option_labels(field)
    if key not in st.session_state:
        st.session_state[key] = to_argument_widget_value(field)
    if labels:
        st.selectbox(label, list(labels), key=key, format_func=lambda value: labels.get(value, value), index=None)
    elif _is_date_argument(field):
        st.date_input(
            label, key=key, value=None, min_value=DATE_BOUNDS[0], max_value=DATE_BOUNDS[1], format="YYYY-MM-DD"
        )
    elif isinstance(field.value, bool):
        st.checkbox(label, key=key)
    elif _is_number_argument(field):
        st.text_input(label, key=key)
    else:
        st.text_area(label, key=key, height="content")


def to_argument_widget_value(field: ProposalField) -> Any:
    """The argument as its widget holds it; what is not offered, or no day, gives way to nothing."""
    if labels := _find_option_labels(field):
        return field.value if field.value in labels else None
    if _is_date_argument(field):
        return parse_date(field.value)
    if field.form_field is not None and _is_number_argument(field):
        return format_number_answer(field.form_field.kind, field.value, get_number_locale())
    return field.value if isinstance(field.value, bool) else format_tool_argument(field.value)


def format_tool_argument(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def parse_tool_argument(field: ProposalField, typed: Any) -> Any:
    """What was made of an argument. Raises InvalidInput for what is no JSON where it has to be."""
    if isinstance(typed, bool):
        return typed
    if isinstance(typed, date):
        return typed.isoformat()
    if isinstance(field.value, str):
        return typed or ""
    if field.form_field is not None and _is_number_argument(field):
        return _parse_number_argument(field.form_field, typed)
    try:
        return json.loads(typed)
    except ValueError as error:
        raise InvalidInput(
            f"“{field.label}” cannot be read.", hint="Numbers plain, texts in quotes, yes as true."
        ) from error


def _parse_number_argument(question: Field, typed: Any) -> Any:
    """A number as the person writes it. Raises InvalidInput where it is unclear or out of bounds."""
    answer = read_number_answer(typed, question, get_number_locale(), {})
    questions = list_number_questions(question, answer, get_number_locale())
    if questions:
        raise InvalidInput(questions[0].message)
    return to_json_numbers(answer)


def _is_number_argument(field: ProposalField) -> bool:
    is_number = isinstance(field.value, int | float) and not isinstance(field.value, bool)
    return is_number and field.form_field is not None and is_number_kind(field.form_field.kind)


def _find_option_labels(field: ProposalField) -> dict[str, str]:
    """The options of an argument that is one of several."""
    is_one = field.form_field is not None and isinstance(field.value, str)
    return {option.value: option.label for option in field.form_field.options} if field.form_field and is_one else {}


def _is_date_argument(field: ProposalField) -> bool:
    return field.form_field is not None and field.form_field.kind is FieldKind.DATE and isinstance(field.value, str)


def _build_argument_key(call: ToolCallRecord, field: ProposalField) -> str:
    return chat_button_key(f"argument.{field.key}", call.id)


def _queue_approval(state: ChatPanelState, call: ToolCallRecord, proposal: Proposal) -> None:
    typed = [(field, st.session_state[_build_argument_key(call, field)]) for field in proposal.fields]
    try:
        given = {field.key: parse_tool_argument(field, text) for field, text in typed}
    except InvalidInput as error:
        state.error = error
        return
    before = {field.key: field.value for field in proposal.fields}
    state.queue_command(commands.approve_call, call, given if given != before else None, _read_decision_reason(call))


def _queue_denial(state: ChatPanelState, call: ToolCallRecord) -> None:
    state.queue_command(commands.deny_call, call, _read_decision_reason(call))


def _read_decision_reason(call: ToolCallRecord) -> str | None:
    return str(st.session_state.get(chat_button_key("reason", call.id)) or "").strip() or None
