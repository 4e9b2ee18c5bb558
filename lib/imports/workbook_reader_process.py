"""Reads one sheet of a workbook in a process of its own. `python -I workbook_reader_process.py [SHEET] < file`.

A small file can hold a cell in the last row of the last column, and the reader then makes room for billions of cells.
The limits of this process end it; the app goes on. It writes a line of JSON that describes the workbook, then a line
for each row: its number and its cells.
"""

import io
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

MEMORY_LIMIT = 1_000_000_000
SECONDS_LIMIT = 60
# What Excel shows: the digits beyond are noise of the binary number.
DIGITS = 15
MAX_SHEETS_TRIED = 20


def main() -> None:
    limit_process_resources()
    content = io.BytesIO(sys.stdin.buffer.read())
    try:
        with CalamineWorkbook.from_filelike(content) as workbook:
            for line in describe_and_read_sheet(workbook, sys.argv[1] if len(sys.argv) > 1 else ""):
                sys.stdout.write(line + "\n")
    except PasswordError:
        sys.stdout.write('{"error": "password"}\n')
    except CalamineError:
        sys.stdout.write('{"error": "damaged"}\n')


def limit_process_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_LIMIT, SECONDS_LIMIT))


def describe_and_read_sheet(workbook: CalamineWorkbook, wanted: str) -> Iterator[str]:
    names = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible is SheetVisibleEnum.Visible]
    if (wanted and wanted not in names) or not names:
        yield json.dumps({"error": "sheet", "sheets": names})
        return
    sheet = workbook.get_sheet_by_name(wanted) if wanted else find_first_filled_sheet(workbook, names)
    yield json.dumps({"sheet": sheet.name, "sheets": names})
    for number, row in read_sheet_rows(sheet):
        yield json.dumps([number, [format_sheet_cell(cell) for cell in row]])


def find_first_filled_sheet(workbook: CalamineWorkbook, names: list[str]) -> CalamineSheet:
    for name in names[:MAX_SHEETS_TRIED]:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.height:
            return sheet
    return workbook.get_sheet_by_name(names[0])


def read_sheet_rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """Rows with their numbers. A cell merged over several rows stands in each of them."""
    # Rows begin with the first row of the sheet, but with the first column that is filled; ranges count from A1.
    first_column = sheet.start[1] if sheet.start else 0
    ranges = sorted(sheet.merged_cell_ranges or [])
    merged = [(top, left - first_column, bottom) for (top, left), (bottom, _) in ranges if bottom > top]
    merged.reverse()
    spanning: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(sheet.iter_rows()):
        for column, (bottom, value) in list(spanning.items()):
            if number > bottom:
                del spanning[column]
            elif column < len(row):
                row[column] = value
        while merged and merged[-1][0] <= number:
            _, left, bottom = merged.pop()
            if 0 <= left < len(row):
                spanning[left] = (bottom, row[left])
        yield number + 1, row


def format_sheet_cell(cell: Any) -> str:
    """Days as "2026-03-04", truth as "true", numbers unmistakable. 1.234 is "1.2340"."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
        case float():
            return format_sheet_number(cell)
        case datetime():
            return (cell.date() if cell.time() == time() else cell).isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell)


def format_sheet_number(number: float) -> str:
    text = f"{number:.{DIGITS}g}"
    if "e" in text or "n" in text:
        text = format(Decimal(text), "f") if number == number and abs(number) < 1e30 else text
    _, has_decimals, decimals = text.partition(".")
    return f"{text}0" if has_decimals and len(decimals) == 3 else text


if __name__ == "__main__":
    main()
