"""Finds the header of a file and makes its names distinct."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lib.imports.file_table import FileRow
from lib.text.truncate import single_line

SAMPLE_ROWS = 60
# A header stands behind a title, a filter and a blank line, never further down.
LAST_HEADER_PLACE = 20
MAX_HEADER_LENGTH = 200
_NUMBER = re.compile(r"[-+(]?[$€£]?\s?\d[\d.,' ]*%?\)?")
_DATA_CELL = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?"  # a date
    r"|[^@\s]+@[^@\s]+\.[^@\s]+"  # an address
    r"|https?://\S+|(?:[a-z0-9-]+\.)+[a-z]{2,6}"  # a domain
    r"|true|false|yes|no",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class HeaderRow:
    """The names of the columns. `line` is None if the file has no header: they are then "Column 1" and so on."""

    names: tuple[str, ...]
    line: int | None
    cells: tuple[str, ...] = ()


def find_header_row(sample: Sequence[FileRow], has_header: bool | None = None) -> HeaderRow:
    """The header among the first rows of a file, blank ones left out."""
    width = _find_usual_width(sample)
    place = _find_header_place(sample, width)
    if has_header is True and place is None:
        place = 0 if sample else None
    if place is None or has_header is False:
        width = max((len(_trim_blank_end(cells)) for _, cells in sample), default=0)
        return HeaderRow(names=tuple(f"Column {number}" for number in range(1, width + 1)), line=None)
    line, cells = sample[place]
    width = max(width, len(_trim_blank_end(cells)))
    padded = (*_trim_blank_end(cells), *("" for _ in range(width)))[:width]
    return HeaderRow(names=make_distinct_column_names(padded), line=line, cells=cells)


def make_distinct_column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """A name for each column: a second "Email" is "Email (2)", a blank one "Column 3"."""
    taken: Counter[str] = Counter()
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, 1):
        name = single_line(cell.removeprefix("\ufeff"), max_length=MAX_HEADER_LENGTH) or f"Column {number}"
        key = name.casefold()
        taken[key] += 1
        while name in names or taken[key] > 1:
            name = f"{name} ({taken[key]})"
            key = name.casefold()
            taken[key] += 1
        names[name] = None
    return tuple(names)


def are_cells_blank(cells: Sequence[str]) -> bool:
    return not any(cell and not cell.isspace() for cell in cells)


def _find_usual_width(sample: Sequence[FileRow]) -> int:
    """The width of more than half of the rows; 0 if there is none."""
    widths = Counter(len(cells) for _, cells in sample)
    width, count = max(widths.items(), key=lambda item: item[1], default=(0, 0))
    return width if count * 2 > len(sample) else 0


def _find_header_place(sample: Sequence[FileRow], width: int) -> int | None:
    for place, (_, cells) in enumerate(sample[:LAST_HEADER_PLACE]):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(filled) * 2 < width or (len(filled) < 2 <= width):
            continue
        return place if _looks_like_header(filled) else None
    return None


def _looks_like_header(names: Sequence[str]) -> bool:
    """True for distinct words that are no data. A number may be among them, such as the name "2025"."""
    if any(len(name) > MAX_HEADER_LENGTH or _DATA_CELL.fullmatch(name) for name in names):
        return False
    numbers = sum(1 for name in names if _NUMBER.fullmatch(name))
    distinct = len({name.casefold() for name in names})
    return numbers * 4 <= len(names) and distinct * 2 > len(names)


def _trim_blank_end(cells: Sequence[str]) -> tuple[str, ...]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return tuple(cells[:end])
