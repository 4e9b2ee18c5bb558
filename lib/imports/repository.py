"""Imports in the database: staged, checked, decided and taken back through its functions."""

import logging
from collections.abc import Sequence
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import NotFound
from lib.imports.model import (
    CorrectedRows,
    FileImport,
    ImportCounts,
    ImportUndo,
    SavedMapping,
    StagedRow,
    UndoPlanProgress,
    Verdict,
)
from lib.imports.similar_customers import SimilarCustomerFinder

# The gateway ends a statement after eight seconds; this takes half a second on an idle machine.
CHECK_BATCH = 1000
APPLY_BATCH = 1000
PAGE = 1000
log = logging.getLogger(__name__)

MISSING = "This import does not exist, or you don't have access to it."


class ImportRepository:
    """One request a method, with the rights of the client's token. The operator names the company, a person never."""

    def __init__(self, client: Client, *, company_id: str | None = None) -> None:
        self._client = client
        self._company_id = company_id

    def create_customer_finder(self) -> SimilarCustomerFinder:
        """For the rows of one file."""
        return SimilarCustomerFinder(self._client, self._company_id)

    def begin_import(
        self, *, kind: str, file_name: str, source: str, headers: Sequence[str], mapping: dict[str, Any]
    ) -> str:
        """A new import without rows; returns its id. Raises NotPermitted for a CSM."""
        named = {"p_kind": kind, "p_file_name": file_name, "p_source": source}
        arguments = named | {"p_headers": list(headers), "p_mapping": mapping, "p_company_id": self._company_id}
        return str(self._call_write_function("begin_import", arguments))

    def stage_rows(self, import_id: str, rows: Sequence[dict[str, Any]]) -> None:
        """Add up to 5,000 rows: kind, line, cells, field_values, problems. A row of the same line is replaced."""
        self._call_write_function("stage_import_rows", {"p_import_id": import_id, "p_rows": list(rows)})

    def change_mapping(self, import_id: str, mapping: dict[str, Any]) -> None:
        """Map an import anew and remove its rows, to be staged again. Raises Conflict once it was decided."""
        self._call_write_function("change_import_mapping", {"p_import_id": import_id, "p_mapping": mapping})

    def check_rows(self, import_id: str, *, again: bool = False) -> int:
        """Judge the next unchecked rows, `again` those refused before too. Returns how many are left."""
        arguments = {"p_import_id": import_id, "p_most": CHECK_BATCH, "p_again": again}
        return int(self._call_write_function("check_import_rows", arguments))

    def correct_rows(self, import_id: str, rows: Sequence[dict[str, Any]], *, revision: int) -> CorrectedRows:
        """Replace rows and check all refused ones again. Raises Conflict if the import was changed since."""
        arguments = {"p_import_id": import_id, "p_rows": list(rows), "p_revision": revision}
        return parse_row(CorrectedRows, self._call_write_function("correct_import_rows", arguments))

    def drop_rows(self, import_id: str, row_ids: Sequence[str], *, is_dropped: bool = True) -> int:
        """Leave rows out, or take them in again. Returns how many changed."""
        arguments = {"p_import_id": import_id, "p_row_ids": list(row_ids), "p_is_dropped": is_dropped}
        return int(self._call_write_function("drop_import_rows", arguments))

    def choose_match(self, row_id: str, customer_id: str | None) -> None:
        """Say which customer a row is, or hangs on. The next check uses it."""
        self._call_write_function("choose_import_match", {"p_row_id": row_id, "p_customer_id": customer_id})

    def decide_import(self, import_id: str, *, revision: int) -> None:
        """Have the worker bring it in. Raises Conflict unless it is checked, has rows, and is as it was seen."""
        self._call_write_function("decide_import", {"p_import_id": import_id, "p_revision": revision})

    def discard_import(self, import_id: str) -> None:
        """Remove it with its rows. Raises Conflict once it was decided."""
        self._call_write_function("discard_import", {"p_import_id": import_id})

    def plan_undo(self, import_id: str) -> str:
        """Begin to list what taking it back would do, or bringing it in again after that. Returns the undo's id."""
        return str(self._call_write_function("plan_import_undo", {"p_import_id": import_id}))

    def continue_undo_plan(self, undo_id: str) -> UndoPlanProgress:
        """List its next rows."""
        return parse_row(
            UndoPlanProgress, self._call_write_function("continue_import_undo_plan", {"p_undo_id": undo_id})
        )

    def decide_undo(
        self, undo_id: str, *, revision: int, insisted_row_ids: Sequence[str] = (), insist_on_all: bool = False
    ) -> None:
        """Have the worker do a planned undo. Raises Conflict unless it is as it was seen."""
        insisted = {"p_insisted_row_ids": list(insisted_row_ids), "p_insist_on_all": insist_on_all}
        self._call_write_function("decide_import_undo", {"p_undo_id": undo_id, "p_revision": revision, **insisted})

    def save_mapping(self, *, name: str, kind: str, header_key: str, mapping: dict[str, Any]) -> str:
        """Keep a mapping under a name, or replace the one of that name. Returns its id."""
        arguments = {"p_name": name, "p_kind": kind, "p_header_key": header_key, "p_mapping": mapping}
        return str(self._call_write_function("save_import_mapping", arguments | {"p_company_id": self._company_id}))

    def find_mapping(self, *, name: str | None = None, header_key: str | None = None) -> SavedMapping | None:
        """The mapping of a name, or the one saved last for a set of headers."""
        query = self._client.table("import_mappings").select("id, name, kind, mapping")
        query = query.eq("name", name) if name is not None else query.eq("header_key", header_key or "")
        query = query.eq("company_id", self._company_id) if self._company_id else query
        rows = execute_read(query.order("updated_at", desc=True).limit(1))
        return parse_row(SavedMapping, rows[0]) if rows else None

    def fetch_imports(self, *, most: int = 50) -> tuple[FileImport, ...]:
        """The company's imports, newest first."""
        query = self._client.table("imports").select("*")
        query = query.eq("company_id", self._company_id) if self._company_id else query
        rows = execute_read(query.order("created_at", desc=True).order("id", desc=True).limit(most))
        return tuple(parse_row(FileImport, row) for row in rows)

    def fetch_import(self, import_id: str) -> FileImport:
        """Raises NotFound."""
        rows = execute_read(self._client.table("imports").select("*").eq("id", import_id))
        if not rows:
            raise NotFound(MISSING)
        return parse_row(FileImport, rows[0])

    def fetch_counts(self, import_id: str) -> ImportCounts:
        return parse_row(ImportCounts, execute_read(self._client.rpc("import_counts", {"p_import_id": import_id})))

    def fetch_rows(
        self, import_id: str, *, verdict: Verdict | None = None, first: int = 0, most: int = PAGE
    ) -> tuple[StagedRow, ...]:
        """Up to `most` (1,000) rows of a verdict, or all; those left out too. In the order they are brought in."""
        query = self._client.table("import_rows").select("*").eq("import_id", import_id)
        query = query.eq("verdict", verdict.value) if verdict else query
        rows = execute_read(query.order("place").order("line").range(first, first + most - 1))
        return tuple(parse_row(StagedRow, row) for row in rows)

    def fetch_rows_of_line(self, import_id: str, line: int) -> tuple[StagedRow, ...]:
        """The records of a line: one, or up to three of a flat file."""
        query = self._client.table("import_rows").select("*").eq("import_id", import_id).eq("line", line)
        return tuple(parse_row(StagedRow, row) for row in execute_read(query.order("place")))

    def fetch_undo(self, undo_id: str) -> ImportUndo:
        """An undo, and the rows something stands against or is done otherwise. Raises NotFound.

        Two requests, and one for each further thousand of these rows.
        """
        found = execute_read(self._client.table("import_undos").select("*").eq("id", undo_id))
        if not found:
            raise NotFound("This undo does not exist, or you don't have access to it.")
        named: list[dict[str, Any]] = []
        while len(page := self._fetch_named_undo_rows(undo_id, first=len(named))) == PAGE:
            named += page
        named += page
        problems = [row for row in named if row["problem"] is not None]
        return parse_row(ImportUndo, found[0] | {"problems": problems, "notices": [r for r in named if r["notice"]]})

    def _fetch_named_undo_rows(self, undo_id: str, *, first: int) -> list[dict[str, Any]]:
        rows = self._client.table("import_undo_rows").select("*").eq("undo_id", undo_id)
        rows = rows.or_("problem.not.is.null,notice.not.is.null")
        rows = rows.neq("table_name", "pending_owners")  # said by their customers
        found: list[dict[str, Any]] = execute_read(
            rows.order("place").order("label").order("id").range(first, first + PAGE - 1)
        )
        return found

    def _call_write_function(self, function: str, arguments: dict[str, Any]) -> Any:
        return execute_write(self._client.rpc(function, arguments))


class ImportQueue:
    """What the worker does with imports that were decided. Needs the operator's key."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def apply_next_batch(self) -> bool:
        """Bring in the next rows of the oldest decided import or undo. False if none waits. Up to two requests."""
        return any(map(self._apply_next_batch_of, ("apply_next_import_batch", "apply_next_undo_batch")))

    def _apply_next_batch_of(self, function: str) -> bool:
        outcome = execute_write(self._client.rpc(function, {"p_most": APPLY_BATCH}))
        if outcome and outcome.get("failure"):
            log.error("%s failed and is tried again later: %s", function, outcome["failure"])
        return outcome is not None
