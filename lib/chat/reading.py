"""Rows of the chat tables, read into values."""

from collections.abc import Mapping
from typing import Any

from lib.chat.blocks import read_block
from lib.chat.model import (
    Branch,
    BranchType,
    CallStatus,
    Conversation,
    Feedback,
    LlmContext,
    Message,
    MessageStatus,
    OfferedAction,
    Panel,
    Role,
    Thread,
    ThreadStatus,
    ToolCallRecord,
)
from lib.db.rows import pick, to_decimal, to_time

Row = Mapping[str, Any]


def read_thread(row: Row) -> Thread:
    """A thread from its row or its header."""
    return Thread(
        **pick(Thread, dict(row))
        | {
            "status": ThreadStatus(row["status"]),
            "created_at": to_time(row["created_at"]),
            "last_message_at": to_time(row.get("last_message_at")),
        }
    )


def read_message(row: Row) -> Message:
    return Message(
        **pick(Message, dict(row))
        | {
            "role": Role(row["role"]),
            "block": read_block(row["content"]),
            "status": MessageStatus(row["status"]),
            "branch_type": BranchType(row["branch_type"]) if row["branch_type"] else None,
            "created_at": to_time(row["created_at"]),
            "cost_usd": to_decimal(row["cost_usd"]),
            "input_tokens": _whole(row["input_tokens"]),
            "output_tokens": _whole(row["output_tokens"]),
        }
    )


def read_branch(row: Row) -> Branch:
    return Branch(
        id=row["id"],
        key=row["branch_key"],
        type=BranchType(row["branch_type"]),
        label=row["label"],
        response_text=row["response_text"],
        prompt=row["prompt"],
        next_key=row["next_branch_key"],
        position=row["position"],
        action=OfferedAction(**pick(OfferedAction, row["action"])) if row.get("action") else None,
    )


def read_feedback(row: Row) -> Feedback:
    return Feedback(**pick(Feedback, dict(row)))


def read_call(row: Row) -> ToolCallRecord:
    return ToolCallRecord(
        **pick(ToolCallRecord, dict(row))
        | {
            "status": CallStatus(row["status"]),
            "created_at": to_time(row["created_at"]),
            "decided_at": to_time(row["decided_at"]),
        }
    )


def read_context(row: Row) -> LlmContext:
    return LlmContext(
        **pick(LlmContext, dict(row))
        | {
            "tools": tuple(row["tools"]),
            "data": row["context_data"],
            "created_at": to_time(row["created_at"]),
            "input_tokens": _whole(row["input_tokens"]),
            "output_tokens": _whole(row["output_tokens"]),
        }
    )


def read_panel(row: Row) -> Panel:
    """What `public.chat_panel` answers."""
    return Panel(
        thread=read_thread(row["thread"]) if row["thread"] else None,
        threads=tuple(read_thread(thread) for thread in row["threads"]),
        messages=tuple(read_message(message) for message in row["messages"]),
        feedback=tuple(read_feedback(given) for given in row["feedback"]),
        tool_calls=tuple(read_call(call) for call in row["tool_calls"]),
        branches=tuple(read_branch(branch) for branch in row["branches"]),
        tokens_today=int(row["tokens_today"]),
    )


def read_conversation(row: Row) -> Conversation:
    """What `public.chat_thread` answers."""
    return Conversation(
        thread=read_thread(row["thread"]),
        customer_id=row["customer"]["id"],
        customer_name=row["customer"]["name"],
        workflow_id=row["workflow"]["workflow_id"],
        workflow_name=row["workflow"]["name"],
        workflow_version=row["workflow"]["version"],
        run_status=row["workflow"]["status"],
        messages=tuple(read_message(message) for message in row["messages"]),
        feedback=tuple(read_feedback(given) for given in row["feedback"]),
        tool_calls=tuple(read_call(call) for call in row["tool_calls"]),
        contexts=tuple(read_context(context) for context in row["contexts"]),
    )


def _whole(value: int | str | None) -> int | None:
    return int(value) if value is not None else None
