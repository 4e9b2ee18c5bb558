"""Rows of a file as they are staged: one record a row, up to three of a flat file, a week of several rows of usage."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from lib.imports.column_mapping import ColumnMapping, UsagePeriod
from lib.imports.parsed_records import CellProblem, ParsedRecord
from lib.imports.record_fields import RecordValues
from lib.imports.record_kinds import ImportKind, split_flat_values
from lib.imports.record_parser import RecordParser
from lib.imports.usage_rollup import roll_up_numbered_usage

NumberedCells = tuple[int, tuple[str, ...]]
"""The line where a row begins, and its cells."""


def parse_rows_to_stage(mapping: ColumnMapping, rows: Iterable[NumberedCells]) -> Iterator[dict[str, Any]]:
    """Rows as `stage_import_rows` takes them. Streamed, but for usage of days."""
    if makes_weeks_of_several_rows(mapping):
        yield from _roll_up_rows(mapping, rows)
        return
    parser = RecordParser(mapping)
    for line, cells in rows:
        record = parser.parse_record(cells)
        blank = {
            kind: set(values) for kind, values in _split_flat_record(mapping.kind, _select_blank_fields(record)).items()
        }
        for kind, values in _split_flat_record(mapping.kind, record).items():
            yield _build_staged_record(kind, line, cells, values, record.problems, blank.get(kind, ()))


def makes_weeks_of_several_rows(mapping: ColumnMapping) -> bool:
    """True if several rows make one record, which then has no cells of its own."""
    return mapping.kind is ImportKind.USAGE_WEEKS and mapping.usage_period is not UsagePeriod.WEEK


def _roll_up_rows(mapping: ColumnMapping, rows: Iterable[NumberedCells]) -> Iterator[dict[str, Any]]:
    """Rows with a problem by themselves, then the weeks of all others, on the first line each is made of."""
    parser, days = RecordParser(mapping), []
    for line, cells in rows:
        record = parser.parse_record(cells)
        if record.problems:
            yield _build_staged_record(mapping.kind, line, cells, record.values, record.problems)
        else:
            days.append((line, record.values))
    for number, week in roll_up_numbered_usage(days, mapping.usage_period):
        yield _build_staged_record(mapping.kind, number, (), week, ())


def _select_blank_fields(record: ParsedRecord) -> ParsedRecord:
    return ParsedRecord(values={name: record.values[name] for name in record.blank_fields})


def _split_flat_record(kind: ImportKind, record: ParsedRecord) -> dict[ImportKind, RecordValues]:
    if kind is not ImportKind.FLAT:
        return {kind: record.values}
    return split_flat_values(record.values) or {ImportKind.CUSTOMERS: {}}


def _build_staged_record(
    kind: ImportKind,
    line: int,
    cells: Sequence[str],
    values: RecordValues,
    problems: Sequence[CellProblem],
    blank_fields: Iterable[str] = (),
) -> dict[str, Any]:
    staged_problems = [asdict(problem) for problem in problems]
    return {
        "kind": kind.value,
        "line": line,
        "cells": list(cells),
        "field_values": dict(values),
        "blank_fields": sorted(blank_fields),
        "problems": staged_problems,
    }
