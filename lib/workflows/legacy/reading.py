"""The export of an earlier system: one JSON object, its runs read one at a time, each with its line and its own text.

The whole file is checked before anything is imported, so a fault at its end costs nothing. It stands in memory as text
once; the runs are made into values one by one (measured: docs/migration.md).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from lib.errors import InvalidInput
from lib.slides.words import plain

FORMAT = "zen-legacy-executions/1"
LARGEST = 200_000_000
"""Bytes of a file; a larger one is to be split."""

_BLANK = re.compile(r"[ \t\n\r]*")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_number)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One run of the export: the line it begins on, its text as it stands there, and its value."""

    line: int
    source: str
    value: Any


class Export:
    """A file read whole: sound JSON of our format. Raises InvalidInput, with line and column, otherwise."""

    def __init__(self, text: str) -> None:
        self._text = text
        header, self._spans = _scan(text)
        if header.get("format") != FORMAT:
            raise InvalidInput(f"The file is not of the format {FORMAT}: it says {_shown(header.get('format'))}.")
        company = header.get("company")
        if not isinstance(company, str) or not company.strip():
            raise InvalidInput("The file does not say whose runs these are: “company” is missing.")
        self.company = company.strip()

    def __len__(self) -> int:
        return len(self._spans)

    def rows(self) -> Iterator[Row]:
        for line, start, end in self._spans:
            source = self._text[start:end]
            yield Row(line=line, source=source, value=_DECODER.decode(source))


def read_export(path: Path) -> Export:
    """The export at `path`. Raises InvalidInput when it cannot be read, is not UTF-8, not JSON or not of our format."""
    return Export(_read_text(path))


def read_value(path: Path) -> Any:
    """The one JSON value of a small file. Raises InvalidInput as `read_export` does."""
    text = _read_text(path)
    value, end = decode(text, _blank(text, 0))
    if _blank(text, end) != len(text):
        _refuse(text, _blank(text, end), "something stands after the end")
    return value


def _read_text(path: Path) -> str:
    """A file of UTF-8. Raises InvalidInput, with line and column where it is not."""
    try:
        if path.stat().st_size > LARGEST:
            raise InvalidInput(
                f"{path.name} is larger than {LARGEST // 1_000_000} MB.", hint="Split it; each part can be imported."
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


def decode(text: str, start: int = 0) -> tuple[Any, int]:
    """The JSON value at `start` and where it ends. Raises InvalidInput with line and column."""
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        _refuse(text, error.pos, error.msg)
    except RecursionError:
        _refuse(text, start, "what begins here is nested too deeply")
    except ValueError as error:
        what = "a number has too many digits" if "digits" in str(error) else str(error)
        _refuse(text, start, f"in what begins here, {what}")


def _scan(text: str) -> tuple[dict[str, Any], list[tuple[int, int, int]]]:
    """What stands beside the runs; and line, start and end of each run."""
    header: dict[str, Any] = {}
    spans: list[tuple[int, int, int]] | None = None
    place, more = _open(text, 0, "{", "}")
    while more:
        name, place = decode(text, place)
        if not isinstance(name, str):
            _refuse(text, place, "a name was expected")
        place = _blank(text, _expected(text, _blank(text, place), ":"))
        if name != "executions":
            header[name], place = decode(text, place)
        elif spans is not None:
            _refuse(text, place, "“executions” stands there twice")
        else:
            spans, place = _spans(text, place)
        place, more = _next(text, place, "}")
    if _blank(text, place) != len(text):
        _refuse(text, _blank(text, place), "something stands after the end")
    if spans is None:
        raise InvalidInput("The file has no “executions”.")
    return header, spans


def _spans(text: str, start: int) -> tuple[list[tuple[int, int, int]], int]:
    found: list[tuple[int, int, int]] = []
    line, seen = 1, 0
    place, more = _open(text, start, "[", "]")
    while more:
        line, seen = line + text.count("\n", seen, place), place
        _, end = decode(text, place)
        found.append((line, place, end))
        place, more = _next(text, end, "]")
    return found, place


def _open(text: str, start: int, bracket: str, closing: str) -> tuple[int, bool]:
    """Past the opening bracket; whether anything stands before the closing one."""
    place = _blank(text, _expected(text, _blank(text, start), bracket))
    return (place + 1, False) if text.startswith(closing, place) else (place, True)


def _next(text: str, start: int, closing: str) -> tuple[int, bool]:
    """Past the comma or the closing bracket; whether it was a comma."""
    place = _blank(text, start)
    if text.startswith(closing, place):
        return place + 1, False
    return _blank(text, _expected(text, place, ",")), True


def _expected(text: str, place: int, sign: str) -> int:
    if not text.startswith(sign, place):
        _refuse(text, place, f"“{sign}” was expected")
    return place + 1


def _blank(text: str, start: int) -> int:
    found = _BLANK.match(text, start)
    return found.end() if found else start


def _refuse(text: str, place: int, why: str) -> NoReturn:
    at = json.JSONDecodeError("", text, min(place, len(text)))
    raise InvalidInput(f"It is not valid JSON: line {at.lineno}, column {at.colno}: {why[:1].lower()}{why[1:]}.")


def _shown(value: Any) -> str:
    return f"“{plain(value, most=60)}”" if isinstance(value, str) else "nothing"
