"""Rows of the chat tables as values, each told apart by its signature: written by Zen, or by somebody else."""

from collections.abc import Mapping
from typing import Any

from lib.chat.conversation import ChatBranch, ChatMessage, ChatPanel, Conversation, Feedback, LlmContext, Thread
from lib.chat.tool_call_record import ToolCallRecord
from lib.content.block_json import parse_block
from lib.db.row_parsing import parse_row
from lib.db.row_signatures import RowSigner

ChatRow = Mapping[str, Any]


def parse_thread(row: ChatRow) -> Thread:
    """A thread from its row or from a panel's header."""
    return parse_row(Thread, row)


def parse_message(row: ChatRow, signer: RowSigner) -> ChatMessage:
    is_authentic = signer.is_message_authentic(row)
    return parse_row(ChatMessage, {**row, "block": parse_block(row["content"]), "is_authentic": is_authentic})


def parse_branch(row: ChatRow) -> ChatBranch:
    renamed = {"key": row["branch_key"], "type": row["branch_type"], "next_key": row["next_branch_key"]}
    return parse_row(ChatBranch, {**row, **renamed})


def parse_feedback(row: ChatRow) -> Feedback:
    return parse_row(Feedback, row)


def parse_tool_call(row: ChatRow, signer: RowSigner) -> ToolCallRecord:
    return parse_row(ToolCallRecord, {**row, "is_authentic": signer.is_tool_call_authentic(row)})


def parse_llm_context(row: ChatRow) -> LlmContext:
    return parse_row(LlmContext, {**row, "data": row["context_data"]})


def parse_panel(row: ChatRow, signer: RowSigner) -> ChatPanel:
    """The result of `public.chat_panel`."""
    parsed = {
        "messages": [parse_message(message, signer) for message in row["messages"]],
        "tool_calls": [parse_tool_call(call, signer) for call in row["tool_calls"]],
        "branches": [parse_branch(branch) for branch in row["branches"]],
    }
    return parse_row(ChatPanel, {**row, **parsed})


def parse_conversation(row: ChatRow, signer: RowSigner) -> Conversation:
    """The result of `public.chat_thread`."""
    customer, workflow = row["customer"], row["workflow"]
    parsed = {
        "customer_id": customer["id"],
        "customer_name": customer["name"],
        "workflow_id": workflow["workflow_id"],
        "workflow_name": workflow["name"],
        "workflow_version": workflow["version"],
        "run_status": workflow["status"],
        "messages": [parse_message(message, signer) for message in row["messages"]],
        "tool_calls": [parse_tool_call(call, signer) for call in row["tool_calls"]],
        "contexts": [parse_llm_context(context) for context in row["contexts"]],
    }
    return parse_row(Conversation, {**row, **parsed})
