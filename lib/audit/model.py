from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class ChangeOperation(StrEnum):
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """A change of a row. `before` and `after` of an update have only the columns that differ.

    `person_name` is None for the operator, `customer_name` for a row without a customer or with one that is gone.
    `names` are those of the colleagues, customers and contacts whose ids the values hold.
    """

    number: int
    changed_at: datetime
    table_name: str
    row_id: UUID
    operation: ChangeOperation
    source: str
    label: str
    person_id: UUID | None = None
    person_name: str | None = None
    customer_id: UUID | None = None
    customer_name: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChangePage:
    """Some changes, the newest first; `next_before` is the argument that reads on, None at the end."""

    changes: tuple[RowChange, ...]
    next_before: int | None


@dataclass(frozen=True, kw_only=True)
class ChangeFilter:
    """Which changes are asked for; None is any. Both days are included, and are those of the person who asks."""

    person_id: UUID | None = None
    customer_id: UUID | None = None
    table_name: str | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class HistoryGaps:
    """Change sets that are not whole: how many, changes known to be missing, the first numbers of the sets."""

    count: int
    missing: int
    numbers: tuple[int, ...]
