"""Imports as the page shows them: who and when, rows by verdict, how far the worker is."""

from dataclasses import dataclass
from enum import StrEnum

from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row
from lib.errors import NotFound
from lib.imports.column_mapping import ColumnMapping
from lib.imports.model import FileImport, ImportCounts, ImportStatus, StagedRow

PAGE_IMPORTS = 10


class RowGroup(StrEnum):
    """Rows by what would become of them; DROPPED are left out by a person."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class UndoProgress:
    """Rows done, and all rows, of an undo that the worker is at."""

    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class UndoCounts:
    """Rows an undo would remove, restore and bring back; `problems` are those something stands against."""

    remove: int
    restore: int
    bring_back: int
    problems: int

    @property
    def total(self) -> int:
        return self.remove + self.restore + self.bring_back


@dataclass(frozen=True, kw_only=True)
class ImportOwner:
    """Who would get customers, by address; `name` is None for somebody who has not joined."""

    email: str
    customers: int
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class ImportOverview(FileImport):
    """An import with the names of who made and decided it; None for the operator.

    `similar` rows have customers in Zen that look like theirs. `undo` is one being done. `owners` are those of an
    import that was opened and can be decided.
    """

    created_by_name: str | None = None
    decided_by_name: str | None = None
    counts: ImportCounts
    similar: int = 0
    undo: UndoProgress | None = None
    owners: tuple[ImportOwner, ...] = ()

    @property
    def column_mapping(self) -> ColumnMapping:
        return ColumnMapping.model_validate(self.mapping)

    @property
    def can_change(self) -> bool:
        """True until somebody decides to bring it in."""
        return self.status in (ImportStatus.STAGING, ImportStatus.CHECKED)

    @property
    def is_running(self) -> bool:
        """True while the worker brings it in or takes it back."""
        return self.status is ImportStatus.DECIDED or self.undo is not None

    @property
    def progress(self) -> tuple[int, int]:
        """Rows done, and all rows."""
        return (self.undo.done, self.undo.total) if self.undo else (self.counts.applied, self.counts.to_apply)

    def count_rows_of_group(self, group: RowGroup) -> int:
        count: int = getattr(self.counts, group.value)
        return count


@dataclass(frozen=True, kw_only=True)
class ImportList:
    """Some imports, the newest first, of `total`."""

    imports: tuple[ImportOverview, ...]
    total: int


class ImportOverviewRepository:
    """Reads with the rights of the client's token. One request a method."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_imports(self, *, first: int = 0, most: int = PAGE_IMPORTS) -> ImportList:
        return parse_row(ImportList, execute_read(self._client.rpc("read_imports", {"p_first": first, "p_most": most})))

    def fetch_import(self, import_id: str) -> ImportOverview:
        """Raises NotFound."""
        found = parse_row(ImportList, execute_read(self._client.rpc("read_imports", {"p_import_id": import_id})))
        if not found.imports:
            raise NotFound("This import does not exist, or you don't have access to it.")
        return found.imports[0]

    def fetch_rows_of_group(self, import_id: str, group: RowGroup, *, first: int, most: int) -> tuple[StagedRow, ...]:
        """Up to 1,000 rows of a group, in the order of the file."""
        query = self._client.table("import_rows").select("*").eq("import_id", import_id)
        is_dropped = group is RowGroup.DROPPED
        query = query.eq("is_dropped", is_dropped)
        query = query if is_dropped else query.eq("verdict", group.value)
        rows = execute_read(query.order("line").order("place").range(first, first + most - 1))
        return tuple(parse_row(StagedRow, row) for row in rows)

    def fetch_similar_rows(self, import_id: str, *, first: int, most: int) -> tuple[StagedRow, ...]:
        """Rows whose customer looks like one in Zen, and nobody has said yet whether it is."""
        query = self._client.table("import_rows").select("*").eq("import_id", import_id).eq("is_dropped", False)
        query = query.neq("candidates", "[]").is_("chosen_id", "null")
        rows = execute_read(query.order("line").range(first, first + most - 1))
        return tuple(parse_row(StagedRow, row) for row in rows)

    def fetch_undo_counts(self, undo_id: str) -> UndoCounts:
        return parse_row(UndoCounts, execute_read(self._client.rpc("import_undo_counts", {"p_undo_id": undo_id})))
