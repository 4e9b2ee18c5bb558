"""Where an answer came from: its source line, and everything the model was given, then and now."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.chat.account_facts import FactChange, diff_account_facts, list_account_facts
from lib.chat.conversation import BranchType, ChatMessage, LlmContext, describe_missing_signature
from lib.chat.prompt import format_fenced_prompt_data
from lib.chat.tool_call_record import ToolCallRecord
from lib.customers.model import Account
from lib.llm.rule_based.assistant import RuleBasedModel
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
class Provenance:
    """What is behind an answer. `sent_data` is what the model read, None if it got none; `changed_facts` is None if the
    account of then is not known."""

    source_line: str
    message: ChatMessage
    calls: tuple[ToolCallRecord, ...]
    context: LlmContext | None = None
    sent_data: str | None = None
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
    then = context.data.get("account") if context else None
    known = isinstance(then, Mapping) and context is not None
    return Provenance(
        source_line=format_source_line(message),
        message=message,
        calls=calls,
        context=context,
        sent_data=format_fenced_prompt_data(context.data) if context and "fence" in context.data else None,
        changed_facts=diff_account_facts(then, list_account_facts(account))
        if known and isinstance(then, Mapping)
        else None,
    )
