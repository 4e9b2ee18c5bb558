"""Answers somebody offered to a slide, until a leader publishes or discards them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.db.rows import to_time

COLUMNS = (
    "id, label, response_text, slide_id, created_at,"
    " workflow:workflow_definitions!workflow_chat_branches_definition_id_fkey(name),"
    " author:profiles!workflow_chat_branches_created_by_fkey(full_name)"
)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`words` is the written answer, a template; `author` is None when the person is gone."""

    id: str
    label: str
    words: str
    slide_id: str
    workflow_name: str
    author: str | None
    created_at: datetime


def read_draft(row: dict[str, Any]) -> Draft:
    return Draft(
        id=row["id"],
        label=row["label"],
        words=row["response_text"] or "",
        slide_id=row["slide_id"],
        workflow_name=(row["workflow"] or {}).get("name", ""),
        author=(row["author"] or {}).get("full_name"),
        created_at=to_time(row["created_at"]),
    )
