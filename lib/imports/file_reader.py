"""Reads files of other systems as tables. The content tells the format, never the name alone."""

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import BinaryIO

from lib.errors import InvalidInput
from lib.imports.charset_detection import detect_charset
from lib.imports.csv_dialect import CsvDialect
from lib.imports.csv_reader import detect_file_dialect, read_csv_rows
from lib.imports.file_table import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT_BYTES,
    MAX_WORKBOOK_BYTES,
    MEGABYTE,
    NOTHING_CHOSEN,
    FileChoices,
    FileFormat,
    FileLayout,
    FileRow,
    FileTable,
    RowSource,
    TableRows,
)
from lib.imports.header_row import SAMPLE_ROWS, HeaderRow, are_cells_blank, find_header_row
from lib.imports.json_lines_reader import read_json_rows
from lib.imports.report_footer import skip_report_footer
from lib.imports.workbook_reader import SAVE_AS_CSV, build_password_error, describe_workbook, read_workbook_rows
from lib.imports.zip_bomb_check import check_workbook_archive

ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NO_TABLE = (
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"7z\xbc\xaf", "an archive"),
    (b"Rar!", "an archive"),
)
FORMULA_SHELL = '="'


def read_file_table(file: BinaryIO, name: str, choices: FileChoices = NOTHING_CHOSEN) -> FileTable:
    """The table in a file that can be read and sought. Rows are streamed, only a sample is held.

    Raises InvalidInput, also while rows are read, for what is no table, damaged, protected, or too large.
    """
    start = _read_first_bytes(file)
    if start.startswith((*ZIP_MAGICS, OLE_MAGIC)):
        return _read_workbook(file, choices)
    _require_text_file(file, start)
    encoding = choices.encoding or detect_charset(file)
    try:
        text = start.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    except LookupError as error:
        raise InvalidInput(f"Zen does not know the encoding {encoding}.") from error
    if text[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise InvalidInput("The file is a web page or XML, whatever its name says.", hint=SAVE_AS_CSV)
    if text.startswith("{") or (text.startswith("[") and name.lower().endswith(("json", "jsonl", "ndjson"))):
        layout = FileLayout(format=FileFormat.JSON_LINES, encoding=encoding)
        source = partial(read_json_rows, file, encoding)
        return _build_file_table(source, layout, FileChoices(has_header=True))
    dialect = detect_file_dialect(file, encoding, choices.separator)
    return _read_csv(file, encoding, dialect, choices)


def _read_csv(file: BinaryIO, encoding: str, dialect: CsvDialect, choices: FileChoices) -> FileTable:
    layout = FileLayout(
        format=FileFormat.CSV, encoding=encoding, separator=dialect.shown_separator, quote=dialect.quote
    )
    return _build_file_table(partial(read_csv_rows, file, encoding, dialect), layout, choices)


def _read_workbook(file: BinaryIO, choices: FileChoices) -> FileTable:
    _require_file_size(file, MAX_WORKBOOK_BYTES, "A workbook")
    file.seek(0)
    content = file.read()
    if content.startswith(OLE_MAGIC):
        # A protected XLSX is an OLE container with the encrypted archive in it.
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise build_password_error()
    else:
        check_workbook_archive(io.BytesIO(content))
    found = describe_workbook(io.BytesIO(content), choices.sheet)
    layout = FileLayout(format=FileFormat.WORKBOOK, sheet=found.sheet, sheets=found.sheets)
    return _build_file_table(partial(read_workbook_rows, io.BytesIO(content), found.sheet), layout, choices)


def _build_file_table(source: RowSource, layout: FileLayout, choices: FileChoices) -> FileTable:
    sample = list(islice((row for row in source() if not are_cells_blank(row[1])), SAMPLE_ROWS))
    header = find_header_row(sample, choices.has_header)
    if len(header.names) > MAX_COLUMNS:
        raise InvalidInput(f"The file has {len(header.names):,} columns. Zen reads up to {MAX_COLUMNS}.")
    footer_lines: list[int] = []
    return FileTable(
        columns=header.names,
        rows=TableRows(partial(_read_body_rows, source, header, footer_lines), footer_lines),
        layout=replace(layout, header_line=header.line, notes=tuple(_describe_header_row(sample, header))),
    )


def _read_body_rows(source: RowSource, header: HeaderRow, footer_lines: list[int]) -> Iterator[FileRow]:
    """Rows below the header, as wide as the table. Blank ones, repeated headers and the footer are left out."""
    footer_lines.clear()
    width = len(header.names)
    rows = skip_report_footer(_skip_header_rows(source, header), width, footer_lines)
    for count, (line, cells) in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise InvalidInput(f"The file has more than {MAX_ROWS:,} rows.", hint="Split it and import the parts.")
        yield line, _fit_cells_to_width(cells, width)


def _skip_header_rows(source: RowSource, header: HeaderRow) -> Iterator[FileRow]:
    for line, cells in source():
        if cells != header.cells and (header.line is None or line > header.line):
            yield line, cells


def _fit_cells_to_width(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """As many cells as columns. More are kept only if they hold anything: the row is then refused."""
    if len(cells) < width:
        cells += ("",) * (width - len(cells))
    elif len(cells) > width and are_cells_blank(cells[width:]):
        cells = cells[:width]
    return tuple(_unwrap_formula(cell) for cell in cells) if any(map(_is_wrapped_in_formula, cells)) else cells


def _is_wrapped_in_formula(cell: str) -> bool:
    return cell.startswith(FORMULA_SHELL)


def _unwrap_formula(cell: str) -> str:
    """="0012" is how exports keep Excel from dropping zeros: the text is 0012."""
    is_shell = _is_wrapped_in_formula(cell) and cell.endswith('"') and cell.count('"') == 2 and len(cell) > 3
    return cell[2:-1] if is_shell else cell


def _describe_header_row(sample: list[FileRow], header: HeaderRow) -> Iterator[str]:
    if header.line is None and sample:
        yield "The file has no header; columns are named by their place."
    above = [line for line, _ in sample if header.line is not None and line < header.line]
    if above:
        yield f"{len(above)} {'line' if len(above) == 1 else 'lines'} above the header on line {header.line} skipped."


def _read_first_bytes(file: BinaryIO) -> bytes:
    file.seek(0)
    start = file.read(4096)
    if not start.strip(b"\0\r\n\t \xef\xbb\xbf"):
        raise InvalidInput("The file is empty.", hint="Export it again and choose the new file.")
    return start


def _require_text_file(file: BinaryIO, start: bytes) -> None:
    kind = next((kind for magic, kind in NO_TABLE if start.startswith(magic)), None)
    if kind:
        raise InvalidInput(f"The file is {kind}, no table.", hint="Export the data as CSV, XLSX, ODS or JSON Lines.")
    _require_file_size(file, MAX_TEXT_BYTES, "A text file")


def _require_file_size(file: BinaryIO, limit: int, what: str) -> None:
    size = file.seek(0, os.SEEK_END)
    if size > limit:
        raise InvalidInput(
            f"The file has {size / MEGABYTE:,.1f} MB. {what} may have {limit // MEGABYTE} MB.",
            hint="Split it and import the parts.",
        )
