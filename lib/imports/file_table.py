"""A file as a table: columns, rows, and what was recognised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

FileRow = tuple[int, tuple[str, ...]]
"""The line of the file, or the row of the sheet, where the row begins, and its cells."""

RowSource = Callable[[], Iterator[FileRow]]
"""Begins to read a file from its start; rows are as they stand, headers and blank ones too."""

MEGABYTE = 1024 * 1024
MAX_TEXT_BYTES = 50 * MEGABYTE
MAX_WORKBOOK_BYTES = 20 * MEGABYTE
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELL_LENGTH = 200_000
"""As long as the text of a note may be."""


class FileFormat(StrEnum):
    """How a file stores its table."""

    CSV = "CSV"
    WORKBOOK = "Workbook"
    JSON_LINES = "JSON Lines"


@dataclass(frozen=True, kw_only=True)
class FileChoices:
    """What a person chose about a file; what is None is recognised."""

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    has_header: bool | None = None


NOTHING_CHOSEN = FileChoices()


@dataclass(frozen=True, kw_only=True)
class FileLayout:
    """What was recognised of a file.

    `encoding`, `separator` and `quote` are of text files, `sheet` and `sheets` of workbooks. `header_line` is None if
    the file has no header, 0 if every line names its columns. `notes` are sentences about what was skipped or repaired.
    """

    format: FileFormat
    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    header_line: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FileTable:
    """A table of text. Every row has a cell for each column; a row with more cells has them at its end."""

    columns: tuple[str, ...]
    rows: "TableRows"
    layout: FileLayout


@dataclass(frozen=True)
class TableRows:
    """The rows of a table without header, blank rows and footer, streamed anew by each loop.

    `footer_lines` are those the last loop left out.
    """

    read: RowSource
    footer_lines: list[int] = field(default_factory=list)

    def __iter__(self) -> Iterator[FileRow]:
        return self.read()
