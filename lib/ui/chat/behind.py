"""Behind an answer: the exact instructions, what the model was given, every tool call, and what has changed since."""

import json

import streamlit as st

from lib.chat.approvals import is_interrupted
from lib.chat.model import CallStatus, ToolCallRecord
from lib.chat.provenance import Provenance
from lib.slides.model import Column, ColumnKind, Table
from lib.slides.words import NO_DATA, escape, spoken
from lib.ui import tables, theme


@st.dialog("Behind this answer", width="large", icon=":material/info:")
def show(found: Provenance, time_zone: str) -> None:
    draw(found, time_zone)


def draw(found: Provenance, time_zone: str) -> None:
    message, context = found.message, found.context
    st.markdown(f"**{escape(found.line)}** · {theme.stamp(message.created_at, time_zone)}")
    _changes(found)
    _calls(found.calls)
    if context is None:
        st.markdown(":gray[No model was asked, so there are no instructions and no context.]")
        return
    st.markdown("##### Instructions, exactly as given")
    st.code(context.system_prompt, language=None, wrap_lines=True, height=200)
    st.markdown("##### Data, exactly as given")
    sent = found.sent or json.dumps(dict(context.data), ensure_ascii=False, indent=1)
    st.code(sent, language=None, wrap_lines=True, height=280)
    names = ", ".join(str(tool.get("name", "?")) for tool in context.tools)
    st.caption(f"Tools on offer: {escape(names) or 'none'}")


def _changes(found: Provenance) -> None:
    st.markdown("##### What has changed since")
    if found.changed is None:
        st.markdown(":gray[Not known: the account as it was then was not kept with this answer.]")
    elif not found.changed:
        st.markdown(":gray[Nothing of what it was given.]")
    else:
        rows = [
            {"Fact": escape(each.fact), "Then": escape(each.then or NO_DATA), "Now": escape(each.now or NO_DATA)}
            for each in found.changed
        ]
        st.table(rows, border="horizontal", hide_index=True)


def _said(call: ToolCallRecord) -> str:
    status = CallStatus.INTERRUPTED if is_interrupted(call) else call.status
    return f"{status.value}{f': {call.error}' if call.error else ''}"[:300]


def _calls(calls: tuple[ToolCallRecord, ...]) -> None:
    st.markdown("##### Tool calls")
    tables.draw_rows(
        Table(
            title="Tool calls",
            columns=(
                Column(key="tool", label="Tool"),
                Column(key="input", label="Arguments"),
                Column(key="status", label="How it went"),
                Column(key="ms", label="Milliseconds", kind=ColumnKind.NUMBER),
            ),
            rows=tuple(
                {
                    "tool": spoken(call.tool),
                    "input": json.dumps(dict(call.arguments), ensure_ascii=False)[:400],
                    "status": _said(call),
                    "ms": call.duration_ms,
                }
                for call in calls
            ),
            empty="",
        )
    ) if calls else st.markdown(":gray[None.]")
