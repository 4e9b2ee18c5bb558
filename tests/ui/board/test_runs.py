from datetime import timedelta
from typing import Any

from lib.ui.board.runs import SHOWN, shown_and_folded
from tests.ui.board.boards import TODAY, open_run


def due_in(*days: int | None) -> list[Any]:
    return [open_run(execution_id=str(n), due_on=n if n is None else TODAY + timedelta(days=n)) for n in days]


def order(runs: list[Any]) -> list[int | None]:
    return [run.due_on if run.due_on is None else (run.due_on - TODAY).days for run in runs]


def test_the_next_due_stands_first_the_longest_overdue_before_it_and_those_without_a_day_last():
    shown, folded = shown_and_folded(due_in(60, None, 9, -39), TODAY)
    assert order(shown) == [-39, 9, 60, None]
    assert folded == []


def test_what_is_beyond_the_first_few_is_folded():
    shown, folded = shown_and_folded(due_in(110, 58, 9, 60, 130, 140), TODAY)
    assert order(shown) == [9, 58, 60, 110, 130]
    assert order(folded) == [140]


def test_what_is_overdue_is_never_folded_away():
    shown, folded = shown_and_folded(due_in(*range(-SHOWN - 2, 0), 0, 3), TODAY)
    assert order(shown) == list(range(-SHOWN - 2, 0))
    assert order(folded) == [0, 3]
