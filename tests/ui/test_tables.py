"""Short tables as HTML: inert, aligned, nothing missing left blank."""

import re
from datetime import date
from decimal import Decimal
from html import escape, unescape

from lib.content.model import Column, ColumnKind, Table
from lib.text.format import format_percent
from lib.text.html import clean_html
from lib.text.regional_format import DEFAULT_FORMAT, RegionalFormat, use_regional_format
from lib.ui.tables import build_column_config, build_styled_table_frame, build_table_rows_html

COLUMNS = (
    Column(key="name", label="Name | who"),
    Column(key="arr", label="ARR", kind=ColumnKind.MONEY),
    Column(key="seats", label="Seats", kind=ColumnKind.NUMBER),
    Column(key="share", label="Share", kind=ColumnKind.PERCENT),
    Column(key="met", label="Met", kind=ColumnKind.DATE),
)


def make_table(**row):
    return Table(title="People", columns=COLUMNS, rows=(row,), empty="Nobody.")


def read_cells(table: Table) -> list[tuple[str, str]]:
    """Class and content of each cell of the only row."""
    return re.findall(r'<td class="([^"]*)">(.*?)</td>', clean_html(build_table_rows_html(table)), re.DOTALL)


def test_a_grid_writes_numbers_in_the_person_s_format_not_the_browser_s():
    use_regional_format(RegionalFormat("EUR", "de_DE"))
    try:
        shown = build_styled_table_frame(make_table(name="Zoë", arr=Decimal("41066.50"), seats=1250)).to_html()
    finally:
        use_regional_format(DEFAULT_FORMAT)
    assert "41.066,50\u00a0€" in unescape(shown)
    assert "1.250" in shown
    assert "no data" in shown
    for column in COLUMNS[1:4]:
        assert build_column_config(column)["type_config"].get("format") is None


def test_values_are_formatted_and_numbers_right_aligned():
    row = {"name": "Zoë", "arr": Decimal("1250.50"), "seats": 1250, "share": 12.5, "met": date(2026, 11, 6)}
    assert read_cells(make_table(**row)) == [
        ("zen-words", "Zoë"),
        ("zen-number", "$1,250.50"),
        ("zen-number", "1,250"),
        ("zen-number", format_percent(12.5)),
        ("zen-day", "6 Nov 2026"),
    ]
    assert ">ARR</th>" in build_table_rows_html(make_table())


def test_a_missing_value_reads_no_data():
    cells = read_cells(make_table(arr=float("nan")))
    assert [content for _, content in cells] == ["no data"] * len(COLUMNS)


def test_yes_and_no_are_words():
    assert read_cells(make_table(name=True))[0] == ("zen-words", "yes")


def test_cell_text_cannot_break_the_table():
    nasty = "a | b\n| c | **bold** <img src=x> [x](http://x.test) `code` \\| $x$ :red[y]</td><td>"
    drawn = clean_html(build_table_rows_html(make_table(name=nasty, seats=1)))
    assert drawn.count("<td") == len(COLUMNS)
    assert drawn.count("<th") == len(COLUMNS) + 1  # <thead> too
    assert "<img" not in drawn
    assert escape(nasty, quote=False) in drawn
