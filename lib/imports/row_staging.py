"""Rows of a file as they are staged: one record a row, up to three of a flat file."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from lib.imports.mapping import ColumnMapping
from lib.imports.parsed_records import ParsedRecord
from lib.imports.record_fields import RecordValues
from lib.imports.record_kinds import ImportKind, split_flat_values
from lib.imports.record_parser import RecordParser

NumberedCells = tuple[int, tuple[str, ...]]
"""The line where a row begins, and its cells."""


def parse_rows_to_stage(mapping: ColumnMapping, rows: Iterable[NumberedCells]) -> Iterator[dict[str, Any]]:
    """What `stage_import_rows` takes: kind, line, cells, field_values, problems. Streamed."""
    parser = RecordParser(mapping)
    for line, cells in rows:
        record = parser.parse_record(cells)
        problems = [asdict(problem) for problem in record.problems]
        for kind, values in _split_record(mapping.kind, record).items():
            yield {"kind": kind, "line": line, "cells": cells, "field_values": dict(values), "problems": problems}


def _split_record(kind: ImportKind, record: ParsedRecord) -> dict[ImportKind, RecordValues]:
    if kind is not ImportKind.FLAT:
        return {kind: record.values}
    return split_flat_values(record.values) or {ImportKind.CUSTOMERS: {}}
