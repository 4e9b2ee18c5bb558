"""An answer as a written one: what is stored as a draft branch of its slide."""

import re
import uuid
from typing import Any

from lib.chat import message_tree
from lib.chat.chat_context import ChatContext
from lib.chat.model import BranchType, ChatPanel
from lib.content.blocks import block_to_text
from lib.content.model import Text
from lib.errors import InvalidInput
from lib.text.truncate import single_line

MAX_LABEL_LENGTH = 200
MAX_RESPONSE_LENGTH = 40_000

_SOURCE_NUMBER = re.compile(r"\s*\[\d{1,3}\]")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


def build_draft_row(context: ChatContext, panel: ChatPanel, entry: message_tree.MessageEntry) -> dict[str, Any]:
    """The row of a draft fixed branch out of an answer; its question is the label. Raises InvalidInput for an answer
    without words."""
    answer = "\n\n".join(row.block.markdown for row in entry.rows if isinstance(row.block, Text)).strip()
    if entry.is_question or not answer:
        raise InvalidInput("Only an answer in words can become a written one.")
    asked = next((known.first for known in message_tree.find_path_to(panel.messages, entry.parent_id)[-1:]), None)
    label = single_line(block_to_text(asked.block), max_length=MAX_LABEL_LENGTH) if asked else "Answer"
    return {
        "definition_id": context.execution.version.definition_id,
        "company_id": str(context.person.company_id),
        "created_by": str(context.person.id),
        "slide_id": context.slide.id,
        "branch_key": _branch_key(label, entry.id),
        "branch_type": BranchType.FIXED.value,
        "label": label,
        "response_text": _escape_template(answer),
        "promoted_from": entry.id,
        "status": "draft",
    }


def _branch_key(label: str, message_id: str) -> str:
    """A name for the branch: the label's words, and enough of the answer's id to be the only one."""
    slug = _NOT_ALPHANUMERIC.sub("-", label.lower()).strip("-")[:60] or "answer"
    return f"{slug}-{uuid.UUID(message_id).hex[:8]}"


def _escape_template(answer: str) -> str:
    """An answer's words as a text that is filled in: nothing in it is a word to fill in yet, or a source."""
    bare = _SOURCE_NUMBER.sub("", answer)
    return bare.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")[:MAX_RESPONSE_LENGTH]
