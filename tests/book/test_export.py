"""The book as a file: every row, formulas as text, numbers and days as such."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from lib.book.export import EXPORT_FIELDS, export_book_csv, export_book_xlsx
from lib.book.model import BookColumn, BookPage, BookRow, BookView
from lib.book.repository import BookRepository
from lib.customers.model import HealthBand
from lib.files.dated_export import build_dated_filename
from lib.text.local_time import today_in_zone

DAY = date(2027, 1, 15)
ZONE = "Pacific/Kiritimati"


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
    lines = export_book_csv(book, BookView(), ZONE).decode("utf-8-sig").splitlines()
    assert (len(lines), book.requests) == (2002, 3)


def test_a_formula_stays_text():
    text = export_book_csv(FewAtOnce([make_row(1, "=1+1")]), BookView(), ZONE).decode("utf-8-sig")
    assert "'=1+1,'=cmd()" in text


def test_a_workbook_has_numbers_and_days_as_such():
    made = export_book_xlsx(FewAtOnce([make_row(1, "=1+1")]), BookView(columns=tuple(BookColumn)), ZONE)
    head, row = CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_index(0).to_python()[:2]
    values = dict(zip(head, row, strict=True))
    assert values["Customer"] == "=1+1"
    assert (values["ARR"], values["Notice deadline"], values["Health"]) == (12_500, DAY, "at risk")
    assert values["Renewal quarter"] == "FY27 Q4"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_file_has_the_day_and_the_time_zone_of_the_person(zone):
    rows = [make_row(1, "Acme"), make_row(2, "Bolt")]
    lines = list(csv.DictReader(StringIO(export_book_csv(FewAtOnce(rows), BookView(), zone).decode("utf-8-sig"))))
    day = today_in_zone(zone)
    assert [(line["As of"], line["Time zone"]) for line in lines] == [(day.isoformat(), zone)] * 2
    made = export_book_xlsx(FewAtOnce(rows), BookView(), zone)
    head, row = CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_index(0).to_python()[:2]
    assert (head[-2:], row[-2:]) == (["As of", "Time zone"], [day, zone])
    assert build_dated_filename("book", "csv", zone) == f"book-{day}.csv"


def test_each_column_of_the_book_can_be_exported():
    assert set(EXPORT_FIELDS) == set(BookColumn)
