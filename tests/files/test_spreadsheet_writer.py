import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl

from lib.content.model import Column, ColumnKind, Table
from lib.files.spreadsheet_writer import MAX_CELL_LENGTH, Sheet, SheetRow, build_csv, build_table_xlsx, build_xlsx


def read_cells(*rows: SheetRow) -> list[list[openpyxl.cell.Cell]]:
    book = openpyxl.load_workbook(io.BytesIO(build_xlsx(Sheet(name="Sheet", rows=rows))))
    return [list(row) for row in book.worksheets[0].iter_rows()]


def test_a_text_is_a_text_in_a_spreadsheet() -> None:
    texts = ["=cmd()", "+1", "-1", "@x", "{=1}", "0123", "https://evil.example", "\t=1", "a\nb"]
    (cells,) = read_cells(SheetRow(cells=texts))
    assert [cell.data_type for cell in cells] == ["s"] * len(texts)
    assert [cell.value for cell in cells] == texts
    assert not any(cell.hyperlink for cell in cells)


def test_numbers_and_days_keep_their_type_and_format() -> None:
    kinds = (ColumnKind.MONEY, ColumnKind.PERCENT, ColumnKind.NUMBER, ColumnKind.DATE)
    (cells,) = read_cells(SheetRow(cells=(Decimal("1234.50"), Decimal("7.5"), 12, date(2026, 11, 29)), kinds=kinds))
    assert [cell.value for cell in cells[:3]] == [1234.5, 7.5, 12]
    assert cells[3].value.date() == date(2026, 11, 29)
    assert cells[0].number_format == '"$"#,##0.00'
    assert cells[1].number_format.endswith('"%"')


def test_a_missing_value_is_an_empty_cell_and_a_long_text_is_cut() -> None:
    (cells,) = read_cells(SheetRow(cells=(None, True, "x" * 40_000)))
    assert cells[0].value is None
    assert cells[1].value == "yes"
    assert len(cells[2].value) == MAX_CELL_LENGTH


def test_a_table_keeps_the_kinds_of_its_columns() -> None:
    table = Table(
        title="Terms",
        columns=(Column(key="a", label="Term"), Column(key="b", label="Price", kind=ColumnKind.MONEY)),
        rows=({"a": "=1", "b": Decimal("2.5")}, {"a": "x", "b": None}),
    )
    (sheet,) = openpyxl.load_workbook(io.BytesIO(build_table_xlsx(table))).worksheets
    assert list(sheet.iter_rows(values_only=True)) == [("Term", "Price"), ("=1", 2.5), ("x", None)]
    assert sheet.freeze_panes == "A2"


def test_csv_cells_are_never_formulas() -> None:
    made = build_csv([["=cmd()", "+1", "-1", "@x", "\t=1", "plain", 5, Decimal("2.50"), None]])
    assert made.startswith(b"\xef\xbb\xbf")
    (row,) = csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""))
    assert row == ["'=cmd()", "'+1", "'-1", "'@x", "'\t=1", "plain", "5", "2.50", ""]
