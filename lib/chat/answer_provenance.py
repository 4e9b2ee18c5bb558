"""Where an answer came from: its source line, and everything the model was given, then and now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lib.chat.account_facts import FactChange, diff_account_facts, list_account_facts
from lib.chat.conversation import BranchType, ChatMessage, LlmContext, describe_missing_signature
from lib.chat.sent_messages import SentMessage, restore_sent_messages
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.chat.tools import SIDE_EFFECT_TOOLS
from lib.customers.model import Account
from lib.llm.rule_based.assistant import RuleBasedModel
from lib.llm.tool_call_assembly import serialize_tool_arguments
from lib.llm.tool_loop import AWAITS_APPROVAL
from lib.text.format import format_cost, format_count
from lib.text.truncate import single_line

NOT_REPORTED = "tokens not reported"
SOURCE_LABELS: Mapping[BranchType, str] = {
    BranchType.FIXED: "Written answer",
    BranchType.LLM: "Model",
    BranchType.RAG: "From the records",
    BranchType.SAVED_ACTION: "Action",
}


@dataclass(frozen=True, kw_only=True)
class SentToolCall:
    """A tool call of the model as it was sent back to it: its arguments as JSON, and what the tool gave."""

    tool: str
    arguments: str
    result: str


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What is behind an answer. `messages`, `tools` (name, description and schema of each) and `sent_calls` are what
    the model was sent, byte for byte; `changed_facts` is None if the account of then is not known."""

    source_line: str
    message: ChatMessage
    calls: tuple[ToolCallRecord, ...]
    context: LlmContext | None = None
    messages: tuple[SentMessage, ...] = ()
    tools: tuple[str, ...] = ()
    sent_calls: tuple[SentToolCall, ...] = ()
    changed_facts: tuple[FactChange, ...] | None = None


def format_message_source(message: ChatMessage) -> str:
    """The author of a message. The built-in assistant is always named."""
    if not message.is_authentic:
        return describe_missing_signature(message.redacted_at)
    if message.model == RuleBasedModel.name:
        return RuleBasedModel.label
    source = SOURCE_LABELS[message.branch_type] if message.branch_type else ""
    if message.model is None:
        return source
    return (
        f"{source} {single_line(message.model, max_length=80)}"
        if message.branch_type is BranchType.LLM
        else (f"{source}, worded by {single_line(message.model, max_length=80)}")
    )


def format_source_line(message: ChatMessage) -> str:
    """The line under an answer: author, tokens, cost."""
    if not message.is_authentic:
        return describe_missing_signature(message.redacted_at)
    parts = [format_message_source(message)]
    if message.model is not None and message.model != RuleBasedModel.name:
        parts.append(format_token_counts(message))
        if message.cost_usd is not None:
            parts.append(format_cost(message.cost_usd))
    return " · ".join(part for part in parts if part)


def format_token_counts(message: ChatMessage) -> str:
    if message.input_tokens is None and message.output_tokens is None:
        return NOT_REPORTED
    return f"{format_count(message.input_tokens)} + {format_count(message.output_tokens, 'token')}"


def build_provenance(
    message: ChatMessage, account: Account, calls: tuple[ToolCallRecord, ...], context: LlmContext | None
) -> Provenance:
    found = Provenance(source_line=format_source_line(message), message=message, calls=calls, context=context)
    if context is None:
        return found
    then = context.data.get("account")
    return replace(
        found,
        messages=restore_sent_messages(context),
        tools=tuple(map(_format_tool, context.tools)),
        sent_calls=tuple(map(_restore_sent_call, calls)),
        changed_facts=diff_account_facts(then, list_account_facts(account)) if isinstance(then, Mapping) else None,
    )


def _format_tool(tool: Mapping[str, Any]) -> str:
    """A tool as it is sent: name, description, and the schema of its parameters as compact JSON."""
    schema = json.dumps(tool.get("parameters"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    strict = " (strict)" if tool.get("strict") else ""
    return f"{tool.get('name', '?')}{strict}\n{tool.get('description', '')}\n{schema}"


def _restore_sent_call(call: ToolCallRecord) -> SentToolCall:
    # A call with an effect runs later if at all: all the model was told is that it waits.
    waits = call.tool in SIDE_EFFECT_TOOLS and call.status is not CallStatus.REFUSED
    given = call.output.get("text") if call.output else call.error
    return SentToolCall(
        tool=call.tool,
        arguments=serialize_tool_arguments(call.input),
        result=AWAITS_APPROVAL if waits else str(given or ""),
    )
