"""The book as a file: every row, formulas as text, numbers and days as such."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from lib.book.export import EXPORT_FIELDS, export_book_csv, export_book_xlsx
from lib.book.model import BookColumn, BookPage, BookRow, BookView
from lib.book.repository import BookRepository
from lib.customers.model import HealthBand

DAY = date(2027, 1, 15)


def make_row(number: int, name: str) -> BookRow:
    return BookRow(
        id=str(number), name=name, owner_id="o", owner_name="=cmd()", segment="mid", status="active",
        arr=Decimal(12_500), notice_deadline=DAY, ends_on=DAY, days_left=10, health_score=30,
        health_band=HealthBand.RED, last_contact_on=None, renewal_quarter="FY27 Q4",
    )  # fmt: skip


class FewAtOnce(BookRepository):
    """A book of so many rows, of which the database gives at most 1,000 at once."""

    def __init__(self, rows: list[BookRow]) -> None:
        self.rows, self.requests = rows, 0

    def fetch_book(self, view: BookView, *, first: int = 0, most: int = 50) -> BookPage:
        self.requests += 1
        shown: Any = tuple(self.rows[first : first + min(most, 1000)])
        return BookPage(
            today=DAY, rows=shown, total=len(self.rows), arr=None, at_risk=0, arr_at_risk=Decimal(0),
            without_health=0, owners=(),
        )  # fmt: skip


def test_every_row_of_the_filter_is_in_the_file():
    book = FewAtOnce([make_row(number, f"Customer {number}") for number in range(2001)])
    lines = export_book_csv(book, BookView()).decode("utf-8-sig").splitlines()
    assert (len(lines), book.requests) == (2002, 3)


def test_a_formula_stays_text():
    text = export_book_csv(FewAtOnce([make_row(1, "=1+1")]), BookView()).decode("utf-8-sig")
    assert "'=1+1,'=cmd()" in text


def test_a_workbook_has_numbers_and_days_as_such():
    made = export_book_xlsx(FewAtOnce([make_row(1, "=1+1")]), BookView(columns=tuple(BookColumn)))
    head, row = CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_index(0).to_python()[:2]
    values = dict(zip(head, row, strict=True))
    assert values["Customer"] == "=1+1"
    assert (values["ARR"], values["Notice deadline"], values["Health"]) == (12_500, DAY, "at risk")
    assert values["Renewal quarter"] == "FY27 Q4"


def test_each_column_of_the_book_can_be_exported():
    assert set(EXPORT_FIELDS) == set(BookColumn)
