"""Imports as stored: the file, its staged rows with their verdicts, and undoing it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind


class ImportStatus(StrEnum):
    """STAGING rows are added or unchecked · CHECKED can be decided · DECIDED the worker applies it · APPLIED ·
    STOPPED whoever decided may no longer import, or the worker failed · UNDONE."""

    STAGING = "staging"
    CHECKED = "checked"
    DECIDED = "decided"
    APPLIED = "applied"
    STOPPED = "stopped"
    UNDONE = "undone"


class Verdict(StrEnum):
    """What bringing a row in would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class FileImport:
    """A file that is brought in. `mapping` is the JSON of a ColumnMapping; `created_by` is None for the operator.

    `revision` grows with each change of its rows or its mapping; a decision names it.
    """

    id: str
    kind: ImportKind
    file_name: str
    source: str
    headers: tuple[str, ...]
    mapping: Mapping[str, Any]
    status: ImportStatus
    revision: int = 1
    error: str | None = None
    created_by: str | None = None
    decided_by: str | None = None
    created_at: datetime
    decided_at: datetime | None = None
    applied_at: datetime | None = None

    @property
    def is_demo_book(self) -> bool:
        return self.kind is ImportKind.DEMO_BOOK

    @property
    def label(self) -> str:
        """What it holds: "Customers"."""
        return "Demo book" if self.is_demo_book else RECORD_SCHEMAS[self.kind].label


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a row is refused. `column` is a header of the file, or else `field` names what it is about."""

    reason: str
    remedy: str
    column: str | None = None
    field: str | None = None
    cell: str | None = None


@dataclass(frozen=True, kw_only=True)
class SimilarCustomer:
    """A customer whose name looks like that of a row; `score` is 0 to 100."""

    id: str
    name: str
    score: float


@dataclass(frozen=True, kw_only=True)
class StagedRow:
    """A record of a file. `changes` is column -> old and new value; `same_as_line` an earlier line with the same."""

    id: str
    kind: ImportKind
    line: int
    cells: tuple[str, ...]
    verdict: Verdict | None
    field_values: Mapping[str, Any] = field(default_factory=dict)
    candidates: tuple[SimilarCustomer, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    row_id: str | None = None
    chosen_id: str | None = None
    same_as_line: int | None = None
    is_dropped: bool = False
    applied_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CorrectedRows:
    """Rows left unchecked, and the corrected lines on which a row is still refused."""

    unchecked: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class ImportCounts:
    """Rows of an import by verdict, without those left out; `applied` of all of them."""

    new: int
    changed: int
    unchanged: int
    refused: int
    unchecked: int
    dropped: int
    applied: int

    @property
    def to_apply(self) -> int:
        """Rows that are brought in once the import is decided."""
        return self.new + self.changed + self.unchanged


@dataclass(frozen=True, kw_only=True)
class SavedMapping:
    """A mapping under its name. `mapping` is the JSON of a ColumnMapping."""

    id: str
    name: str
    kind: ImportKind
    mapping: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class UndoRow:
    """A row an undo would remove, restore or bring back.

    `problem` says why it is left alone unless one insists, `notice` what becomes otherwise than it was.
    """

    id: str
    table_name: str
    row_id: str
    operation: str
    label: str
    problem: str | None = None
    notice: str | None = None
    is_insisted: bool = False
    result: str | None = None


@dataclass(frozen=True, kw_only=True)
class ImportUndo:
    """An import taken back, or brought in again after that. `problems` are the rows something stands against."""

    id: str
    import_id: str
    status: str
    revision: int
    problems: tuple[UndoRow, ...]
    notices: tuple[UndoRow, ...] = ()

    @property
    def is_planned(self) -> bool:
        """False while more rows are to be listed."""
        return self.status != "planning"


@dataclass(frozen=True, kw_only=True)
class UndoPlanProgress:
    """Rows of an undo listed so far."""

    is_planned: bool
    rows: int
