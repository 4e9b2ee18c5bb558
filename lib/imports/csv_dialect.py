"""Finds the separator and the quote of a CSV file. The right separator cuts its rows most evenly."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS = (",", ";", "\t", "|", "^", ":")
SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "^": "caret", ":": "colon", " ": "blank"}
# Cells of a file with one column may hold any of the above.
NO_SEPARATOR = "\x1f"
NO_TABLE = (0.0, 0.0, 0)
SAMPLE_ROWS = 2000
# A column of notes with a comma here and there is no table of two columns.
LEAST_EVEN_SHARE = 0.5
_EXCEL_HINT = re.compile(r"\ufeff?sep=(.)\s*", re.IGNORECASE)
# "C:\\" ends with a backslash; "a \\"b\\" c" has quotes that are escaped by it.
_ESCAPED_QUOTE = re.compile(r'\\"(?![,;\t|^:\r\n]|$)')
# Not the two quotes of an empty cell.
_DOUBLED_QUOTE = re.compile(r'"""|(?<=[^,;\t|^:\r\n"\\])""(?=[^,;\t|^:\r\n"])')
_SINGLE_QUOTED = re.compile(r"(?:^|[,;\t|])'[^']*'(?=[,;\t|]|\s*$)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class CsvDialect:
    """How cells are told apart. `has_hint` is True if the first line says so, as Excel's "sep=;"."""

    separator: str
    quote: str = '"'
    escape: str | None = None
    has_hint: bool = False

    @property
    def shown_separator(self) -> str | None:
        """None for a file of one column."""
        return self.separator if self.separator != NO_SEPARATOR else None

    def open_reader(self, lines: Iterable[str]) -> "CsvReader":
        return csv.reader(
            lines,
            delimiter=self.separator,
            quotechar=self.quote,
            escapechar=self.escape,
            doublequote=self.escape is None,
            # "a", "b" has its quotes behind a blank; otherwise blanks at the start of a cell are trimmed anyway.
            skipinitialspace=True,
        )


def detect_csv_dialect(lines: Sequence[str], separator: str | None = None) -> CsvDialect:
    """The dialect of the first lines of a file, with `separator` if it is known."""
    hint = _EXCEL_HINT.fullmatch(lines[0]) if lines else None
    sample = lines[1:] if hint else lines
    known = separator or (hint[1] if hint else None)
    quote, escape = _detect_quote("".join(sample))
    candidates = [
        CsvDialect(separator=mark, quote=quote, escape=escape, has_hint=bool(hint))
        for mark in ((known,) if known else SEPARATORS)
    ]
    if known:
        return candidates[0]
    rated = [(_rate_dialect(sample, dialect), dialect) for dialect in candidates]
    rating, best = max(rated, key=lambda item: item[0])
    return best if rating > NO_TABLE else replace(best, separator=NO_SEPARATOR)


def _detect_quote(text: str) -> tuple[str, str | None]:
    if '"' not in text and len(_SINGLE_QUOTED.findall(text)) >= 2:
        return "'", None
    has_escapes = _ESCAPED_QUOTE.search(text) is not None and not _DOUBLED_QUOTE.search(text)
    return '"', "\\" if has_escapes else None


def _rate_dialect(lines: Sequence[str], dialect: CsvDialect) -> tuple[float, float, int]:
    """How well a dialect suits. Even rows count first, then cells without other separators, then many cells."""
    try:
        rows = _find_longest_block(islice(dialect.open_reader(lines), SAMPLE_ROWS))
    except csv.Error:
        return NO_TABLE
    if not rows:
        return NO_TABLE
    widths = Counter(len(row) for row in rows)
    width = max((width for width in widths if width > 1), key=lambda width: (widths[width], width), default=1)
    share = widths[width] / len(rows) if width > 1 else 0.0
    if share < LEAST_EVEN_SHARE:
        return NO_TABLE
    others = [mark for mark in SEPARATORS[1:4] if mark != dialect.separator]
    cells = [cell for row in rows for cell in row]
    clean = sum(1 for cell in cells if not any(mark in cell for mark in others)) / len(cells)
    # Colons and carets stand in times and texts: they separate only where nothing else does.
    weight = 1.0 if dialect.separator in SEPARATORS[:4] else 0.4
    return (round(share * clean * weight, 2), share, width)


def _find_longest_block(rows: Iterable[list[str]]) -> list[list[str]]:
    """The rows between two blank lines that have most cells. Titles and copyrights stand outside."""
    blocks: list[list[list[str]]] = [[]]
    for row in rows:
        if not row:
            blocks.append([])
        elif any(row):
            blocks[-1].append(row)
    return max(blocks, key=lambda block: sum(map(len, block)))
