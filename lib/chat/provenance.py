"""Where a message came from: the line under it, and on demand everything behind it, then and now."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.accounts.model import Account
from lib.chat.context import fenced
from lib.chat.facts import Change, changes, facts_of
from lib.chat.model import BranchType, LlmContext, Message, ToolCallRecord
from lib.llm.rules.assistant import RulesModel
from lib.slides.words import count, plain

NOT_REPORTED = "tokens not reported"
SOURCES: Mapping[BranchType, str] = {
    BranchType.FIXED: "Written answer",
    BranchType.LLM: "Model",
    BranchType.RAG: "From the records",
    BranchType.SAVED_ACTION: "Action",
}


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """`sent` is the data exactly as the model read it, None when it got none. `changed` is what of the account is not
    any more as it was then; None when it is not known how it was."""

    line: str
    message: Message
    calls: tuple[ToolCallRecord, ...]
    context: LlmContext | None = None
    sent: str | None = None
    changed: tuple[Change, ...] | None = None


def label_of(message: Message) -> str:
    """Who speaks. Every message of the built-in assistant says so."""
    if message.model == RulesModel.name:
        return RulesModel.label
    source = SOURCES[message.branch_type] if message.branch_type else ""
    if message.model is None:
        return source
    return (
        f"{source} {plain(message.model, most=80)}"
        if message.branch_type is BranchType.LLM
        else (f"{source}, worded by {plain(message.model, most=80)}")
    )


def line_of(message: Message) -> str:
    """The line under an answer, from its first row: who, tokens, cost."""
    parts = [label_of(message)]
    if message.model is not None and message.model != RulesModel.name:
        parts.append(tokens_of(message))
        if message.cost_usd is not None:
            parts.append(f"${message.cost_usd:.4f}")
    return " · ".join(part for part in parts if part)


def tokens_of(message: Message) -> str:
    if message.input_tokens is None and message.output_tokens is None:
        return NOT_REPORTED
    return f"{count(message.input_tokens)} + {count(message.output_tokens, 'token')}"


def of(message: Message, account: Account, calls: tuple[ToolCallRecord, ...], context: LlmContext | None) -> Provenance:
    then = context.data.get("account") if context else None
    known = isinstance(then, Mapping) and context is not None
    return Provenance(
        line=line_of(message),
        message=message,
        calls=calls,
        context=context,
        sent=fenced(context.data) if context and "fence" in context.data else None,
        changed=changes(then, facts_of(account)) if known and isinstance(then, Mapping) else None,
    )
