"""What people do with imports: stage a file, correct it, decide, and take it back."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from lib.errors import InvalidInput
from lib.imports.column_mapping import ColumnMapping, join_field_labels, normalize_header
from lib.imports.file_table import FileTable
from lib.imports.model import FileImport, ImportUndo, Refusal, StagedRow, Verdict
from lib.imports.record_fields import FieldValue
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind
from lib.imports.refusal_sentences import label_refusal
from lib.imports.repository import CHECK_BATCH, PAGE, ImportRepository
from lib.imports.staged_records import NumberedCells, makes_weeks_of_several_rows, parse_rows_to_stage

STAGE_BATCH = 1000
ReportProgress = Callable[[float], None]
"""Told now and then which part of the work is done, from 0 to 1."""
REASON_HEADER = "Why it was refused"


def ignore_progress(done: float) -> None:
    """Where nobody watches."""


class ImportService:
    """Stages files and decides about them. The worker brings them in (`lib.worker`)."""

    def __init__(self, repository: ImportRepository) -> None:
        self.repository = repository

    def stage_file(
        self, table: FileTable, mapping: ColumnMapping, *, file_name: str, report: ReportProgress = ignore_progress
    ) -> str:
        """Stage and check every row of a file; returns the import's id. A request for each 1,000 rows, and a few more.

        Raises InvalidInput for a mapping that is not complete and for a file without rows, NotPermitted for a CSM.
        """
        require_decided_columns(mapping)
        rows = iter(table.rows)
        first = next(rows, None)
        if first is None:
            raise InvalidInput("The file has no rows.", hint="Export it again, or choose another sheet.")
        import_id = self.repository.begin_import(
            kind=mapping.kind,
            file_name=file_name,
            source=mapping.source,
            headers=table.columns,
            mapping=mapping.model_dump(mode="json"),
        )
        self._stage_rows(import_id, mapping, _put_back_first_row(first, rows), report)
        return import_id

    def stage_files(
        self, files: Sequence[tuple[ColumnMapping, FileTable]], *, kind: ImportKind, source: str, name: str
    ) -> str:
        """Stage and check the rows of several files as one import; returns its id. `kind` allows rows of all."""
        headers = dict.fromkeys(header for _, table in files for header in table.columns)
        mapping = ColumnMapping(kind=kind, source=source, columns=()).model_dump(mode="json")
        import_id = self.repository.begin_import(
            kind=kind, file_name=name, source=source, headers=tuple(headers), mapping=mapping
        )
        staged = (row for mapping, table in files for row in parse_rows_to_stage(mapping, table.rows))
        self._stage_parsed_rows(import_id, staged)
        return import_id

    def stage_file_again(
        self, import_id: str, table: FileTable, mapping: ColumnMapping, *, report: ReportProgress = ignore_progress
    ) -> None:
        """Stage the rows of a file by another mapping in the place of those staged before, and check them.

        Kind, source and headers are those of the import. Raises InvalidInput, Conflict once it was decided.
        """
        require_decided_columns(mapping)
        self.repository.change_mapping(import_id, mapping.model_dump(mode="json"))
        self._stage_rows(import_id, mapping, table.rows, report)

    def check_all_rows(self, import_id: str, *, again: bool = False, report: ReportProgress = ignore_progress) -> None:
        """Judge every unchecked row, `again` the refused ones too. A request for each 1,000 rows."""
        total = 0
        while left := self.repository.check_rows(import_id, again=again):
            again, total = False, total or left + CHECK_BATCH
            report(1 - left / total)

    def correct_rows(self, found: FileImport, lines: Mapping[int, Sequence[str]]) -> int:
        """Replace all cells of some lines, and check them and the refused rows again; returns lines still refused.

        One request, more for over 1,000 refused rows. Raises InvalidInput for weeks made of several rows, Conflict if
        `found` was changed since it was read.
        """
        mapping = require_one_row_per_record(ColumnMapping.model_validate(found.mapping))
        staged = parse_rows_to_stage(mapping, [(line, tuple(cells)) for line, cells in lines.items()])
        corrected = self.repository.correct_rows(found.id, list(staged), revision=found.revision)
        if corrected.unchecked:
            self.check_all_rows(found.id)
        return corrected.refused

    def set_fixed_value(self, import_id: str, field: str, value: FieldValue) -> None:
        """Give a field the same value in every row that has none, and check all rows again. Raises InvalidInput."""
        found = self.repository.fetch_import(import_id)
        mapping = {**found.mapping, "fixed": {**found.mapping.get("fixed", {}), field: value}}
        try:
            fixed = ColumnMapping.model_validate(mapping)
        except ValueError as error:
            raise InvalidInput("This field cannot have one value for all rows.") from error
        self.change_mapping(import_id, fixed)

    def change_mapping(self, import_id: str, mapping: ColumnMapping) -> None:
        """Map the staged cells anew, and check all rows again, those left out too. Raises InvalidInput."""
        require_decided_columns(mapping)
        require_one_row_per_record(ColumnMapping.model_validate(self.repository.fetch_import(import_id).mapping))
        rows = self._read_staged_cells(import_id)
        self.repository.change_mapping(import_id, mapping.model_dump(mode="json"))
        self._stage_rows(import_id, mapping, rows)

    def plan_undo(self, import_id: str, *, report: ReportProgress = ignore_progress) -> ImportUndo:
        """What taking an import back would do, with the rows something stands against.

        Three requests, and more for a large import, whose progress `report` is told.
        """
        undo = self.repository.fetch_undo(self.repository.plan_undo(import_id))
        if undo.is_planned:
            return undo
        expected = max(self.repository.fetch_counts(import_id).applied, 1)
        while not (progress := self.repository.continue_undo_plan(undo.id)).is_planned:
            report(min(progress.rows / expected, 1.0))
        return self.repository.fetch_undo(undo.id)

    def save_mapping(self, mapping: ColumnMapping, *, name: str) -> None:
        """Keep a mapping for the next file with these headers."""
        key = compute_header_key([column.header for column in mapping.columns])
        saved = mapping.model_dump(mode="json")
        self.repository.save_mapping(name=name, kind=mapping.kind, header_key=key, mapping=saved)

    def find_mapping(self, headers: Sequence[str], *, name: str | None = None) -> ColumnMapping | None:
        """The mapping of a name, or else the one saved last for these headers in any order; None if it does not fit."""
        key = None if name is not None else compute_header_key(headers)
        saved = self.repository.find_mapping(name=name, header_key=key)
        return ColumnMapping.model_validate(saved.mapping).arrange_for_headers(headers) if saved else None

    def write_refused_rows(self, import_id: str) -> bytes:
        """The refused rows as a CSV file with the columns of the file, and why each was refused, to correct and
        import again."""
        found = self.repository.fetch_import(import_id)
        reasons: dict[int, tuple[tuple[str, ...], list[str]]] = {}
        for row in self._read_staged_rows(import_id, Verdict.REFUSED):
            if not row.is_dropped:
                _, texts = reasons.setdefault(row.line, (row.cells, []))
                described = (_describe_row_refusal(row.kind, refusal) for refusal in row.refusals)
                texts += [text for text in described if text not in texts]
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([*found.headers, REASON_HEADER])
        for _line, (cells, texts) in sorted(reasons.items()):
            writer.writerow([*cells, *[""] * (len(found.headers) - len(cells)), " ".join(texts)])
        return out.getvalue().encode("utf-8-sig")

    def _stage_rows(
        self,
        import_id: str,
        mapping: ColumnMapping,
        rows: Iterable[NumberedCells],
        report: ReportProgress = ignore_progress,
    ) -> None:
        self._stage_parsed_rows(import_id, parse_rows_to_stage(mapping, rows), report)

    def _stage_parsed_rows(
        self, import_id: str, staged: Iterator[dict[str, Any]], report: ReportProgress = ignore_progress
    ) -> None:
        """How many rows a file has is known at its end: reading counts as half the work."""
        finder = self.repository.create_customer_finder()
        batches = 0
        while batch := list(islice(staged, STAGE_BATCH)):
            finder.add_similar_customers(batch)
            self.repository.stage_rows(import_id, batch)
            batches += 1
            report(0.5 - 0.5 / (1 + batches))
        self.check_all_rows(import_id, report=lambda done: report(0.5 + done / 2))

    def _read_staged_cells(self, import_id: str) -> list[NumberedCells]:
        return sorted({row.line: row.cells for row in self._read_staged_rows(import_id)}.items())

    def _read_staged_rows(self, import_id: str, verdict: Verdict | None = None) -> Iterator[StagedRow]:
        first = 0
        while page := self.repository.fetch_rows(import_id, verdict=verdict, first=first):
            yield from page
            if len(page) < PAGE:
                return
            first += PAGE


def require_decided_columns(mapping: ColumnMapping) -> None:
    """Raise InvalidInput naming the columns nobody has decided about."""
    undecided = mapping.list_undecided()
    if undecided:
        raise InvalidInput(f"Map these columns, or leave them out: {', '.join(undecided[:10])}.")


def require_one_row_per_record(mapping: ColumnMapping) -> ColumnMapping:
    """The mapping; raises InvalidInput where several rows of the file make one record."""
    if makes_weeks_of_several_rows(mapping):
        raise InvalidInput(
            "Weeks made of days or months have no cells of their own.", hint="Correct the file, and import it again."
        )
    return mapping


def describe_missing_fields(mapping: ColumnMapping) -> tuple[str, ...]:
    """Labels of what new records need and neither a column nor a fixed value gives."""
    return tuple(join_field_labels(mapping.record_schema, names) for names in mapping.list_missing())


def compute_header_key(headers: Sequence[str]) -> str:
    """A digest of the set of headers, whatever their order, case and blanks."""
    names = sorted({normalize_header(header) for header in headers})
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def find_file_column(found: FileImport, field: str) -> str | None:
    """The header a field is read from; None if no column gives it."""
    mapped: list[dict[str, Any]] = [column for column in found.mapping["columns"] if column["use"] == "field"]
    return next((str(column["header"]) for column in mapped if column["field"] == field), None)


def _describe_row_refusal(kind: ImportKind, refused: Refusal) -> str:
    refusal = label_refusal(kind, refused)
    field = RECORD_SCHEMAS[kind].find_field(refusal.field or "")
    where = refusal.column or (field.label if field else refusal.field)
    return f"{where}: {refusal.reason} {refusal.remedy}" if where else f"{refusal.reason} {refusal.remedy}"


def _put_back_first_row(first: NumberedCells, rows: Iterator[NumberedCells]) -> Iterator[NumberedCells]:
    yield first
    yield from rows
