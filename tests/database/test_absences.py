"""A deputy works on the book of a person who is away, on the days of the absence and on no other."""

import uuid
from datetime import date, timedelta

import pytest

from tests.database.action_calls import escalate, snooze
from tests.database.factories import fetch_value, insert_customer, publish_workflow
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

DAY = timedelta(days=1)


@pytest.fixture
def team(new_company) -> Company:
    company = new_company()
    assert all((company.admin, company.manager, company.csm, company.other_csm))
    return company


@pytest.fixture
def today(sql) -> date:
    """The people of a test are in UTC."""
    return fetch_value(sql, "select (now() at time zone 'UTC')::date")


def start_run(sql, company, who, customer=None, caller=None):
    workflow = f"w-{uuid.uuid4().hex[:8]}"
    publish_workflow(sql, company.id, workflow)
    customer = customer or insert_customer(sql, company.id, who.id)
    return call_rpc(caller or who, "start_workflow", p_workflow_id=workflow, p_customer_id=str(customer))[
        "execution_id"
    ]


def send_away(who, person, deputy, first, last):
    values = {"p_person_id": str(person.id), "p_deputy_id": str(deputy.id)}
    call_rpc(who, "save_absence", **values, p_starts_on=first.isoformat(), p_ends_on=last.isoformat())


def save_answer(who, run):
    return call_rpc(
        who, "save_step", p_execution_id=run, p_slide_id="greeting", p_answers={"goal": "calm"}, p_revision=0,
        p_status="draft", p_current_slide="greeting",
    )  # fmt: skip


def test_a_deputy_works_on_the_runs_of_a_person_who_is_away(team, sql, today):
    run = start_run(sql, team, team.csm)
    with assert_refused("PT403"):
        snooze(team.other_csm, run)
    send_away(team.csm, team.csm, team.other_csm, today, today + 9 * DAY)
    save_answer(team.other_csm, run)
    snooze(team.other_csm, run)


def test_a_deputy_starts_runs_and_writes_what_hangs_on_the_customer(team, sql, today):
    customer = insert_customer(sql, team.id, team.csm.id)
    send_away(team.csm, team.csm, team.other_csm, today, today)
    assert start_run(sql, team, team.csm, customer, caller=team.other_csm)
    call_rpc(team.other_csm, "add_follow_up", p_customer_id=str(customer), p_title="Call")
    contact = {"company_id": str(team.id), "customer_id": str(customer), "name": "Ines", "role": "champion"}
    assert team.other_csm.client.table("contacts").insert(contact).execute().data


def test_a_deputy_cannot_take_the_customer(team, sql, today):
    customer = insert_customer(sql, team.id, team.csm.id)
    send_away(team.csm, team.csm, team.other_csm, today, today)
    mine = {"owner_id": str(team.other_csm.id)}
    assert team.other_csm.client.table("customers").update(mine).eq("id", str(customer)).execute().data == []


@pytest.mark.parametrize(("first", "last"), [(1, 5), (-9, -1)])
def test_before_and_after_the_absence_the_deputy_changes_nothing(team, sql, today, first, last):
    run = start_run(sql, team, team.csm)
    sql.execute(
        "insert into public.absences (company_id, person_id, deputy_id, starts_on, ends_on, created_by) "
        "values (%s, %s, %s, %s, %s, %s)",
        [team.id, team.csm.id, team.other_csm.id, today + first * DAY, today + last * DAY, team.csm.id],
    )
    with assert_refused("PT403"):
        snooze(team.other_csm, run)


def test_a_person_who_is_back_has_no_deputy_any_more(team, sql, today):
    run = start_run(sql, team, team.csm)
    send_away(team.manager, team.csm, team.other_csm, today, today + DAY)
    call_rpc(team.csm, "end_absence", p_person_id=str(team.csm.id))
    with assert_refused("PT403"):
        snooze(team.other_csm, run)


def test_a_deputy_of_a_deputy_gets_nothing(team, sql, today):
    third = team.join("Lena Thoms", team.csm.role)
    run = start_run(sql, team, team.csm)
    send_away(team.csm, team.csm, team.other_csm, today, today + DAY)
    send_away(team.other_csm, team.other_csm, third, today, today + DAY)
    with assert_refused("PT403"):
        snooze(third, run)


def test_today_shows_the_book_of_the_person_marked_with_their_name_and_last_day(team, sql, today):
    start_run(sql, team, team.csm)
    last = today + 9 * DAY
    send_away(team.csm, team.csm, team.other_csm, today, last)
    seen = call_rpc(team.other_csm, "zen_dashboard")
    assert seen["customers"] == 1
    items = call_rpc(team.other_csm, "today_more")["items"] + [each for each in seen["items"] if each]
    assert [each["absence"] for each in items] == [{"person_name": team.csm.full_name, "ends_on": last.isoformat()}]


def test_ones_own_items_are_not_marked(team, sql, today):
    start_run(sql, team, team.csm)
    send_away(team.csm, team.csm, team.other_csm, today, today)
    seen = call_rpc(team.csm, "zen_dashboard")
    items = call_rpc(team.csm, "today_more")["items"] + [each for each in seen["items"] if each]
    assert [each["absence"] for each in items] == [None]


def test_an_escalation_to_the_person_is_answered_by_the_deputy(team, sql, today):
    run = start_run(sql, team, team.other_csm)
    escalate(team.other_csm, run, team.manager)
    third = team.join("Lena Thoms", team.csm.role)
    send_away(team.admin, team.manager, third, today, today)
    escalation = fetch_value(sql, "select id::text from public.workflow_escalations where execution_id = %s", run)
    assert call_rpc(third, "inbox")["escalations"][0]["to_me"] is True
    call_rpc(third, "acknowledge_escalation", p_escalation_id=escalation)


def test_a_follow_up_of_the_person_is_done_by_the_deputy(team, sql, today):
    customer = insert_customer(sql, team.id, team.csm.id)
    call_rpc(team.csm, "add_follow_up", p_customer_id=str(customer), p_title="Call")
    done = team.other_csm.client.table("follow_ups").update({"done_at": "now"}).eq("customer_id", str(customer))
    assert done.execute().data == []
    send_away(team.csm, team.csm, team.other_csm, today, today)
    assert done.execute().data


def test_a_csm_enters_their_own_absence_and_nobody_elses(team, today):
    with assert_refused("PT403", "Only a manager or an admin"):
        send_away(team.csm, team.other_csm, team.csm, today, today)
    with assert_refused("PT403", "Only a manager or an admin"):
        call_rpc(team.csm, "end_absence", p_person_id=str(team.other_csm.id))


def test_nobody_of_another_company_is_sent_away_or_stands_in(team, strangers, today):
    with assert_refused("PT404"):
        send_away(strangers.admin, team.csm, strangers.csm, today, today)
    with assert_refused("PT400", "Choose a colleague as the deputy."):
        send_away(team.csm, team.csm, strangers.csm, today, today)
    with assert_refused("PT400"):
        send_away(team.csm, team.csm, team.csm, today, today)


@pytest.mark.parametrize(("first", "last"), [(3, 1), (-5, -1), (0, 400)])
def test_days_that_make_no_absence_are_refused(team, today, first, last):
    with assert_refused("PT400"):
        send_away(team.csm, team.csm, team.other_csm, today + first * DAY, today + last * DAY)


def test_a_deputy_who_is_away_on_these_days_is_refused(team, today):
    send_away(team.other_csm, team.other_csm, team.manager, today, today + 5 * DAY)
    with assert_refused("PT409", "is away on some of these days."):
        send_away(team.csm, team.csm, team.other_csm, today + 5 * DAY, today + 9 * DAY)


def test_another_absence_replaces_the_one_there_is(team, sql, today):
    for deputy in (team.other_csm, team.manager):
        send_away(team.csm, team.csm, deputy, today, today)
    deputies = "select array_agg(deputy_id) from public.absences where person_id = %s and ended_at is null"
    assert fetch_value(sql, deputies, team.csm.id) == [team.manager.id]


def test_a_deputy_who_is_removed_stands_in_no_longer(team, sql, today):
    send_away(team.csm, team.csm, team.other_csm, today, today)
    call_rpc(team.admin, "remove_member", p_person_id=str(team.other_csm.id), p_successor_id=None)
    assert (
        fetch_value(sql, "select count(*) from public.absences where ended_at is null and company_id = %s", team.id)
        == 0
    )
