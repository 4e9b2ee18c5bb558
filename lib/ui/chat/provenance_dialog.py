"""The dialog of an answer's source: instructions, data, tool calls, and what changed since."""

import json

import streamlit as st

from lib.chat.answer_provenance import Provenance
from lib.chat.conversation import describe_missing_signature
from lib.chat.tool_call_approvals import is_tool_call_interrupted
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.content.model import Column, ColumnKind, Table
from lib.text.format import NO_DATA, humanize_code
from lib.text.markdown_escape import escape_markdown
from lib.ui import tables, theme


@st.dialog("Behind this answer", width="large", icon=":material/info:")
def show_provenance_dialog(found: Provenance, time_zone: str) -> None:
    draw_provenance(found, time_zone)


def draw_provenance(found: Provenance, time_zone: str) -> None:
    message, context = found.message, found.context
    st.markdown(f"**{escape_markdown(found.source_line)}** · {theme.format_timestamp(message.created_at, time_zone)}")
    _draw_changed_facts(found)
    _draw_tool_calls(found.calls)
    if context is None:
        st.markdown(":gray[No model was asked, so there are no instructions and no context.]")
        return
    st.markdown("##### Instructions, exactly as given")
    st.code(context.system_prompt, language=None, wrap_lines=True, height=200)
    st.markdown("##### Data, exactly as given")
    sent = found.sent_data or json.dumps(dict(context.data), ensure_ascii=False, indent=1)
    st.code(sent, language=None, wrap_lines=True, height=280)
    names = ", ".join(humanize_code(str(tool.get("name", "?"))) for tool in context.tools)
    st.caption(f"Tools on offer: {escape_markdown(names) or 'none'}")


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
