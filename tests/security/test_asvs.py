"""docs/security.md names every requirement of OWASP ASVS 5.0, levels 1 and 2, once, with a state that can be checked.

asvs_ids.txt holds their ids and levels, nothing of their text.
"""

import re
from pathlib import Path

from tests.support.server import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "security.md"
STATES = ("met", "not applicable", "open")
ROW = re.compile(r"\| (V\d[^|]*?) \| ([^|]*?) \| ([^|]*?) \| (.*?) \|")
CITED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def read_rows() -> list[tuple[str, str, str, str]]:
    """Id, level, state and reason of every requirement the document names."""
    rows = (ROW.fullmatch(line) for line in DOCUMENT.read_text(encoding="utf-8").splitlines())
    return [(each, row[2], row[3], row[4]) for row in rows if row for each in row[1].split(", ")]


def test_every_requirement_of_levels_1_and_2_stands_in_the_document_once() -> None:
    listed = (Path(__file__).parent / "asvs_ids.txt").read_text().split("\n")
    assert sorted(f"{each} {level}" for each, level, _, _ in read_rows()) == sorted(filter(None, listed))


def test_every_requirement_has_a_state_and_a_reason_and_no_table_row_is_misread() -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("| V") and not ROW.fullmatch(line)] == []
    assert [row for row in read_rows() if row[2] not in STATES or not row[3].strip()] == []


def test_nothing_of_level_1_is_open() -> None:
    assert [each for each, level, state, _ in read_rows() if level == "1" and state == "open"] == []


def test_the_counts_above_the_tables_are_theirs() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for level in ("1", "2"):
        counts = [sum(row[1:3] == (level, state) for row in read_rows()) for state in STATES]
        assert f"| level {level} | {' | '.join(map(str, counts))} |" in text


def test_every_cited_test_exists() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    cited = CITED_TEST.findall(text)
    assert text.count("::test_") == len(cited) > 100
    missing = [
        f"{path}::{name}"
        for path, name in cited
        if not re.search(rf"^(?:async )?def {name}\(", _read_test_file(path), re.MULTILINE)
    ]
    assert missing == []


def _read_test_file(path: str) -> str:
    file = REPOSITORY / path
    return file.read_text(encoding="utf-8") if file.exists() else ""
