"""Putting a run away until a day or a signal."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.database.action_calls import (
    SNOOZE_PARAMETERS,
    fetch_event_kinds,
    fetch_execution,
    fetch_snoozes,
    latest_snooze,
    run_action,
    snooze,
    undo,
)
from tests.database.factories import AccountFactory, Sql, fetch_value, insert_row, work_every_day
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

TODAY = date.today()


@pytest.fixture
def company(books: Company) -> Company:
    return books


def days(n: int) -> str:
    return (TODAY + timedelta(days=n)).isoformat()


@pytest.fixture
def account_run(sql: Sql, company: Company, new_run: Callable[..., str]) -> Callable[..., tuple[AccountFactory, str]]:
    """A customer as of today, with a contract whose notice deadline is in so many days, and a run for it."""

    def make(notice_in: int | None = None, **contract: Any) -> tuple[AccountFactory, str]:
        new_run(company)
        account = AccountFactory(sql, company.id, company.csm.id, day=TODAY)
        if notice_in is not None:
            account.insert_contract(notice_in=notice_in, **contract)
        started = call_rpc(company.csm, "start_workflow", p_workflow_id="renewal-run", p_customer_id=str(account.id))
        return account, started["execution_id"]

    return make


# Until a day


def changes_of_the_clock(zone: ZoneInfo) -> list[date]:
    """In the year from the day after tomorrow on; none where clocks never change."""

    def offset(day: date) -> timedelta | None:
        return datetime.combine(day, time(9), zone).utcoffset()

    begin = TODAY + timedelta(days=2)
    year = [begin + timedelta(days=n) for n in range(366)]
    return [day for day in year if offset(day) != offset(day - timedelta(days=1))]


@pytest.mark.parametrize(("name", "changes"), [("Europe/Berlin", 2), ("America/New_York", 2), ("Asia/Kolkata", 0)])
def test_a_run_comes_back_at_nine_where_the_person_is_on_either_side_of_a_change_of_clocks(
    new_company, sql, new_run, name, changes
):
    company, zone = new_company(), ZoneInfo(name)
    found = changes_of_the_clock(zone)
    assert len(found) == changes
    run = new_run(company)
    sql.execute("update public.profiles set time_zone = %s where id = %s", [name, company.csm.id])
    around = [day + timedelta(days=n) for day in found for n in (-1, 0, 1)] or [TODAY + timedelta(days=200)]
    for day in around:
        snooze(company.csm, run, until=day.isoformat())
        assert fetch_snoozes(sql, run)[-1]["until_at"] == datetime.combine(day, time(9), zone).astimezone(UTC)


def test_a_time_zone_that_does_not_exist_is_refused(new_company):
    company = new_company()
    people = company.admin.client.table("profiles")
    with assert_refused("PT400", "There is no time zone “Mars/Olympus”."):
        people.update({"time_zone": "Mars/Olympus"}).eq("id", str(company.csm.id)).execute()


NO_WHEN = "Choose a day, a signal, or both."


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"until": days(-1)}, "Choose a day in the future."),
        ({"until": days(731)}, "Choose a day within two years."),
        ({"until": "2027-02-30"}, "The date cannot be read."),
        ({"until": "2027-13-01"}, "The date cannot be read."),
        ({"until": "tomorrow"}, "The date cannot be read."),
        ({"until": "0001-01-01"}, "The date cannot be read."),
        ({"until": "2027-01-01; drop table"}, "The date cannot be read."),
        ({"until": None}, NO_WHEN),
        ({"reason": ""}, "Say why you are snoozing it."),
        ({"reason": " \n "}, "Say why you are snoozing it."),
        ({"reason": None}, "Say why you are snoozing it."),
        ({"reason": "x" * 2001}, "At most 2000 characters are kept; shorten the text."),
        ({"until": None, "reason": None}, f"Say why you are snoozing it. {NO_WHEN}"),
    ],
)
def test_what_is_wrong_with_a_snooze_is_said(company, sql, new_run, wrong, sentence):
    run = new_run(company)
    with assert_refused("PT400", sentence):
        snooze(company.csm, run, **wrong)
    assert fetch_event_kinds(sql, run) == ["started"]


def test_the_last_day_allowed_is_two_years_from_now(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run, until=days(730))
    assert fetch_execution(sql, run)["status"] == "snoozed"


def test_putting_away_again_ends_the_time_before_and_the_count_grows(company, sql, new_run):
    run = new_run(company)
    for n in (5, 6, 7):
        done = snooze(company.csm, run, until=days(n))
    assert [row["ended_by"] for row in fetch_snoozes(sql, run)] == ["snooze", "snooze", None]
    assert call_rpc(company.csm, "workflow_run", p_execution_id=run)["snooze"]["count"] == 3
    undo(company.csm, done)
    assert [row["ended_by"] for row in fetch_snoozes(sql, run)] == ["snooze", None, "undo"]
    assert call_rpc(company.csm, "workflow_run", p_execution_id=run)["snooze"]["count"] == 2
    assert fetch_execution(sql, run)["status"] == "snoozed"


# The notice deadline


def test_a_day_beyond_the_notice_deadline_has_to_be_confirmed(company, sql, account_run):
    _, run = account_run(notice_in=10)
    snooze(company.csm, run, until=days(10))
    with assert_refused("PT428", "The notice deadline is") as caught:
        snooze(company.csm, run, until=days(11))
    assert '"confirm": "beyond_deadline"' in str(caught.value.details)
    assert fetch_event_kinds(sql, run) == ["started", "snoozed"]
    snooze(company.csm, run, until=days(11), beyond_deadline=True)
    assert fetch_event_kinds(sql, run) == ["started", "snoozed", "snoozed"]


def test_a_deadline_that_passed_is_nothing_to_ask_about(company, sql, account_run):
    _, run = account_run(notice_in=-5)
    snooze(company.csm, run, until=days(11))
    assert fetch_execution(sql, run)["status"] == "snoozed"


def test_a_due_date_that_moves_beyond_the_deadline_has_to_be_confirmed(company, account_run):
    _, run = account_run(notice_in=10)
    with assert_refused("PT428", "before the due date would be"):
        snooze(company.csm, run, until=days(3), move_due=True)


def test_the_due_date_moves_by_as_many_days_where_it_is_asked_to_and_undo_returns_it(company, sql, account_run):
    _, run = account_run(notice_in=30)
    due = fetch_execution(sql, run)["due_on"]
    snooze(company.csm, run, until=days(4))
    assert fetch_execution(sql, run)["due_on"] == due
    moved = snooze(company.csm, run, until=days(5), move_due=True, beyond_deadline=True)
    assert fetch_execution(sql, run)["due_on"] == due + timedelta(days=5)
    undo(company.csm, moved)
    assert fetch_execution(sql, run)["due_on"] == due


# Until a signal


def await_signal(company: Company, run: str, kind: str, value: str | None = None) -> Any:
    return run_action(company.csm, "snooze", run, {"signal": {"kind": kind, "value": value}, "reason": "Until then."})


@pytest.mark.parametrize(
    ("signal", "sentence"),
    [
        ({"kind": "health_below", "value": "0"}, "Choose a health score from 1 to 100."),
        ({"kind": "health_below", "value": "101"}, "Choose a health score from 1 to 100."),
        ({"kind": "health_below"}, "Choose a health score from 1 to 100."),
        ({"kind": "new_ticket", "value": "p3"}, "Choose which tickets: P1, or P1 and P2."),
        ({"kind": "notice_within", "value": "366"}, "Choose 1 to 365 days before the notice deadline."),
        ({"kind": "notice_within", "value": "-1"}, "Choose 1 to 365 days before the notice deadline."),
        ({"kind": "note_mentions", "value": "x"}, "Enter a word of 2 to 100 characters."),
        ({"kind": "full_moon"}, "Choose a signal."),
        ({}, "Choose a signal."),
        ("health", "The signal cannot be read."),
        ([1], "The signal cannot be read."),
    ],
)
def test_what_is_wrong_with_a_signal_is_said(company, new_run, signal, sentence):
    run = new_run(company)
    with assert_refused("PT400", sentence):
        run_action(company.csm, "snooze", run, SNOOZE_PARAMETERS | {"signal": signal})


def test_health_that_falls_below_the_score_is_a_signal(company, account_run):
    account, run = account_run()
    account.insert_usage(80)
    await_signal(company, run, "health_below", "60")
    assert latest_snooze(company.csm, run)["due_because"] is None
    account.sql.execute("update public.usage_weeks set active_users = 10 where customer_id = %s", [account.id])
    assert latest_snooze(company.csm, run)["due_because"].endswith("below 60.")


def test_health_at_the_score_is_no_signal_and_one_point_below_is(company, account_run):
    account, run = account_run()
    account.insert_usage(40)  # 20 of 40, and 20 of 20 for support: 67 of 100
    with assert_refused("PT400"):
        await_signal(company, run, "health_below", "68")
    await_signal(company, run, "health_below", "67")
    assert latest_snooze(company.csm, run)["due_because"] is None


@pytest.mark.parametrize(("asked", "priority", "comes"), [
    ("p1", "p1", True), ("p1", "p2", False), ("p1,p2", "p2", True), ("p1,p2", "p3", False),
])  # fmt: skip
def test_a_new_ticket_is_a_signal_when_it_is_as_urgent(company, account_run, asked, priority, comes):
    account, run = account_run()
    account.insert_ticket("p1", opened=3)
    account.insert_ticket("p2", opened=3)
    await_signal(company, run, "new_ticket", asked)
    assert latest_snooze(company.csm, run)["due_because"] is None
    account.insert_ticket(priority)
    because = latest_snooze(company.csm, run)["due_because"]
    assert because == (f"A new {priority.upper()} ticket: “It is slow”." if comes else None)


def test_the_notice_deadline_coming_near_is_a_signal(company, account_run):
    account, run = account_run(notice_in=40)
    await_signal(company, run, "notice_within", "30")
    assert latest_snooze(company.csm, run)["due_because"] is None
    nearer = "update public.contracts set ends_on = ends_on - 10 where customer_id = %s"
    account.sql.execute(nearer, [account.id])
    assert latest_snooze(company.csm, run)["due_because"] == "The notice deadline is in 30 days."


@pytest.mark.parametrize(
    ("left", "because"),
    [
        (31, None),
        (30, "The notice deadline is in 30 days."),
        (1, "The notice deadline is tomorrow."),
        (0, "The notice deadline is today."),
        (-1, None),
    ],
)
def test_a_notice_deadline_is_near_until_it_has_passed(company, account_run, left, because):
    account, run = account_run(notice_in=40)
    await_signal(company, run, "notice_within", "30")
    nearer = "update public.contracts set ends_on = ends_on - %s where customer_id = %s"
    account.sql.execute(nearer, [40 - left, account.id])
    assert latest_snooze(company.csm, run)["due_because"] == because


def test_a_contact_who_leaves_is_a_signal_and_one_who_had_left_is_none(company, account_run):
    account, run = account_run()
    gone = account.insert_contact(name="Old Friend", status="left", left_on=TODAY)
    stays = account.insert_contact("champion", name="Ines Ortega")
    await_signal(company, run, "contact_left")
    account.sql.execute("update public.contacts set title = 'Gone' where id = %s", [gone])
    assert latest_snooze(company.csm, run)["due_because"] is None
    account.sql.execute("update public.contacts set status = 'left', left_on = %s where id = %s", [TODAY, stays])
    assert latest_snooze(company.csm, run)["due_because"] == "Ines Ortega, champion, left."


def test_a_note_that_mentions_the_word_is_a_signal_and_an_older_one_is_none(company, account_run):
    account, run = account_run()

    def note(body: str) -> None:
        account.insert_row("notes", author_id=company.csm.id, kind="call", body=body, happened_on=TODAY)

    note("They speak of a merger.")
    await_signal(company, run, "note_mentions", "Merger")
    note("They speak of mergers and submergers.")
    assert latest_snooze(company.csm, run)["due_because"] is None
    note("The MERGER is off.")
    assert "mentions “Merger”" in latest_snooze(company.csm, run)["due_because"]


@pytest.mark.parametrize(("body", "word", "holds"), [
    ("About the merger.", "merger", True),
    ("About submergers", "merger", False),
    ("The price is 50% up", "50%", True),
    ("Größe zählt", "größe", True),
    ("合併の話", "合併", True),
    ("a.b", "a+b", False),
    ("axb", "a.b", False),
    ("nothing", "", True),
])  # fmt: skip
def test_words_are_found_whole_and_never_read_as_a_pattern(sql, body, word, holds):
    assert fetch_value(sql, "select private.mentions_word(%s, %s)", body, word) is holds


@pytest.mark.parametrize("other", ["ticket", "note", "contact"])
def test_what_happens_at_another_customer_is_no_signal(company, account_run, other):
    account, _ = account_run()
    _, run = account_run()
    kind, value = {
        "ticket": ("new_ticket", "p1"),
        "note": ("note_mentions", "merger"),
        "contact": ("contact_left", None),
    }[other]
    await_signal(company, run, kind, value)
    account.insert_ticket("p1")
    account.insert_row("notes", author_id=company.csm.id, kind="call", body="A merger", happened_on=TODAY)
    account.insert_contact(status="left", left_on=TODAY)
    assert latest_snooze(company.csm, run)["due_because"] is None


def test_a_signal_that_is_there_already_is_refused(company, sql, account_run):
    account, run = account_run(notice_in=20)
    with assert_refused("PT400", "This signal is already present: The notice deadline is in 20 days."):
        await_signal(company, run, "notice_within", "30")
    account.insert_usage(5)
    with assert_refused("PT400", "This signal is already present: Health is"):
        await_signal(company, run, "health_below", "90")
    assert fetch_event_kinds(sql, run) == ["started"]


@pytest.mark.parametrize(("notice_in", "back_in"), [(40, 33), (9, 2), (7, 1), (3, 1)])
def test_a_signal_that_never_comes_costs_no_deadline(company, sql, account_run, notice_in, back_in):
    work_every_day(sql, company.id)
    _, run = account_run(notice_in=notice_in)
    await_signal(company, run, "contact_left")
    row = fetch_snoozes(sql, run)[-1]
    assert (row["until_at"].date(), row["is_backstop"]) == (TODAY + timedelta(days=back_in), True)


def test_a_run_comes_back_for_its_deadline_on_a_working_day(company, sql, account_run):
    work_every_day(sql, company.id)
    _, run = account_run(notice_in=40)
    holiday = insert_row(sql, "company_holidays", company_id=company.id, day=TODAY + timedelta(days=33), name="Closed")
    await_signal(company, run, "contact_left")
    sql.execute("delete from public.company_holidays where id = %s", [holiday])
    assert fetch_snoozes(sql, run)[-1]["until_at"].date() == TODAY + timedelta(days=32)


def test_without_a_deadline_only_the_signal_decides(company, sql, account_run):
    _, run = account_run()
    await_signal(company, run, "contact_left")
    assert fetch_snoozes(sql, run)[-1]["until_at"] is None
