"""Days to put work away until."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.actions.model import ActionKind, suggest_snooze_alternatives
from lib.actions.snooze_days import find_first_of_next_month, find_next_monday, suggest_snooze_days
from lib.customers.working_days import WorkingDays
from tests.actions.conftest import find_global_action, new_key

MONDAY = date(2026, 11, 23)
DATES = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


def days(*arguments):
    return {preset.key: preset.day for preset in suggest_snooze_days(*arguments)}


def test_six_snooze_days_are_offered_in_order():
    assert days(MONDAY, date(2027, 1, 10)) == {
        "tomorrow": date(2026, 11, 24),
        "three_days": date(2026, 11, 26),
        "monday": date(2026, 11, 30),
        "next_month": date(2026, 12, 1),
        "two_weeks": date(2026, 12, 7),
        "before_deadline": date(2027, 1, 1),
    }
    assert list(days(MONDAY, date(2027, 1, 10)).values()) == sorted(days(MONDAY, date(2027, 1, 10)).values())


def test_no_day_before_the_deadline_without_one_or_in_its_last_week():
    assert "before_deadline" not in days(MONDAY)
    assert "before_deadline" not in days(MONDAY, MONDAY + timedelta(days=7))
    assert "before_deadline" in days(MONDAY, MONDAY + timedelta(days=9))


def test_day_with_several_labels_is_offered_once():
    sunday = date(2026, 11, 29)
    assert days(sunday)["tomorrow"] == date(2026, 11, 30)
    assert "monday" not in days(sunday)


@pytest.mark.parametrize("days_ahead", [3, 5])
def test_days_after_the_deadline_are_marked_and_the_deadline_itself_is_not(days_ahead):
    offered = suggest_snooze_days(MONDAY, MONDAY + timedelta(days=days_ahead))
    assert "three_days" in {preset.key for preset in offered}
    beyond = {preset.key for preset in offered if preset.is_after_deadline}
    assert beyond == {"monday", "next_month", "two_weeks"}
    assert not any(preset.is_after_deadline for preset in suggest_snooze_days(MONDAY, MONDAY - timedelta(days=1)))


@given(DATES, st.none() | DATES)
def test_every_offered_day_is_ahead_and_within_five_weeks_but_the_deadlines(today, deadline):
    offered = suggest_snooze_days(today, deadline)
    assert len({preset.day for preset in offered}) == len(offered) >= 3
    assert all(today < preset.day for preset in offered)
    assert all(preset.day <= today + timedelta(days=33) for preset in offered if preset.key != "before_deadline")


@given(DATES, st.none() | DATES)
def test_all_days_but_tomorrow_are_working_days(today, deadline):
    later = [preset.day for preset in suggest_snooze_days(today, deadline) if preset.key != "tomorrow"]
    assert later
    assert [day for day in later if day.weekday() >= 5] == []


def test_two_weeks_that_end_on_a_sunday_end_on_the_monday_after():
    assert days(date(2026, 11, 29))["two_weeks"] == date(2026, 12, 14)


def test_suggested_days_skip_a_companys_holidays_and_its_own_weekend():
    holidays = WorkingDays(weekdays=(1, 2, 3, 4), holidays=(date(2026, 11, 30), date(2026, 12, 7)))
    assert days(MONDAY, None, holidays) == {
        "tomorrow": date(2026, 11, 24),
        "three_days": date(2026, 11, 26),
        "next_month": date(2026, 12, 1),
        "two_weeks": date(2026, 12, 8),
    }


@given(DATES)
def test_monday_is_the_next_one_and_the_first_is_of_the_next_month(today):
    assert find_next_monday(today).weekday() == 0
    assert 1 <= (find_next_monday(today) - today).days <= 7
    first = find_first_of_next_month(today)
    assert (first.day, (first - timedelta(days=1)).month) == (1, today.month)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC"])
def test_a_snooze_over_the_change_of_clocks_comes_back_at_nine_local(zone, team, services, new_run, sql):
    """Half a year on the clocks stand differently wherever they change at all."""
    sql.execute("update profiles set time_zone = %s where id = %s", [zone, team.csm.id])
    there, run = services(team.csm), new_run()
    for weeks in (4, 8, 13, 26, 39):
        until = date.today() + timedelta(weeks=weeks)
        words = {"until": until.isoformat(), "reason": "Later."}
        there.actions.run_action(find_global_action(there, ActionKind.SNOOZE), run, words, key=new_key())
        back = there.executions.get_workflow_execution(run.execution_id)[0].snooze.latest.until_at.astimezone(
            ZoneInfo(zone)
        )
        assert (back.date(), back.hour, back.minute) == (until, 9, 0)
    sql.execute("update profiles set time_zone = 'UTC' where id = %s", [team.csm.id])


@pytest.mark.parametrize(("count", "is_suggested"), [(0, False), (1, False), (2, True), (7, True)])
def test_alternatives_are_suggested_from_the_third_snooze(count, is_suggested):
    assert suggest_snooze_alternatives(count) == ((ActionKind.SKIP, ActionKind.ESCALATE) if is_suggested else ())
