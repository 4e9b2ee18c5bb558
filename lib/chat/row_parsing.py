"""Rows of the chat tables as values."""

from collections.abc import Mapping
from typing import Any

from lib.chat.model import (
    BranchType,
    CallStatus,
    ChatBranch,
    ChatMessage,
    ChatPanel,
    Conversation,
    Feedback,
    LlmContext,
    MessageRole,
    MessageStatus,
    OfferedAction,
    Thread,
    ThreadStatus,
    ToolCallRecord,
)
from lib.content.block_json import parse_block
from lib.db.rows import parse_datetime, parse_decimal, select_dataclass_fields

ChatRow = Mapping[str, Any]


def parse_thread(row: ChatRow) -> Thread:
    """A thread from its row or from a panel's header."""
    return Thread(
        **select_dataclass_fields(Thread, dict(row))
        | {
            "status": ThreadStatus(row["status"]),
            "created_at": parse_datetime(row["created_at"]),
            "last_message_at": parse_datetime(row.get("last_message_at")),
        }
    )


def parse_message(row: ChatRow) -> ChatMessage:
    return ChatMessage(
        **select_dataclass_fields(ChatMessage, dict(row))
        | {
            "role": MessageRole(row["role"]),
            "block": parse_block(row["content"]),
            "status": MessageStatus(row["status"]),
            "branch_type": BranchType(row["branch_type"]) if row["branch_type"] else None,
            "created_at": parse_datetime(row["created_at"]),
            "cost_usd": parse_decimal(row["cost_usd"]),
            "input_tokens": _parse_optional_int(row["input_tokens"]),
            "output_tokens": _parse_optional_int(row["output_tokens"]),
        }
    )


def parse_branch(row: ChatRow) -> ChatBranch:
    return ChatBranch(
        id=row["id"],
        key=row["branch_key"],
        type=BranchType(row["branch_type"]),
        label=row["label"],
        response_text=row["response_text"],
        prompt=row["prompt"],
        next_key=row["next_branch_key"],
        position=row["position"],
        action=OfferedAction(**select_dataclass_fields(OfferedAction, row["action"])) if row.get("action") else None,
    )


def parse_feedback(row: ChatRow) -> Feedback:
    return Feedback(**select_dataclass_fields(Feedback, dict(row)))


def parse_tool_call(row: ChatRow) -> ToolCallRecord:
    return ToolCallRecord(
        **select_dataclass_fields(ToolCallRecord, dict(row))
        | {
            "status": CallStatus(row["status"]),
            "created_at": parse_datetime(row["created_at"]),
            "decided_at": parse_datetime(row["decided_at"]),
        }
    )


def parse_llm_context(row: ChatRow) -> LlmContext:
    return LlmContext(
        **select_dataclass_fields(LlmContext, dict(row))
        | {
            "tools": tuple(row["tools"]),
            "data": row["context_data"],
            "created_at": parse_datetime(row["created_at"]),
            "input_tokens": _parse_optional_int(row["input_tokens"]),
            "output_tokens": _parse_optional_int(row["output_tokens"]),
        }
    )


def parse_panel(row: ChatRow) -> ChatPanel:
    """The result of `public.chat_panel`."""
    return ChatPanel(
        thread=parse_thread(row["thread"]) if row["thread"] else None,
        threads=tuple(parse_thread(thread) for thread in row["threads"]),
        messages=tuple(parse_message(message) for message in row["messages"]),
        feedback=tuple(parse_feedback(each) for each in row["feedback"]),
        tool_calls=tuple(parse_tool_call(call) for call in row["tool_calls"]),
        branches=tuple(parse_branch(branch) for branch in row["branches"]),
        tokens_today=int(row["tokens_today"]),
    )


def parse_conversation(row: ChatRow) -> Conversation:
    """The result of `public.chat_thread`."""
    return Conversation(
        thread=parse_thread(row["thread"]),
        customer_id=row["customer"]["id"],
        customer_name=row["customer"]["name"],
        workflow_id=row["workflow"]["workflow_id"],
        workflow_name=row["workflow"]["name"],
        workflow_version=row["workflow"]["version"],
        run_status=row["workflow"]["status"],
        messages=tuple(parse_message(message) for message in row["messages"]),
        feedback=tuple(parse_feedback(each) for each in row["feedback"]),
        tool_calls=tuple(parse_tool_call(call) for call in row["tool_calls"]),
        contexts=tuple(parse_llm_context(context) for context in row["contexts"]),
    )


def _parse_optional_int(value: int | str | None) -> int | None:
    return int(value) if value is not None else None
