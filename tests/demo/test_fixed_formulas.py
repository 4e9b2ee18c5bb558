"""Stock's rules give the scores the formulas gave when their weights stood in them, for every customer of the book."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.conftest import Demo

FORMULAS = Path(__file__).with_name("fixed_formulas.sql")
HEALTH = (
    "day, customer_id, score, band, usage_points, engagement_points, support_points, voice_points, active_users, "
    "seats, utilisation, target, last_touch_on, recent_tickets, open_tickets, open_p1, survey_average, survey_answers"
)
PRIORITY = (
    "customer_id, score, reasons, arr, notice_deadline, days_to_notice, health_score, health_band, leading_signal, "
    "deadline_points"
)
DAYS = "array(select current_date - 5 * n from generate_series(-6, 40) n)"
SAME = """
    with now as (select {columns} from {now}), before as (select {columns} from {before})
    select (select count(*) from now), (select count(*) from (select * from now except select * from before) x),
      (select count(*) from (select * from before except select * from now) x)"""


@pytest.fixture
def formulas(demo: Demo) -> Iterator[Demo]:
    with demo.sql.transaction(force_rollback=True):
        demo.sql.execute(FORMULAS.read_bytes())
        yield demo


@pytest.mark.parametrize(
    ("columns", "now", "before"),
    [
        (HEALTH, f"private.health_points({DAYS})", f"fixed_formulas.health_points({DAYS})"),
        (
            PRIORITY,
            f"unnest({DAYS}) d (as_of) cross join lateral public.customer_priorities(d.as_of)",
            f"unnest({DAYS}) d (as_of) cross join lateral fixed_formulas.customer_priorities(d.as_of)",
        ),
    ],
    ids=["health", "priority"],
)
def test_stock_rules_are_the_fixed_formulas(formulas: Demo, columns: str, now: str, before: str) -> None:
    row = formulas.sql.execute(SAME.format(columns=columns, now=now, before=before).encode()).fetchone()
    assert row
    rows, *different = row
    assert int(str(rows)) > 1000
    assert different == [0, 0]
