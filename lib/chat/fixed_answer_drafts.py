"""Drafts of fixed branches: answers offered to their slide, until a leader publishes or discards them."""

import re
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.chat import message_tree
from lib.chat.chat_context import ChatContext
from lib.chat.conversation import BranchType, ChatPanel
from lib.content.block_text import block_to_text
from lib.content.model import Text
from lib.db.row_parsing import parse_row
from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.slide_texts import build_template_values
from lib.slides.template_variables import VARIABLES, VariableKind
from lib.text.format import NO_DATA
from lib.text.truncate import single_line

DRAFT_COLUMNS = (
    "id, label, response_text, slide_id, created_at,"
    " workflow:workflow_definitions!workflow_chat_branches_definition_id_fkey(name),"
    " author:profiles!workflow_chat_branches_created_by_fkey(full_name)"
)
MAX_LABEL_LENGTH = 200
MAX_RESPONSE_LENGTH = 40_000
MIN_PLACEHOLDER_LENGTH = 4
"""Characters. Shorter values, such as a count of 12, stand in a text for many things."""

_SOURCE_NUMBER = re.compile(r"\s*\[\d{1,3}\]")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class FixedAnswerDraft:
    """`response_text` is a template; `author` is None if the person has left."""

    id: str
    label: str
    response_text: str
    slide_id: str
    workflow_name: str
    author: str | None
    created_at: datetime


def parse_fixed_answer_draft(row: dict[str, Any]) -> FixedAnswerDraft:
    filled = {
        "response_text": row["response_text"] or "",
        "workflow_name": (row["workflow"] or {}).get("name", ""),
        "author": (row["author"] or {}).get("full_name"),
    }
    return parse_row(FixedAnswerDraft, {**row, **filled})


def build_draft_row(context: ChatContext, panel: ChatPanel, entry: message_tree.MessageEntry) -> dict[str, Any]:
    """Build a draft's row from an answer; its question is the label. Raises InvalidInput for an answer without text."""
    texts = (row.block.markdown for row in entry.rows if isinstance(row.block, Text) and row.is_authentic)
    answer = "\n\n".join(texts).strip()
    if entry.is_person_message or not answer:
        raise InvalidInput("Only a text answer can be offered on the slide.")
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
        "response_text": _replace_names_by_placeholders(context, _escape_answer_as_template(answer)),
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


def _replace_names_by_placeholders(context: ChatContext, text: str) -> str:
    """The text with placeholders in place of what the account says of itself, where only one says it."""
    values = build_template_values(context.slide_input())
    names = [name for name, each in VARIABLES.items() if _identifies_customer(name, each.kind)]
    shown = [(template.render_template_as_text(f"{{{{ {name} }}}}", values), name) for name in names]
    telling = Counter(words for words, _ in shown if len(words) >= MIN_PLACEHOLDER_LENGTH and words != NO_DATA)
    found = {words: name for words, name in shown if telling[words] == 1}
    if not found:
        return text
    longest_first = sorted(found, key=len, reverse=True)
    pattern = rf"(?<![\w$.,])(?:{'|'.join(map(re.escape, longest_first))})(?![\w%])(?![.,]\d)"
    return re.sub(pattern, lambda match: f"{{{{ {found[match[0]]} }}}}", text)[:MAX_RESPONSE_LENGTH]


def _identifies_customer(name: str, kind: VariableKind) -> bool:
    """True for what tells one customer from another: its name, its people, its figures and days."""
    is_ours = name in ("today", "company.name", "person.name", "owner.name")
    return not is_ours and (kind not in (VariableKind.TEXT, VariableKind.YES_NO) or name.endswith(".name"))


def _make_branch_key(label: str, message_id: str) -> str:
    """A unique key: the label's words and part of the answer's id."""
    slug = _NOT_ALPHANUMERIC.sub("-", label.lower()).strip("-")[:60] or "answer"
    return f"{slug}-{uuid.UUID(message_id).hex[:8]}"


def _escape_answer_as_template(answer: str) -> str:
    """An answer as a template: without citations, and with nothing that a template would fill in."""
    bare = _SOURCE_NUMBER.sub("", answer)
    return bare.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")[:MAX_RESPONSE_LENGTH]
