"""Short tables as Markdown: inert, aligned, nothing missing left blank."""

from datetime import date
from decimal import Decimal

from markdown_it import MarkdownIt

from lib.content.model import Column, ColumnKind, Table
from lib.ui.tables import format_static_rows

COLUMNS = (
    Column(key="name", label="Name | who"),
    Column(key="arr", label="ARR", kind=ColumnKind.MONEY),
    Column(key="seats", label="Seats", kind=ColumnKind.NUMBER),
    Column(key="share", label="Share", kind=ColumnKind.PERCENT),
    Column(key="met", label="Met", kind=ColumnKind.DATE),
)


def make_table(**row):
    return Table(title="People", columns=COLUMNS, rows=(row,), empty="Nobody.")


def render_html(made: Table) -> str:
    return MarkdownIt("gfm-like", {"linkify": False}).render(format_static_rows(made))


def test_values_are_formatted_and_numbers_right_aligned():
    row = {"name": "Zoë", "arr": Decimal("1250.50"), "seats": 1250, "share": 12.5, "met": date(2026, 11, 6)}
    head, rule, line = format_static_rows(make_table(**row)).splitlines()
    assert rule == "| --- | ---: | ---: | ---: | --- |"
    assert line == "| Zoë | $1,250.50 | 1,250 | 12.5% | 6\u00a0Nov\u00a02026 |".replace("$", "\\$")
    assert "ARR" in head


def test_a_missing_value_reads_no_data():
    assert format_static_rows(make_table(arr=float("nan"))).splitlines()[2].count("no data") == len(COLUMNS)


def test_yes_and_no_are_words():
    assert "| yes |" in format_static_rows(make_table(name=True))


def test_cell_text_cannot_break_the_table():
    nasty = "a | b\n| c | **bold** <img src=x> [x](http://x.test) `code` \\| $x$ :red[y]"
    drawn = render_html(make_table(name=nasty, seats=1))
    assert drawn.count("<td") == len(COLUMNS)
    assert drawn.count("<th") == len(COLUMNS) + 1  # <thead> too
    assert not {"<img", "<strong>", "<code>", "<a "} & {
        tag for tag in ("<img", "<strong>", "<code>", "<a ") if tag in drawn
    }
