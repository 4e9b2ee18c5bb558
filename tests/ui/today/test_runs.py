from datetime import timedelta
from typing import Any

from lib.ui.today.today_runs import MAX_VISIBLE_RUNS, count_visible_runs
from tests.ui.today.dashboards import TODAY, make_dashboard, make_open_run


def runs_due_in(*days: int | None) -> Any:
    runs = [make_open_run(execution_id=str(n), due_on=n if n is None else TODAY + timedelta(days=n)) for n in days]
    return make_dashboard(open_runs=tuple(runs), open_run_count=len(runs))


def test_runs_beyond_the_visible_few_are_a_click_away():
    assert count_visible_runs(runs_due_in(9, 58, 60, 110, 130, 140)) == MAX_VISIBLE_RUNS


def test_an_overdue_run_is_never_hidden():
    assert count_visible_runs(runs_due_in(*range(-MAX_VISIBLE_RUNS - 2, 0), 0, 3)) == MAX_VISIBLE_RUNS + 2
