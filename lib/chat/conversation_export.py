"""A conversation as a file: Markdown to read, JSON to process."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lib.chat import message_tree
from lib.chat.answer_provenance import format_message_source, format_source_line
from lib.chat.conversation import ChatMessage, Conversation, MessageRole, MessageStatus, describe_missing_signature
from lib.chat.markdown_sanitizer import escape_inline_markdown, fence_code, sanitize_markdown
from lib.chat.tool_call_decisions import format_decision
from lib.chat.tool_call_record import ToolCallRecord
from lib.content.block_json import Block, UnreadableBlock, serialize_block
from lib.content.block_text import build_chart_table, format_table_cell, list_answer_remarks
from lib.content.model import Chart, Code, Table, Text
from lib.slides.library import get_default_slide_title
from lib.text.format import humanize_code
from lib.text.local_time import to_local_time

EXPORT_FORMAT = "zen-chat/1"


def format_conversation_as_markdown(conversation: Conversation, time_zone: str) -> str:
    """All turns in order, alternatives included, times in `time_zone`. Nothing in the file loads or links anything."""
    title = escape_inline_markdown(conversation.thread.title or "Conversation")
    slide = get_default_slide_title(conversation.thread.slide_id)
    customer, workflow = (
        escape_inline_markdown(name) for name in (conversation.customer_name, conversation.workflow_name)
    )
    about = f"{customer} · {workflow} · {slide}"
    thread = conversation.thread
    started = _format_local_time(thread.created_at, time_zone)
    when = f"{started} ({escape_inline_markdown(time_zone)}), {escape_inline_markdown(thread.owner_name or '')}"
    parts = [f"# {title}", f"{about}  \n{when} · {thread.status.value}"]
    for entry in message_tree.group_messages_into_entries(conversation.messages):
        parts += _message_entry_to_markdown(entry, conversation, time_zone)
    return "\n\n".join(parts) + "\n"


def format_conversation_as_json(conversation: Conversation) -> str:
    """`{"format", "thread", "customer", "workflow", "messages": [row], "tool_calls": [row]}`; blocks as on the wire."""
    thread = conversation.thread
    made = {
        "format": EXPORT_FORMAT,
        "thread": {
            "id": thread.id, "title": thread.title, "status": thread.status, "slide": thread.slide_id,
            "owner": thread.owner_name, "created_at": thread.created_at.isoformat(), "is_shared": thread.is_shared,
        },
        "customer": conversation.customer_name,
        "workflow": {
            "id": conversation.workflow_id,
            "name": conversation.workflow_name,
            "version": conversation.workflow_version,
        },
        "messages": [_message_to_json(message) for message in conversation.messages],
        "tool_calls": [_tool_call_to_json(call) for call in conversation.tool_calls],
    }  # fmt: skip
    return json.dumps(made, ensure_ascii=False, indent=2, default=str)


def _format_local_time(moment: datetime, time_zone: str) -> str:
    return f"{to_local_time(moment, time_zone):%Y-%m-%d %H:%M}"


def _message_entry_to_markdown(
    entry: message_tree.MessageEntry, conversation: Conversation, time_zone: str
) -> Iterator[str]:
    first = entry.first
    who = (
        escape_inline_markdown(conversation.thread.owner_name or "Person")
        if entry.is_person_message
        else escape_inline_markdown(format_message_source(first) or "Zen")
    )
    yield f"**{who}**, {_format_local_time(first.created_at, time_zone)}"
    for row in entry.rows:
        if not row.is_authentic:
            yield f"*{describe_missing_signature(row.redacted_at)}:*"
        if text := _block_to_markdown(row.block):
            yield text
    if first.status is not MessageStatus.COMPLETE:
        yield f"*{first.status.value.capitalize()}: {escape_inline_markdown(first.error or '')}*"
    calls = [
        call for call in conversation.tool_calls if not entry.is_person_message and call.answer_id == first.answer_id
    ]
    lines = [
        f"{escape_inline_markdown(humanize_code(call.tool))}: {call.status.value}"
        + ("" if call.is_authentic else f" ({describe_missing_signature(call.redacted_at).lower()})")
        for call in calls
    ]
    yield from (escape_inline_markdown(decision) for call in calls if (decision := format_decision(call)))
    if not entry.is_person_message:
        yield f"*{' · '.join([escape_inline_markdown(format_source_line(first)), *lines])}*"


def _block_to_markdown(block: Block | UnreadableBlock) -> str:
    match block:
        case Text():
            sources = "\n".join(
                f"{each.number}. {escape_inline_markdown(each.label)}: {escape_inline_markdown(each.quote)}"
                for each in block.citations
            )
            return _join_paragraphs(sanitize_markdown(block.markdown), _remarks_to_markdown(block), sources)
        case Code():
            return _join_paragraphs(fence_code(block.code, block.highlight_language), _remarks_to_markdown(block))
        case Table():
            return _table_to_markdown(block)
        case Chart():
            return _chart_to_markdown(block)
        case UnreadableBlock(raw=raw, note=note):
            return f"*{escape_inline_markdown(note)}*\n\n{fence_code(raw, 'json')}"


def _join_paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _remarks_to_markdown(block: Text | Code) -> str:
    return "\n".join(f"- *{escape_inline_markdown(remark)}*" for remark in list_answer_remarks(block))


def _table_to_markdown(block: Table) -> str:
    title = escape_inline_markdown(block.title)
    return (
        f"**{title}**\n\n{_format_markdown_table(block)}"
        if block.rows
        else escape_inline_markdown(f"{block.title}: {block.empty}")
    )


def _chart_to_markdown(block: Chart) -> str:
    title = escape_inline_markdown(block.title)
    if not block.has_data:
        return escape_inline_markdown(f"{block.title}: {block.empty}")
    takeaway = f"{escape_inline_markdown(block.takeaway)}\n\n" if block.takeaway else ""
    return f"**{title}**\n\n{takeaway}{_format_markdown_table(build_chart_table(block))}"


def _format_markdown_table(table: Table) -> str:
    head = [column.label for column in table.columns]
    rows = [[format_table_cell(row.get(column.key), column.kind) for column in table.columns] for row in table.rows]
    lines = [f"| {' | '.join(escape_inline_markdown(cell) or ' ' for cell in row)} |" for row in (head, *rows)]
    return "\n".join((lines[0], f"|{' --- |' * len(head)}", *lines[1:]))


def _message_to_json(message: ChatMessage) -> dict[str, Any]:
    block = message.block
    if isinstance(block, UnreadableBlock):
        content: dict[str, Any] = {"type": "unreadable", "raw": block.raw}
    else:
        content = serialize_block(block)
    return {
        "id": message.id, "parent_id": message.parent_id, "answer_id": message.answer_id, "role": message.role,
        "created_at": message.created_at.isoformat(), "status": message.status, "error": message.error,
        "source": message.branch_type, "model": message.model, "input_tokens": message.input_tokens,
        "output_tokens": message.output_tokens, "cost_usd": message.cost_usd,
        "is_written_by_zen": message.is_authentic and message.role is not MessageRole.USER,
        "content": content,
    }  # fmt: skip


def _tool_call_to_json(call: ToolCallRecord) -> dict[str, Any]:
    return {
        "id": call.id, "answer_id": call.answer_id, "tool": call.tool, "proposed": dict(call.input),
        "edited": dict(call.edited_input) if call.edited_input is not None else None, "status": call.status,
        "error": call.error, "duration_ms": call.duration_ms, "decision_reason": call.decision_reason,
        "decision": format_decision(call) or None, "is_written_by_zen": call.is_authentic,
    }  # fmt: skip
