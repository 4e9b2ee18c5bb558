"""Where somebody is: each says it of themselves, and of nothing else. It decides which day is their today."""

import json
import re
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from tests.database.factories import AccountFactory, fetch_rows, fetch_value, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc
from tests.support.pages import REPOSITORY

ZONE = "select time_zone from public.profiles where id = %s"


def test_each_says_where_they_are_themselves(sql, company):
    call_rpc(company.csm, "save_time_zone", p_time_zone="America/Chicago")
    assert fetch_value(sql, ZONE, company.csm.id) == "America/Chicago"
    assert fetch_value(sql, ZONE, company.manager.id) == "UTC"


def test_a_place_that_is_none_is_refused(sql, company):
    with assert_refused("PT400", "no time zone"):
        call_rpc(company.csm, "save_time_zone", p_time_zone="Nowhere/Land")
    assert fetch_value(sql, ZONE, company.csm.id) == "UTC"


def test_a_chosen_zone_stays_wherever_the_browser_is_until_it_is_given_up(sql, company):
    call_rpc(company.csm, "choose_time_zone", p_time_zone="Asia/Tokyo")
    call_rpc(company.csm, "save_time_zone", p_time_zone="America/Chicago")
    assert fetch_value(sql, ZONE, company.csm.id) == "Asia/Tokyo"
    assert fetch_value(sql, ZONE, company.manager.id) == "UTC"
    call_rpc(company.csm, "choose_time_zone", p_time_zone=None)
    assert fetch_value(sql, ZONE, company.csm.id) == "Asia/Tokyo"
    call_rpc(company.csm, "save_time_zone", p_time_zone="America/Chicago")
    assert fetch_value(sql, ZONE, company.csm.id) == "America/Chicago"


def test_a_place_that_is_none_is_not_chosen(sql, company):
    with assert_refused("PT400", "no time zone"):
        call_rpc(company.csm, "choose_time_zone", p_time_zone="Nowhere/Land")
    assert fetch_value(sql, ZONE, company.csm.id) == "UTC"


def test_the_chosen_zone_decides_which_day_is_today(sql, company):
    for zone in (WEST, EAST):
        call_rpc(company.csm, "choose_time_zone", p_time_zone=zone)
        with acting_as(sql, company.csm):
            assert fetch_value(sql, "select private.today() = (now() at time zone %s)::date", zone)


def test_their_own_role_is_still_not_theirs_to_change(sql, company):
    changed = company.csm.client.table("profiles").update({"role": "admin"}).eq("id", company.csm.id).execute().data
    assert changed == []
    assert fetch_value(sql, "select role from public.profiles where id = %s", company.csm.id) == "csm"


WEST, EAST = "Pacific/Pago_Pago", "Pacific/Kiritimati"
"""25 hours apart: it is never the same day in both, and one of them never has the day of UTC."""

EVENING_IN_LOS_ANGELES = "2027-03-02 03:30+00"
MORNING_IN_KIRITIMATI = "2027-03-01 18:30+00"


@contextmanager
def acting_as(sql, person):
    """The signed-in person of a direct connection, until the end of the block."""
    with sql.transaction(force_rollback=True):
        sql.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps({"sub": str(person.id)})])
        yield


def days_of(sql, company) -> dict[Any, date]:
    """The CSM in the west, the other one in the east, and the day it is where each of them is."""
    zones = {company.csm: WEST, company.other_csm: EAST}
    for person, zone in zones.items():
        call_rpc(person, "save_time_zone", p_time_zone=zone)
    return {person: fetch_value(sql, "select (now() at time zone %s)::date", zone) for person, zone in zones.items()}


def new_account(sql, company, owner, day) -> AccountFactory:
    return AccountFactory(sql, company.id, owner.id, day=day)


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("America/Los_Angeles", EVENING_IN_LOS_ANGELES, date(2027, 3, 1)),
        (EAST, MORNING_IN_KIRITIMATI, date(2027, 3, 2)),
        ("UTC", EVENING_IN_LOS_ANGELES, date(2027, 3, 2)),
    ],
)
def test_today_is_the_day_where_the_person_is(sql, company, zone, moment, day):
    call_rpc(company.csm, "save_time_zone", p_time_zone=zone)
    with acting_as(sql, company.csm):
        assert fetch_value(sql, "select private.today(%s)", moment) == day


def test_without_a_person_today_is_the_day_of_utc(sql):
    assert fetch_value(sql, "select private.today(%s)", EVENING_IN_LOS_ANGELES) == date(2027, 3, 2)


OF_SYSTEMS = re.compile(r"create function private\.utc_day\(.*?\$\$;", re.DOTALL)
"""The one place that knows the day of UTC, for what is no person's."""
MAY_ASK_IT = {
    f"private.{name}"
    for name in (
        "queue_usage_weeks",
        "roll_up_usage_week",
        "roll_up_events",
        "delete_old_events",
        "is_today_somewhere",
        "keep_due_forecasts",
    )
}


def test_no_function_view_or_default_asks_for_the_day_of_utc():
    files = sorted((REPOSITORY / "supabase/migrations").glob("*.sql"))
    assert len(files) > 20
    for file in files:
        code = OF_SYSTEMS.sub("", re.sub(r"--.*|comment on [^;]*;", "", file.read_text()))
        assert not re.search(r"\bcurrent_date\b|now\(\)::date|_timestamp\(\)::date|at time zone 'UTC'", code), file.name


def test_only_what_is_no_persons_asks_for_the_day_of_utc(sql):
    asking = "select p.oid::regproc::text as name from pg_proc p where p.prosrc like '%private.utc_day(%'"
    assert {row["name"] for row in fetch_rows(sql, asking)} == MAY_ASK_IT


def test_each_persons_pages_are_of_their_own_day(sql, company):
    for person, day in days_of(sql, company).items():
        account = new_account(sql, company, person, day)
        run = start_run_for(account, person)
        assert call_rpc(person, "zen_dashboard")["today"] == str(day)
        assert call_rpc(person, "customer_account", p_customer_id=str(account.id))["today"] == str(day)
        assert call_rpc(person, "open_run", p_execution_id=run)["account"]["today"] == str(day)


def test_days_to_the_deadline_count_from_the_persons_day(sql, company):
    for person, day in days_of(sql, company).items():
        account = new_account(sql, company, person, day)
        account.insert_contract(notice_in=0)
        account.insert_contract(notice_in=400, began=-1)
        among = {"among": [str(account.id)]}
        (priority,) = person.client.rpc("customer_priorities", among).execute().data
        assert (priority["days_to_notice"], priority["notice_deadline"]) == (0, str(day))
        (current,) = (
            person.client.table("current_contracts").select("*").eq("customer_id", str(account.id)).execute().data
        )
        assert current["notice_deadline"] == str(day)


def test_a_run_is_due_at_the_deadline_of_the_term_in_force_on_the_persons_day(sql, company):
    for person, day in days_of(sql, company).items():
        account = new_account(sql, company, person, day)
        account.insert_contract(notice_in=5)
        account.insert_contract(notice_in=400, began=-1)
        run = start_run_for(account, person)
        due = fetch_value(sql, "select due_on from public.workflow_executions where id = %s", run)
        assert due == account.days_before(-5)


def test_a_follow_up_is_overdue_after_the_persons_day(sql, company):
    for person, day in days_of(sql, company).items():
        account = new_account(sql, company, person, day)
        for days in (0, 1):
            account.insert_row(
                "follow_ups", assigned_to=person.id, created_by=person.id, title=f"{days}", due_on=day - timedelta(days)
            )
        found = {each["title"]: each["is_overdue"] for each in call_rpc(person, "inbox")["follow_ups"]}
        assert found == {"0": False, "1": True}


def test_a_notice_signal_comes_on_the_day_of_whoever_snoozed_whoever_asks(sql, company):
    days = days_of(sql, company)
    for person, day in days.items():
        account = new_account(sql, company, person, day)
        account.insert_contract(notice_in=10)
        run = start_run_for(account, person)
        signal = {"kind": "notice_within", "value": "9"}
        insert_row(
            sql, "workflow_snoozes", company_id=company.id, execution_id=run, customer_id=account.id,
            snoozed_by=person.id, reason="Later.", signal=signal,
        )  # fmt: skip
        for asker in days:
            with acting_as(sql, asker):
                moment = "clock_timestamp() + %s * interval '1 day'"
                due = f"select count(*) from private.due_snoozes({moment}, array[%s::uuid])"
                assert [fetch_value(sql, due, later, run) for later in (0, 1)] == [0, 1]


def test_the_context_of_an_escalation_is_of_the_persons_day(sql, company):
    for person, day in days_of(sql, company).items():
        account = new_account(sql, company, person, day)
        account.insert_contract(notice_in=3)
        account.insert_contract(notice_in=400, began=-1)
        run = start_run_for(account, person)
        facts = call_rpc(person, "escalation_context", p_execution_id=run)["facts"]
        assert facts["notice_deadline"] == str(account.days_before(-3))


def test_a_past_run_ended_on_the_day_it_was_where_the_person_is(sql, company):
    for person, day in days_of(sql, company).items():
        account = new_account(sql, company, person, day)
        run = start_run_for(account, person)
        sql.execute(
            "update public.workflow_executions set status = 'skipped', skip_reason = 'other', revision = revision + 1,"
            " ended_at = now() where id = %s", [run]
        )  # fmt: skip
        (past,) = call_rpc(person, "customer_account", p_customer_id=str(account.id))["past_runs"]
        assert past["finished_on"] == str(day)


def start_run_for(account: AccountFactory, person: Any) -> str:
    if not fetch_value(
        account.sql, "select 1 from public.workflow_definitions where company_id = %s", account.company_id
    ):
        publish_workflow(account.sql, account.company_id, "renewal-run")
    return call_rpc(person, "start_workflow", p_workflow_id="renewal-run", p_customer_id=str(account.id))[
        "execution_id"
    ]
