"""Reads the export of an earlier system: one JSON object whose runs are decoded one by one, with line and source text.

The whole file is checked before anything is imported. It is in memory as text once (measured: docs/migration.md).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from lib.errors import InvalidInput
from lib.text.truncate import single_line

EXPORT_FORMAT = "zen-legacy-executions/1"
MAX_FILE_BYTES = 200_000_000
"""Bytes; a larger file has to be split."""

_WHITESPACE = re.compile(r"[ \t\n\r]*")


def _reject_non_finite_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


_DECODER = json.JSONDecoder(parse_constant=_reject_non_finite_number)


@dataclass(frozen=True, kw_only=True)
class ExportRow:
    """One run of the export: its line, its source text and its value."""

    line: int
    source: str
    value: Any


class LegacyExport:
    """A checked export. Raises InvalidInput with line and column if it is not JSON of our format."""

    def __init__(self, text: str) -> None:
        self._text = text
        header, self._spans = _scan_export(text)
        if header.get("format") != EXPORT_FORMAT:
            raise InvalidInput(
                f"The file is not of the format {EXPORT_FORMAT}: it says {_quote_value_as_text(header.get('format'))}."
            )
        company = header.get("company")
        if not isinstance(company, str) or not company.strip():
            raise InvalidInput("The file does not say whose runs these are: “company” is missing.")
        self.company = company.strip()

    def __len__(self) -> int:
        return len(self._spans)

    def rows(self) -> Iterator[ExportRow]:
        for line, start, end in self._spans:
            source = self._text[start:end]
            yield ExportRow(line=line, source=source, value=_DECODER.decode(source))


def read_legacy_export(path: Path) -> LegacyExport:
    """The export at `path`. Raises InvalidInput when it cannot be read, is not UTF-8, not JSON or not of our format."""
    return LegacyExport(_read_utf8_file(path))


def read_json_file(path: Path) -> Any:
    """The one JSON value of a small file. Raises InvalidInput as `read_export` does."""
    text = _read_utf8_file(path)
    value, end = decode_json_value(text, _skip_whitespace(text, 0))
    if _skip_whitespace(text, end) != len(text):
        _raise_invalid_json(text, _skip_whitespace(text, end), "something stands after the end")
    return value


def _read_utf8_file(path: Path) -> str:
    """A file of UTF-8. Raises InvalidInput, with line and column where it is not."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInput(
                f"{path.name} is larger than {MAX_FILE_BYTES // 1_000_000} MB.",
                hint="Split it; each part can be imported.",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {(error.strerror or 'unknown reason').lower()}.") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise InvalidInput(
            f"{path.name} is not UTF-8: line {line}, byte {column}.", hint="Save it as UTF-8."
        ) from error


def decode_json_value(text: str, start: int = 0) -> tuple[Any, int]:
    """The JSON value at `start` and where it ends. Raises InvalidInput with line and column."""
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        _raise_invalid_json(text, error.pos, error.msg)
    except RecursionError:
        _raise_invalid_json(text, start, "what begins here is nested too deeply")
    except ValueError as error:
        what = "a number has too many digits" if "digits" in str(error) else str(error)
        _raise_invalid_json(text, start, f"in what begins here, {what}")


def _scan_export(text: str) -> tuple[dict[str, Any], list[tuple[int, int, int]]]:
    """The keys beside the runs, and line, start and end of each run."""
    header: dict[str, Any] = {}
    spans: list[tuple[int, int, int]] | None = None
    place, more = _skip_opening_bracket(text, 0, "{", "}")
    while more:
        name, place = decode_json_value(text, place)
        if not isinstance(name, str):
            _raise_invalid_json(text, place, "a name was expected")
        place = _skip_whitespace(text, _require_json_character(text, _skip_whitespace(text, place), ":"))
        if name != "executions":
            header[name], place = decode_json_value(text, place)
        elif spans is not None:
            _raise_invalid_json(text, place, "“executions” stands there twice")
        else:
            spans, place = _scan_exported_runs(text, place)
        place, more = _skip_json_separator(text, place, "}")
    if _skip_whitespace(text, place) != len(text):
        _raise_invalid_json(text, _skip_whitespace(text, place), "something stands after the end")
    if spans is None:
        raise InvalidInput("The file has no “executions”.")
    return header, spans


def _scan_exported_runs(text: str, start: int) -> tuple[list[tuple[int, int, int]], int]:
    found: list[tuple[int, int, int]] = []
    line, seen = 1, 0
    place, more = _skip_opening_bracket(text, start, "[", "]")
    while more:
        line, seen = line + text.count("\n", seen, place), place
        _, end = decode_json_value(text, place)
        found.append((line, place, end))
        place, more = _skip_json_separator(text, end, "]")
    return found, place


def _skip_opening_bracket(text: str, start: int, bracket: str, closing: str) -> tuple[int, bool]:
    """Past the opening bracket; whether anything stands before the closing one."""
    place = _skip_whitespace(text, _require_json_character(text, _skip_whitespace(text, start), bracket))
    return (place + 1, False) if text.startswith(closing, place) else (place, True)


def _skip_json_separator(text: str, start: int, closing: str) -> tuple[int, bool]:
    """Past the comma or the closing bracket; whether it was a comma."""
    place = _skip_whitespace(text, start)
    if text.startswith(closing, place):
        return place + 1, False
    return _skip_whitespace(text, _require_json_character(text, place, ",")), True


def _require_json_character(text: str, place: int, sign: str) -> int:
    if not text.startswith(sign, place):
        _raise_invalid_json(text, place, f"“{sign}” was expected")
    return place + 1


def _skip_whitespace(text: str, start: int) -> int:
    found = _WHITESPACE.match(text, start)
    return found.end() if found else start


def _raise_invalid_json(text: str, place: int, why: str) -> NoReturn:
    at = json.JSONDecodeError("", text, min(place, len(text)))
    raise InvalidInput(f"It is not valid JSON: line {at.lineno}, column {at.colno}: {why[:1].lower()}{why[1:]}.")


def _quote_value_as_text(value: Any) -> str:
    return f"“{single_line(value, max_length=60)}”" if isinstance(value, str) else "nothing"
