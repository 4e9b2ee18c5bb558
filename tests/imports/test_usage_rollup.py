"""Daily and monthly usage as weeks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.imports.column_mapping import UsagePeriod
from lib.imports.record_fields import FieldValue, RecordValues
from lib.imports.usage_rollup import (
    detect_usage_granularity,
    find_file_line_of_number,
    list_weeks_of_month,
    roll_up_numbered_usage,
    roll_up_usage,
)


def make_row(day: str, **counts: FieldValue) -> RecordValues:
    return {"customer_name": "Acme", "week_starts_on": day, **counts}


def test_days_are_added_up_to_their_week() -> None:
    rows = [
        make_row("2026-03-08", active_users=7, seats=60, logins=5, key_actions=1),
        make_row("2026-03-02", active_users=10, seats=50, logins=40, key_actions=9),
        make_row("2026-03-09", active_users=3, seats=60, logins=2),
    ]
    assert list(roll_up_usage(rows, UsagePeriod.DAY)) == [
        make_row("2026-03-02", active_users=10, seats=60, logins=45, key_actions=10),
        # 2 March is among the 28 days up to the end of this week; nothing is known of its key actions.
        make_row("2026-03-09", active_users=10, seats=60, logins=2),
    ]


def test_active_users_are_forgotten_after_28_days() -> None:
    rows = [make_row("2026-03-02", active_users=10), make_row("2026-03-30", active_users=4)]
    weeks = list(roll_up_usage(rows, UsagePeriod.DAY))
    assert [week["active_users"] for week in weeks] == [10, 4]


def test_customers_are_kept_apart() -> None:
    rows: list[RecordValues] = [
        {"customer_name": name, "week_starts_on": "2026-03-02", "logins": 1} for name in ("Acme", "Bolt", "Acme")
    ]
    assert [(week["customer_name"], week["logins"]) for week in roll_up_usage(rows, UsagePeriod.DAY)] == [
        ("Acme", 2),
        ("Bolt", 1),
    ]


@given(logins=st.integers(0, 10**6), month=st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_the_weeks_of_a_month_add_up_to_it(logins: int, month: date) -> None:
    first = month.replace(day=1)
    weeks = list(roll_up_usage([make_row(first.isoformat(), logins=logins, active_users=9)], UsagePeriod.MONTH))
    assert sum(int(str(week["logins"])) for week in weeks) == logins
    assert {week["active_users"] for week in weeks} == {9}
    assert len(weeks) in (4, 5)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_every_week_is_of_one_month(day: date) -> None:
    monday = date.fromordinal(day.toordinal() - day.weekday())
    around = {date(monday.year, monday.month, 1), date(day.year, day.month, 1)}
    around |= {date.fromordinal(monday.toordinal() + 6).replace(day=1)}
    assert sum(monday in list_weeks_of_month(first) for first in around) == 1


@pytest.mark.parametrize(
    ("header", "texts", "period"),
    [
        ("Date", ["2026-03-02", "2026-03-03"], UsagePeriod.DAY),
        ("Date", ["2026-03-02", "2026-03-16"], UsagePeriod.WEEK),
        ("Date", ["2026-03-01", "2026-04-01"], UsagePeriod.MONTH),
        ("Date", ["2026-03-31", "2026-04-30"], UsagePeriod.MONTH),
        ("Date", ["2026-02-01", "2026-03-01"], UsagePeriod.MONTH),
        ("Date", ["2026-03", "2026-04"], UsagePeriod.MONTH),
        ("Date", ["March 2026"], UsagePeriod.MONTH),
        ("Week", ["KW 9/2026", "KW 10/2026"], UsagePeriod.WEEK),
        ("Day", ["2026-03-02"], UsagePeriod.DAY),
        ("Month", ["2026-03-01"], UsagePeriod.MONTH),
        ("Date", ["2026-03-02"], UsagePeriod.WEEK),
        ("Date", [], UsagePeriod.WEEK),
    ],
)
def test_what_a_row_covers_is_seen_from_its_days(header: str, texts: list[str], period: UsagePeriod) -> None:
    assert detect_usage_granularity(header, texts, None) is period


def test_a_week_has_the_first_line_of_its_rows() -> None:
    rows = [(4, make_row("2026-03-03", logins=1)), (2, make_row("2026-03-04", logins=2)), (3, make_row("2026-03-10"))]
    assert [line for line, _ in roll_up_numbered_usage(rows, UsagePeriod.DAY)] == [2, 3]


def test_the_weeks_of_a_month_have_its_line_and_numbers_of_their_own() -> None:
    rows = [(2, make_row("2026-03-01", logins=40)), (3, make_row("2026-04-01", logins=50))]
    numbers = [number for number, _ in roll_up_numbered_usage(rows, UsagePeriod.MONTH)]
    assert len(set(numbers)) == len(numbers)
    assert [find_file_line_of_number(number) for number in numbers] == [2, 2, 2, 2, 3, 3, 3, 3, 3]
