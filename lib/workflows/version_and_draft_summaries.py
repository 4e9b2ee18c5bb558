"""Versions and drafts of a workflow as lists show them: whose and when, without their content."""

from dataclasses import dataclass
from datetime import datetime

EDITING_SECONDS = 600
"""A draft changed within this time counts as being edited. The builder saves while somebody types."""


@dataclass(frozen=True, kw_only=True)
class VersionSummary:
    """A version: `author` wrote the draft. Names are None for stock, and for people who are gone."""

    id: str
    definition_id: str
    version: int
    name: str
    note: str | None
    author: str | None
    publisher: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class DraftSummary:
    """A draft meant for a workflow. `base_version`: number of the version it began with, None from scratch."""

    id: str
    name: str
    author_id: str
    author_name: str
    is_own: bool
    revision: int
    created_at: datetime
    updated_at: datetime
    seconds_since_change: int
    base_version: int | None = None

    @property
    def is_edited_by_colleague(self) -> bool:
        return not self.is_own and self.seconds_since_change < EDITING_SECONDS
