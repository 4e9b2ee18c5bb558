"""Tables as spreadsheets: XLSX, which opens the same in every country, and CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lib.content.model import Cell, ColumnKind, Table
from lib.text.regional_format import RegionalFormat, get_regional_format
from lib.text.truncate import truncate

XLSX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_MEDIA_TYPE = "text/csv"
MAX_CELL_LENGTH = 32_767
"""Excel's own limit; a longer text is cut and ends with an ellipsis."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER_FORMATS: Mapping[ColumnKind, str] = {
    ColumnKind.NUMBER: "#,##0.##########",
    ColumnKind.PERCENT: '0.##"%"',
    ColumnKind.DATE: "d mmm yyyy",
}


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """Cells with their kinds; `is_bold` is for a head or a total."""

    cells: Sequence[Cell]
    kinds: Sequence[ColumnKind] = ()
    is_bold: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet; `widths` are in characters, the last is for all further columns."""

    name: str
    rows: tuple[SheetRow, ...]
    widths: tuple[int, ...] = (20,)
    frozen_rows: int = 0


def build_xlsx(*sheets: Sheet) -> bytes:
    """A workbook. A text is always text, never a formula, a link or a number."""
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(made, options) as workbook:
        formats = _FormatCache(workbook)
        for sheet in sheets:
            worksheet = workbook.add_worksheet(sheet.name)
            _set_column_widths(worksheet, sheet)
            worksheet.freeze_panes(sheet.frozen_rows, 0)
            for place, row in enumerate(sheet.rows):
                _write_sheet_row(worksheet, place, row, formats)
    return made.getvalue()


def build_table_xlsx(table: Table) -> bytes:
    """A table as it is on screen, its numbers and days as such."""
    columns = table.columns
    kinds = tuple(column.kind for column in columns)
    head = SheetRow(cells=tuple(column.label for column in columns), is_bold=True)
    rows = (SheetRow(cells=tuple(row.get(column.key) for column in columns), kinds=kinds) for row in table.rows)
    widths = tuple(40 if kind is ColumnKind.TEXT else 16 for kind in kinds)
    return build_xlsx(Sheet(name="Table", rows=(head, *rows), widths=widths, frozen_rows=1))


def build_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Comma-separated values in UTF-8 with a byte order mark, which Excel needs; a formula stays text."""
    made = io.StringIO()
    csv.writer(made).writerows([_neutralize_formula(cell) for cell in row] for row in rows)
    return made.getvalue().encode("utf-8-sig")


class _FormatCache:
    """The formats of one workbook; each is written once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._formats: dict[tuple[ColumnKind, bool], Format] = {}

    def find_cell_format(self, kind: ColumnKind, *, is_bold: bool) -> Format:
        key = (kind, is_bold)
        if key not in self._formats:
            properties: dict[str, Any] = {"bold": is_bold, "valign": "top"}
            if kind is ColumnKind.TEXT:
                properties["text_wrap"] = True
            else:
                properties["num_format"] = (
                    _build_money_format(get_regional_format()) if kind is ColumnKind.MONEY else NUMBER_FORMATS[kind]
                )
            self._formats[key] = self._workbook.add_format(properties)
        return self._formats[key]


def _build_money_format(regional: RegionalFormat) -> str:
    """A spreadsheet's own format, whose separators are its reader's: "$"#,##0.00 or #,##0.00 "€"."""
    number = "#,##0" + (f".{'0' * regional.currency_digits}" if regional.currency_digits else "")
    symbol = f'"{regional.currency_symbol}"'
    return f"{number} {symbol}" if regional.is_symbol_last else f"{symbol}{number}"


def _set_column_widths(worksheet: Worksheet, sheet: Sheet) -> None:
    columns = max((len(row.cells) for row in sheet.rows), default=0)
    for place in range(columns):
        worksheet.set_column(place, place, sheet.widths[min(place, len(sheet.widths) - 1)])


def _write_sheet_row(worksheet: Worksheet, place: int, row: SheetRow, formats: _FormatCache) -> None:
    for column, cell in enumerate(row.cells):
        kind = row.kinds[column] if column < len(row.kinds) else ColumnKind.TEXT
        match cell:
            case None:
                continue
            case bool():
                text = "yes" if cell else "no"
                worksheet.write_string(
                    place, column, text, formats.find_cell_format(ColumnKind.TEXT, is_bold=row.is_bold)
                )
            case int() | float() | Decimal():
                number = ColumnKind.NUMBER if kind is ColumnKind.TEXT else kind
                worksheet.write_number(place, column, cell, formats.find_cell_format(number, is_bold=row.is_bold))
            case date():
                worksheet.write_datetime(
                    place, column, cell, formats.find_cell_format(ColumnKind.DATE, is_bold=row.is_bold)
                )
            case _:
                text = truncate(str(cell), MAX_CELL_LENGTH)
                worksheet.write_string(
                    place, column, text, formats.find_cell_format(ColumnKind.TEXT, is_bold=row.is_bold)
                )


def _neutralize_formula(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
