"""Imports an export row by row, one transaction each. Interrupted and started again, it continues.

A dry run does everything, database included, and rolls each row back: its report is the one the import will give.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_write
from lib.errors import InvalidInput, Unavailable, ZenError
from lib.executions.legacy.import_context import ImportContext, load_import_context
from lib.executions.legacy.import_report import ImportReport, ImportResult, RowResult
from lib.executions.legacy.legacy_export_reader import ExportRow, LegacyExport
from lib.executions.legacy.mapping_file import LegacyMapping
from lib.executions.legacy.run_mapping import MappedRun, RunMapper
from lib.text.truncate import single_line

MAX_ID_LENGTH = 200
MAX_ROW_BYTES = 5_000_000
"""Bytes; a larger run is listed and not sent: no gateway takes it, and the import would stop there each time."""


def import_legacy_runs(
    client: Client,
    export: LegacyExport,
    mapping: LegacyMapping,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _done: None,
) -> ImportReport:
    """Every row of `export` brought in, or kept with the reason why not. `progress` is told how many are done.

    Raises InvalidInput when the company is not known or the mapping does not fit; Unavailable when the database stops
    answering: what was done until then is done.
    """
    world = load_import_context(client, export.company)
    run = LegacyImporter(client, world, mapping, dry_run=dry_run)
    listed = []
    for done, row in enumerate(export.rows(), start=1):
        listed.append(run.import_export_row(row))
        progress(done)
    return ImportReport(company=world.company_name, dry_run=dry_run, rows=tuple(listed))


class LegacyImporter:
    """Imports rows, remembering the ids seen and the runs open so far."""

    def __init__(self, client: Client, world: ImportContext, mapping: LegacyMapping, *, dry_run: bool) -> None:
        self._client, self._context, self._mapping, self._dry_run = client, world, mapping, dry_run
        self._now = datetime.now(UTC)
        self._mapper = RunMapper(world, mapping, self._now)
        self._seen: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def import_export_row(self, row: ExportRow) -> RowResult:
        legacy_id, fault = identify_export_row(row)
        self._seen[legacy_id] += 1
        occurrence, first = self._seen[legacy_id], self._first.setdefault(legacy_id, row.line)
        size = len(row.source.encode())
        if size > MAX_ROW_BYTES:
            limit = MAX_ROW_BYTES // 1_000_000
            return _build_skipped_row_result(
                row, legacy_id, f"It has {size / 1e6:,.1f} MB, and a run may have {limit} MB."
            )
        there = self._context.imported.get((legacy_id, occurrence))
        if there is not None:
            differs = there != _digest_row_source(row.source)
            remarks = ("It is otherwise in this file than it was when it was imported; nothing was changed.",)
            return RowResult(
                line=row.line,
                legacy_id=legacy_id,
                result=ImportResult.ALREADY_THERE,
                remarks=remarks if differs else (),
            )
        plan: MappedRun | tuple[str, ...]
        if fault:
            plan = (fault,)
        elif occurrence > 1:
            plan = (f"This id stands in the file before, on line {first}; only that one is imported.",)
        else:
            plan = self._mapper.map_export_row(row.value)
        return self._save_mapped_row(row, legacy_id, occurrence, plan)

    def _save_mapped_row(
        self, row: ExportRow, legacy_id: str, occurrence: int, plan: MappedRun | tuple[str, ...]
    ) -> RowResult:
        base = {
            "company_id": self._context.company_id, "legacy_id": legacy_id, "occurrence": occurrence,
            "source": row.source, "dry_run": self._dry_run,
        }  # fmt: skip
        try:
            answer = execute_write(self._client.rpc("import_legacy_execution", {"p": base | _mapped_run_to_json(plan)}))
        except InvalidInput as error:
            return _build_skipped_row_result(row, legacy_id, f"The database refuses it: {error}")
        except ZenError as error:
            raise Unavailable(
                f"The import stopped at line {row.line:,} ({single_line(legacy_id, max_length=60)}). {error.message}",
                hint="What was imported stays; start it again to go on from there.",
            ) from error
        result = ImportResult(answer["result"])
        listed = RowResult(line=row.line, legacy_id=legacy_id, result=result)
        if result is ImportResult.IMPORTED and isinstance(plan, MappedRun):
            self._mapper.add_open_run(plan)
            return replace(listed, remarks=plan.remarks, left=_list_unmapped_names(row, plan))
        because = (answer["reason"],) if isinstance(plan, MappedRun) else plan
        return replace(listed, because=because if result is ImportResult.NOT_MAPPABLE else ())


def identify_export_row(row: ExportRow) -> tuple[str, str | None]:
    """The row's id and what is wrong with it; without a usable id, a digest of its text."""
    value = row.value.get("execution_id") if isinstance(row.value, Mapping) else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    digest = f"no-id:{_digest_row_source(row.source)}"
    if not isinstance(row.value, Mapping):
        return digest, "It is not an object."
    if not isinstance(value, str) or not value.strip():
        return digest, "It has no id (“execution_id”)."
    if len(value) > MAX_ID_LENGTH or value != single_line(value, max_length=MAX_ID_LENGTH):
        return digest, f"Its id is longer than {MAX_ID_LENGTH} characters, or holds what cannot be seen."
    return value, None


def _build_skipped_row_result(row: ExportRow, legacy_id: str, because: str) -> RowResult:
    return RowResult(line=row.line, legacy_id=legacy_id, result=ImportResult.SKIPPED, because=(because,))


def _mapped_run_to_json(plan: MappedRun | tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(plan, MappedRun):
        return {"reason": " ".join(plan)}
    return {"run": plan.run, "steps": plan.steps, "snooze": plan.snooze, "remarks": plan.remarks}


def _list_unmapped_names(row: ExportRow, plan: MappedRun) -> tuple[str, ...]:
    """Names of values that stay in the source only, prefixed by their workflow."""
    return tuple(f"{row.value.get('workflow_config_id')}: {name}" for name in plan.unmapped)


def _digest_row_source(source: str) -> str:
    return hashlib.md5(source.encode(), usedforsecurity=False).hexdigest()
