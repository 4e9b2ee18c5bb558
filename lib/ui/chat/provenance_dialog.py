"""The dialog of an answer's source: instructions, data, tool calls, and what changed since."""

import json
from typing import Literal

import streamlit as st

from lib.chat.answer_provenance import Provenance, SentToolCall
from lib.chat.conversation import describe_missing_signature
from lib.chat.tool_call_approvals import is_tool_call_interrupted
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.content.model import Column, ColumnKind, Table
from lib.text.format import NO_DATA, humanize_code
from lib.text.markdown_escape import escape_markdown
from lib.ui import tables, theme

MAX_CODE_HEIGHT = 280
LONG_TEXT_LENGTH = 800
"""Characters from which a text scrolls in a box of its own."""


@st.dialog("Behind this answer", width="large", icon=":material/info:")
def show_provenance_dialog(found: Provenance, time_zone: str) -> None:
    draw_provenance(found, time_zone)


def draw_provenance(found: Provenance, time_zone: str) -> None:
    message, context = found.message, found.context
    st.markdown(f"**{escape_markdown(found.source_line)}** · {theme.format_timestamp(message.created_at, time_zone)}")
    _draw_changed_facts(found)
    _draw_tool_calls(found.calls)
    _draw_sent_calls(found.sent_calls)
    if context is None:
        st.markdown(":gray[No model was asked, so there are no instructions and no context.]")
        return
    st.markdown("##### Instructions, exactly as given")
    st.code(context.system_prompt, language=None, wrap_lines=True, height=200)
    st.markdown("##### Messages, exactly as given")
    if not found.messages:
        st.markdown(":gray[Not stored with this answer.]")
    for sent in found.messages:
        st.caption(sent.label)
        st.code(sent.text, language=None, wrap_lines=True, height=_get_code_height(sent.text))
    st.markdown("##### Tools on offer, exactly as given")
    if found.tools:
        st.code("\n\n".join(found.tools), language=None, wrap_lines=True, height=200)
    else:
        st.markdown(":gray[None.]")


def _get_code_height(text: str) -> int | Literal["content"]:
    return MAX_CODE_HEIGHT if len(text) > LONG_TEXT_LENGTH or text.count("\n") > 10 else "content"


def _draw_sent_calls(sent: tuple[SentToolCall, ...]) -> None:
    """What the model called and was told, byte for byte."""
    for call in sent:
        st.caption(f"{escape_markdown(humanize_code(call.tool))}: arguments and result, exactly as given")
        text = f"{call.arguments}\n\n{call.result}"
        st.code(text, language=None, wrap_lines=True, height=_get_code_height(text))


def _draw_changed_facts(found: Provenance) -> None:
    st.markdown("##### What has changed since")
    if found.changed_facts is None:
        st.markdown(":gray[Unknown: the account was not stored with this answer.]")
    elif not found.changed_facts:
        st.markdown(":gray[Nothing it was given has changed.]")
    else:
        rows = [
            {
                "Fact": escape_markdown(each.fact),
                "Then": escape_markdown(each.old or NO_DATA),
                "Now": escape_markdown(each.new or NO_DATA),
            }
            for each in found.changed_facts
        ]
        st.table(rows, border="horizontal", hide_index=True)


def _describe_call_status(call: ToolCallRecord) -> str:
    status = CallStatus.INTERRUPTED if is_tool_call_interrupted(call) else call.status
    mark = "" if call.is_authentic else f"{describe_missing_signature(call.redacted_at)}, "
    return f"{mark}{status.value}{f': {call.error}' if call.error else ''}"[:300]


def _draw_tool_calls(calls: tuple[ToolCallRecord, ...]) -> None:
    st.markdown("##### Tool calls")
    tables.draw_table_rows(
        Table(
            title="Tool calls",
            columns=(
                Column(key="tool", label="Tool"),
                Column(key="input", label="Arguments"),
                Column(key="status", label="Result"),
                Column(key="ms", label="Milliseconds", kind=ColumnKind.NUMBER),
            ),
            rows=tuple(
                {
                    "tool": humanize_code(call.tool),
                    "input": json.dumps(dict(call.arguments), ensure_ascii=False)[:400],
                    "status": _describe_call_status(call),
                    "ms": call.duration_ms,
                }
                for call in calls
            ),
            empty="",
        )
    ) if calls else st.markdown(":gray[None.]")
