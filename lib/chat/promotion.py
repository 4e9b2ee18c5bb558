"""An answer as a written one: what is stored as a draft branch of its slide."""

import re
import uuid
from typing import Any

from lib.chat import tree
from lib.chat.blocks import TextBlock, plain_text
from lib.chat.model import BranchType, Panel
from lib.chat.scene import Scene
from lib.errors import InvalidInput
from lib.slides.words import plain

LONGEST_LABEL = 200
LONGEST_RESPONSE = 40_000

_SOURCE = re.compile(r"\s*\[\d{1,3}\]")
_NO_WORD = re.compile(r"[^a-z0-9]+")


def draft(scene: Scene, panel: Panel, entry: tree.Entry) -> dict[str, Any]:
    """The row of a draft fixed branch out of an answer; its question is the label. Raises InvalidInput for an answer
    without words."""
    answer = "\n\n".join(row.block.text for row in entry.rows if isinstance(row.block, TextBlock)).strip()
    if entry.is_question or not answer:
        raise InvalidInput("Only an answer in words can become a written one.")
    asked = next((known.first for known in tree.path_to(panel.messages, entry.parent_id)[-1:]), None)
    label = plain(plain_text(asked.block), most=LONGEST_LABEL) if asked else "Answer"
    return {
        "definition_id": scene.execution.version.definition_id,
        "company_id": str(scene.person.company_id),
        "created_by": str(scene.person.id),
        "slide_id": scene.slide.id,
        "branch_key": _key(label, entry.id),
        "branch_type": BranchType.FIXED.value,
        "label": label,
        "response_text": _as_template(answer),
        "promoted_from": entry.id,
        "status": "draft",
    }


def _key(label: str, message_id: str) -> str:
    """A name for the branch: the label's words, and enough of the answer's id to be the only one."""
    slug = _NO_WORD.sub("-", label.lower()).strip("-")[:60] or "answer"
    return f"{slug}-{uuid.UUID(message_id).hex[:8]}"


def _as_template(answer: str) -> str:
    """An answer's words as a text that is filled in: nothing in it is a word to fill in yet, or a source."""
    bare = _SOURCE.sub("", answer)
    return bare.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")[:LONGEST_RESPONSE]
