"""Numbers are typed as text: Streamlit's own number fields drop a decimal comma."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(REPOSITORY / "lib").rglob("*.py"), *(REPOSITORY / "pages").rglob("*.py")])
# `lib/ui/tables.py` draws columns of numbers that nobody edits.
FORBIDDEN = re.compile(r"\bnumber_input\(|\bst\.slider\(|NumberColumn\(")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_no_field_of_streamlit_reads_a_number(path):
    found = FORBIDDEN.findall(path.read_text(encoding="utf-8"))
    assert found == (["NumberColumn("] if path.name == "tables.py" else [])
