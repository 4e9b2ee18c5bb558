"""Drafts of fixed branches: answers offered to their slide, until a leader publishes or discards them."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.chat import message_tree
from lib.chat.answer_template import escape_as_template, replace_by_placeholders
from lib.chat.chat_context import ChatContext
from lib.chat.conversation import BranchType, ChatPanel
from lib.content.block_text import block_to_text
from lib.content.model import Text
from lib.db.row_parsing import parse_row
from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.slide_texts import build_template_values
from lib.text.truncate import single_line, strip_invisible

DRAFT_COLUMNS = (
    "id, label, response_text, slide_id, created_at, kept_figures,"
    " workflow:workflow_definitions!workflow_chat_branches_definition_id_fkey(name),"
    " author:profiles!workflow_chat_branches_created_by_fkey(full_name),"
    " answer:workflow_chat_messages!workflow_chat_branches_promoted_from_company_id_fkey("
    "thread:workflow_chat_threads!workflow_chat_messages_thread_id_company_id_fkey("
    "run:workflow_executions!workflow_chat_threads_execution_id_company_id_fkey(customer_id)))"
)
MAX_LABEL_LENGTH = 200
MAX_RESPONSE_LENGTH = 40_000

_SOURCE_NUMBER = re.compile(r"\s*\[\d{1,3}\]")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class FixedAnswerDraft:
    """`response_text` is a template; `author` is None if the person has left.

    `customer_id` is the customer the answer was about; None if one cannot read its conversation, or it is gone.
    `kept_figures` are passages a person decided to publish as they are, because they are no customer's.
    """

    id: str
    label: str
    response_text: str
    slide_id: str
    workflow_name: str
    author: str | None
    created_at: datetime
    customer_id: str | None = None
    kept_figures: tuple[str, ...] = ()


def parse_fixed_answer_draft(row: dict[str, Any]) -> FixedAnswerDraft:
    filled = {
        "response_text": row["response_text"] or "",
        "workflow_name": (row["workflow"] or {}).get("name", ""),
        "author": (row["author"] or {}).get("full_name"),
        "customer_id": _find_customer_id(row),
    }
    return parse_row(FixedAnswerDraft, {**row, **filled})


def _find_customer_id(row: dict[str, Any]) -> str | None:
    thread = (row.get("answer") or {}).get("thread") or {}
    customer_id: str | None = (thread.get("run") or {}).get("customer_id")
    return customer_id


def build_draft_row(context: ChatContext, panel: ChatPanel, entry: message_tree.MessageEntry) -> dict[str, Any]:
    """Build a draft's row from an answer; its question is the label. Raises InvalidInput for an answer without text."""
    texts = (row.block.markdown for row in entry.rows if isinstance(row.block, Text) and row.is_authentic)
    answer = _SOURCE_NUMBER.sub("", strip_invisible("\n\n".join(texts))).strip()
    if entry.is_person_message or not answer:
        raise InvalidInput("Only a text answer can be offered on the slide.")
    source = escape_as_template(answer)
    if len(source) > template.MAX_SOURCE_LENGTH:
        raise InvalidInput(
            f"An answer offered on the slide has up to {template.MAX_SOURCE_LENGTH:,} characters; this one is longer."
        )
    question = next(
        (known.first for known in message_tree.find_message_path(panel.messages, entry.parent_id)[-1:]), None
    )
    label = single_line(block_to_text(question.block), max_length=MAX_LABEL_LENGTH) if question else "Answer"
    return {
        "definition_id": context.execution.version.definition_id,
        "company_id": str(context.person.company_id),
        "created_by": str(context.person.id),
        "slide_id": context.slide.id,
        "branch_key": _make_branch_key(label, entry.id),
        "branch_type": BranchType.FIXED.value,
        "label": label,
        "response_text": replace_by_placeholders(source, build_template_values(context.slide_input())),
        "promoted_from": entry.id,
        "status": "draft",
    }


def require_valid_draft_texts(label: str, response_text: str) -> None:
    """Raise InvalidInput for a blank or too long label or answer, and for a template that cannot be read."""
    if not label.strip() or len(label) > MAX_LABEL_LENGTH:
        raise InvalidInput(f"Write the question in 1 to {MAX_LABEL_LENGTH} characters.")
    if not response_text.strip() or len(response_text) > MAX_RESPONSE_LENGTH:
        raise InvalidInput(f"Write the answer in 1 to {MAX_RESPONSE_LENGTH:,} characters.")
    template.parse_template(response_text)


def _make_branch_key(label: str, message_id: str) -> str:
    """A unique key: the label's words and part of the answer's id."""
    slug = _NOT_ALPHANUMERIC.sub("-", label.lower()).strip("-")[:60] or "answer"
    return f"{slug}-{uuid.UUID(message_id).hex[:8]}"
