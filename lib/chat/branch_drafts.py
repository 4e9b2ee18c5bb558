"""Drafts of fixed branches: answers offered to their slide, until a leader publishes or discards them."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.chat import message_tree
from lib.chat.chat_context import ChatContext
from lib.chat.model import BranchType, ChatPanel
from lib.content.block_text import block_to_text
from lib.content.model import Text
from lib.db.rows import parse_row
from lib.errors import InvalidInput
from lib.text.truncate import single_line

DRAFT_COLUMNS = (
    "id, label, response_text, slide_id, created_at,"
    " workflow:workflow_definitions!workflow_chat_branches_definition_id_fkey(name),"
    " author:profiles!workflow_chat_branches_created_by_fkey(full_name)"
)
MAX_LABEL_LENGTH = 200
MAX_RESPONSE_LENGTH = 40_000

_SOURCE_NUMBER = re.compile(r"\s*\[\d{1,3}\]")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class BranchDraft:
    """`response_text` is a template; `author` is None if the person has left."""

    id: str
    label: str
    response_text: str
    slide_id: str
    workflow_name: str
    author: str | None
    created_at: datetime


def parse_branch_draft(row: dict[str, Any]) -> BranchDraft:
    filled = {
        "response_text": row["response_text"] or "",
        "workflow_name": (row["workflow"] or {}).get("name", ""),
        "author": (row["author"] or {}).get("full_name"),
    }
    return parse_row(BranchDraft, {**row, **filled})


def build_draft_row(context: ChatContext, panel: ChatPanel, entry: message_tree.MessageEntry) -> dict[str, Any]:
    """Build a draft's row from an answer; its question is the label. Raises InvalidInput for an answer without text."""
    answer = "\n\n".join(row.block.markdown for row in entry.rows if isinstance(row.block, Text)).strip()
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
        "response_text": _escape_answer_as_template(answer),
        "promoted_from": entry.id,
        "status": "draft",
    }


def _make_branch_key(label: str, message_id: str) -> str:
    """A unique key: the label's words and part of the answer's id."""
    slug = _NOT_ALPHANUMERIC.sub("-", label.lower()).strip("-")[:60] or "answer"
    return f"{slug}-{uuid.UUID(message_id).hex[:8]}"


def _escape_answer_as_template(answer: str) -> str:
    """An answer as a template: without citations, and with nothing that a template would fill in."""
    bare = _SOURCE_NUMBER.sub("", answer)
    return bare.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")[:MAX_RESPONSE_LENGTH]
