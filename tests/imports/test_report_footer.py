"""The footer of a report is no row of its table."""

import io

import pytest

from lib.imports.column_profile import profile_table
from lib.imports.column_recognition import recognize_table
from lib.imports.file_reader import read_file_table
from lib.imports.file_summary import summarize_file
from lib.imports.file_table import FileTable

HEADER = "Account Name,Contract Number,Contract Start Date,Amount\n"
ROWS = "Acme,C-1,2026-01-01,500\nBolt,C-2,2026-02-01,700\n"
FOOTER = '"Confidential Information - Do Not Distribute"\n"Copyright (c) 2000-2026 salesforce.com, inc."\n'


def read(text: str) -> FileTable:
    return read_file_table(io.BytesIO(text.encode()), "report.csv")


@pytest.mark.parametrize("blank", ["", "\n", ",,,\n"])
@pytest.mark.parametrize("total", ["", "Total,,,1200\n", 'Grand Total,,,"USD 1,200.00"\n', "Total\n", ",Total,,1200\n"])
def test_a_footer_is_left_out_and_said(total: str, blank: str) -> None:
    table = read(HEADER + ROWS + blank + total + FOOTER)
    profile = profile_table(table)
    assert [cells[0] for _, cells in table.rows] == ["Acme", "Bolt"]
    found = summarize_file(table.layout, profile, recognize_table(profile))
    lines = 3 if total else 2
    assert f"{lines} lines of a report's footer left out." in found.sentences


def test_a_total_below_a_table_is_left_out() -> None:
    table = read(f"{HEADER}{ROWS}Total,,,1200\n")
    assert [line for line, _ in table.rows] == [2, 3]
    assert table.rows.footer_lines == [4]


def test_a_customer_called_total_stays() -> None:
    rows = "Total,C-3,2026-03-01,100\nTotal,,,900\nCora,C-4,2026-03-01,100\nTotal,C-5,2026-03-01,100\n"
    table = read(HEADER + rows)
    assert [line for line, _ in table.rows] == [2, 3, 4, 5]
    assert table.rows.footer_lines == []
