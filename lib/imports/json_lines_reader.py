"""Rows of JSON Lines: an object a line, or one array of objects. Nested objects become columns with a dot."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

from lib.errors import InvalidInput
from lib.imports.charset_detection import read_text_lines
from lib.imports.file_table import MAX_COLUMNS, FileRow

# An array is read whole, and takes many times its size in memory.
MAX_ARRAY_BYTES = 10_000_000
_MAX_DEPTH = 8
# 1e400 is infinite to a float and 401 digits to a Decimal; nothing that long is a value.
_MAX_EXPONENT = 20


def read_json_rows(file: BinaryIO, encoding: str) -> Iterator[FileRow]:
    """Rows of the objects in a file. All keys come first, as line 0."""
    columns = _list_object_columns(file, encoding)
    yield 0, columns
    for number, record in _read_json_objects(file, encoding):
        cells = dict(_flatten_object(record, ""))
        yield number, tuple(cells.get(column, "") for column in columns)


def _list_object_columns(file: BinaryIO, encoding: str) -> tuple[str, ...]:
    columns: dict[str, None] = {}
    for number, record in _read_json_objects(file, encoding):
        columns.update(dict.fromkeys(name for name, _ in _flatten_object(record, "")))
        if len(columns) > MAX_COLUMNS:
            raise InvalidInput(f"Line {number} brings the file to more than {MAX_COLUMNS} columns.")
    return tuple(columns)


def _read_json_objects(file: BinaryIO, encoding: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    is_array: bool | None = None
    for number, line in enumerate(read_text_lines(file, encoding), 1):
        text = line.strip().replace("\0", "")
        if not text:
            continue
        if is_array is None:
            is_array = text.startswith("[")
            if is_array:
                yield from _read_json_array(file)
                return
        yield number, _require_json_object(_parse_json_text(text, number), number)


def _read_json_array(file: BinaryIO) -> Iterator[tuple[int, Mapping[str, Any]]]:
    size = file.seek(0, 2)
    if size > MAX_ARRAY_BYTES:
        raise InvalidInput(
            "The file is one JSON array of more than 10 MB.", hint="Export it as JSON Lines or CSV: one record a line."
        )
    file.seek(0)
    records = _parse_json_text(file.read(), 1)
    for number, record in enumerate(records if isinstance(records, list) else [records], 1):
        yield number, _require_json_object(record, number)


def _parse_json_text(text: str | bytes, number: int) -> Any:
    """Parse JSON, its numbers as they are written. 1.10 stays "1.10"; an id of 20 digits keeps them all."""
    try:
        return json.loads(text, parse_float=_format_exact_decimal, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            f"Line {number} is not JSON.", hint="Each line has to hold one object, such as {“name”: “Acme”}."
        ) from error


def _format_exact_decimal(number: str) -> str:
    """A number that no language reads as thousands: "1.234" becomes "1.2340"."""
    if "e" in number.lower():
        exact = Decimal(number)
        return format(exact, "f") if abs(exact.adjusted()) <= _MAX_EXPONENT else number
    whole, _, decimals = number.partition(".")
    return f"{number}0" if len(decimals) == 3 and decimals.isdigit() and whole else number


def _require_json_object(record: Any, number: int) -> Mapping[str, Any]:
    if not isinstance(record, Mapping):
        raise InvalidInput(
            f"Line {number} is no object.", hint="Each line has to hold one object, such as {“name”: “Acme”}."
        )
    return record


def _flatten_object(value: Mapping[str, Any], prefix: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        name = f"{prefix}{key}"
        if isinstance(item, Mapping) and item and depth < _MAX_DEPTH:
            yield from _flatten_object(item, f"{name}.", depth + 1)
        else:
            yield name, _format_json_cell(item)


def _format_json_cell(item: Any) -> str:
    match item:
        case None:
            return ""
        case bool():
            return "true" if item else "false"
        case list() if all(isinstance(part, str | bool | None) for part in item):
            return "; ".join(_format_json_cell(part) for part in item)
        case list() | Mapping():
            return json.dumps(item, ensure_ascii=False)
    return str(item)
