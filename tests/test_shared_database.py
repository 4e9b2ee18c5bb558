"""One database serves all tests: those that do what is due in every company come one after the other."""

import re
from pathlib import Path

from tests.conftest import WORKER_CALLS, WORKER_TESTS
from tests.support.server import REPOSITORY

WITH_A_DATABASE_OF_THEIR_OWN = ("bench", "demo", "e2e", "local", "mutants", "worker")
NAMES_ONLY = {"tests/security/test_columns.py", "tests/database/test_time_zones.py"}
"""Files that name the functions and call none."""

CALL = re.compile(rf"\b(?:{'|'.join(WORKER_CALLS)})\b")


def find_callers() -> set[str]:
    files = [
        path
        for path in (REPOSITORY / "tests").rglob("test_*.py")
        if path.relative_to(REPOSITORY / "tests").parts[0] not in WITH_A_DATABASE_OF_THEIR_OWN
    ]
    found = {str(path.relative_to(REPOSITORY)) for path in files if CALL.search(path.read_text())}
    return found - NAMES_ONLY - {str(Path(__file__).relative_to(REPOSITORY))}


def test_what_the_worker_calls_is_called_by_one_test_at_a_time():
    assert {path for path in find_callers() if not path.startswith(WORKER_TESTS)} == set()


def test_no_name_of_the_list_is_out_of_date():
    assert [start for start in WORKER_TESTS if not list(REPOSITORY.glob(f"{start}*"))] == []
