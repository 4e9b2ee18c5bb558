"""Rows of CSV files, streamed."""

import csv
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from lib.errors import InvalidInput
from lib.imports.charset_detection import read_text_lines
from lib.imports.csv_dialect import CsvDialect, detect_csv_dialect
from lib.imports.file_table import MAX_CELL_LENGTH, FileRow

SAMPLE_LINES = 4000
SAMPLE_CHARACTERS = 400_000
# A row of separators only has a cell for each of its characters.
MAX_ROW_LENGTH = 2_000_000

# The limit is the process's: a text of a note is longer than csv's own 131,072 characters.
csv.field_size_limit(MAX_CELL_LENGTH)


def detect_file_dialect(file: BinaryIO, encoding: str, separator: str | None) -> CsvDialect:
    """The dialect of a CSV file, from its first lines."""
    lines, left = [], SAMPLE_CHARACTERS
    for line in islice(read_text_lines(file, encoding), SAMPLE_LINES):
        lines.append(line[:SAMPLE_CHARACTERS].replace("\0", ""))
        left -= len(line)
        if left < 0:
            break
    return detect_csv_dialect(lines, separator)


def read_csv_rows(file: BinaryIO, encoding: str, dialect: CsvDialect) -> Iterator[FileRow]:
    """Each row with the line it begins on. Raises InvalidInput for a quote that is never closed."""
    lines = _CountedLines(read_text_lines(file, encoding), dialect.quote)
    if dialect.has_hint:
        next(lines, None)
    begins_on = lines.count + 1
    try:
        for row in dialect.open_reader(lines):
            # Without its closing quote a cell takes in all that follows, and csv says nothing at the end.
            if lines.quotes % 2 and lines.count > begins_on and lines.is_at_end():
                raise _build_unclosed_quote_error(begins_on)
            yield begins_on, tuple(row)
            begins_on = lines.count + 1
            lines.reset_row_counts()
    except csv.Error as error:
        raise _build_unclosed_quote_error(begins_on) from error


class _CountedLines:
    """Lines without NUL; how many there were, and how many quotes since the last row."""

    def __init__(self, lines: Iterator[str], quote: str) -> None:
        self._lines = lines
        self._quote = quote
        self._next: str | None = next(lines, None)
        self.count = 0
        self.reset_row_counts()

    def reset_row_counts(self) -> None:
        self.quotes = self.length = 0

    def __iter__(self) -> "_CountedLines":
        return self

    def __next__(self) -> str:
        if self._next is None:
            raise StopIteration
        line = self._next.replace("\0", "")
        self._next = next(self._lines, None)
        self.count += 1
        self.quotes += line.count(self._quote)
        self.length += len(line)
        if self.length > MAX_ROW_LENGTH:
            raise InvalidInput(
                f"The row that ends on line {self.count} has more than {MAX_ROW_LENGTH:,} characters.",
                hint="Close its quotes, or choose another separator.",
            )
        return line

    def is_at_end(self) -> bool:
        return self._next is None


def _build_unclosed_quote_error(line: int) -> InvalidInput:
    return InvalidInput(
        f"The row that begins on line {line} has a quote that is never closed.",
        hint="Close the quote or remove it, then choose the file again.",
    )
