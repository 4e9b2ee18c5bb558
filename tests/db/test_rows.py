"""A row that cannot be read is an error of the part that shows it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row
from lib.errors import UnreadableData, ZenError


@dataclass(frozen=True)
class Row:
    day: date | None = None
    at: datetime | None = None
    amount: Decimal | None = None
    seats: int | None = None


@pytest.mark.parametrize(
    "row",
    [
        {"day": "infinity"},
        {"day": "-infinity"},
        {"day": "20000-01-01"},
        {"day": "0044-03-15 BC"},
        {"at": "infinity"},
        {"at": "-infinity"},
        {"amount": "NaN"},
        {"amount": "Infinity"},
        {"amount": "ten"},
        {"seats": 1.5},
        {"seats": float("inf")},
    ],
)
def test_a_row_beyond_the_calendar_or_without_a_number_is_unreadable(row):
    with pytest.raises(UnreadableData) as caught:
        parse_row(Row, row)
    assert str(next(iter(row.values()))) not in str(caught.value)


class BrokenQuery:
    """A query whose answer Python cannot read."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def retry(self, enabled: bool) -> "BrokenQuery":
        return self

    def execute(self) -> Any:
        raise self._error


@pytest.mark.parametrize("error", [ValueError("Exceeds the limit (4300 digits)"), RecursionError("too deep")])
def test_an_answer_that_python_cannot_read_is_an_error_of_ours(error):
    with pytest.raises(ZenError):
        execute_read(BrokenQuery(error))
