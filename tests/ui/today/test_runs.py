from datetime import timedelta
from typing import Any

from lib.ui.today.runs import MAX_VISIBLE_RUNS, split_runs_by_due_date
from tests.ui.today.dashboards import TODAY, make_open_run


def runs_due_in(*days: int | None) -> list[Any]:
    return [make_open_run(execution_id=str(n), due_on=n if n is None else TODAY + timedelta(days=n)) for n in days]


def days_until_due(runs: list[Any]) -> list[int | None]:
    return [run.due_on if run.due_on is None else (run.due_on - TODAY).days for run in runs]


def test_runs_are_ordered_by_due_date_overdue_first_undated_last():
    shown, folded = split_runs_by_due_date(runs_due_in(60, None, 9, -39), TODAY)
    assert days_until_due(shown) == [-39, 9, 60, None]
    assert folded == []


def test_runs_beyond_the_visible_few_are_collapsed():
    shown, folded = split_runs_by_due_date(runs_due_in(110, 58, 9, 60, 130, 140), TODAY)
    assert days_until_due(shown) == [9, 58, 60, 110, 130]
    assert days_until_due(folded) == [140]


def test_an_overdue_run_is_never_collapsed():
    shown, folded = split_runs_by_due_date(runs_due_in(*range(-MAX_VISIBLE_RUNS - 2, 0), 0, 3), TODAY)
    assert days_until_due(shown) == list(range(-MAX_VISIBLE_RUNS - 2, 0))
    assert days_until_due(folded) == [0, 3]
