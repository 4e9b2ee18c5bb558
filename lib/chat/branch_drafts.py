"""Answers somebody offered to a slide, until a leader publishes or discards them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.db.rows import to_datetime

DRAFT_COLUMNS = (
    "id, label, response_text, slide_id, created_at,"
    " workflow:workflow_definitions!workflow_chat_branches_definition_id_fkey(name),"
    " author:profiles!workflow_chat_branches_created_by_fkey(full_name)"
)


@dataclass(frozen=True, kw_only=True)
class BranchDraft:
    """`words` is the written answer, a template; `author` is None when the person is gone."""

    id: str
    label: str
    response_text: str
    slide_id: str
    workflow_name: str
    author: str | None
    created_at: datetime


def parse_draft(row: dict[str, Any]) -> BranchDraft:
    return BranchDraft(
        id=row["id"],
        label=row["label"],
        response_text=row["response_text"] or "",
        slide_id=row["slide_id"],
        workflow_name=(row["workflow"] or {}).get("name", ""),
        author=(row["author"] or {}).get("full_name"),
        created_at=to_datetime(row["created_at"]),
    )
