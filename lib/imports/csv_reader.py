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

# The limit is the process's: a text of a note is longer than csv's own 131,072 characters.
csv.field_size_limit(MAX_CELL_LENGTH)


def detect_file_dialect(file: BinaryIO, encoding: str, separator: str | None) -> CsvDialect:
    """The dialect of a CSV file, from its first lines."""
    lines, left = [], SAMPLE_CHARACTERS
    for line in islice(read_text_lines(file, encoding), SAMPLE_LINES):
        lines.append(line.replace("\0", ""))
        left -= len(line)
        if left < 0:
            break
    return detect_csv_dialect(lines, separator)


def read_csv_rows(file: BinaryIO, encoding: str, dialect: CsvDialect) -> Iterator[FileRow]:
    """Each row with the line it begins on. Raises InvalidInput for a quote that is never closed."""
    lines = (line.replace("\0", "") for line in read_text_lines(file, encoding))
    if dialect.has_hint:
        next(lines, None)
    reader = dialect.open_reader(lines)
    skipped = int(dialect.has_hint)
    begins_on = 1 + skipped
    try:
        for row in reader:
            yield begins_on, tuple(row)
            begins_on = reader.line_num + 1 + skipped
    except csv.Error as error:
        raise InvalidInput(
            f"The row that begins on line {begins_on} has a quote that is never closed.",
            hint="Close the quote or remove it, then choose the file again.",
        ) from error
