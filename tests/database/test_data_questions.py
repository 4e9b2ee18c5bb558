"""What is wrong or missing in the data, as a run says it: one follow-up for whoever keeps the records."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.database.action_calls import customer_id_of, fetch_event_kinds, fetch_events
from tests.database.factories import fetch_rows
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company


@pytest.fixture
def company(new_company) -> Company:
    company = new_company()
    assert all((company.manager, company.admin)), "they have signed up"
    return company


@pytest.fixture
def run(company, new_run):
    return new_run(company)


def answer(who, run, text, revision=0):
    saved = {"p_slide_id": "review-account", "p_answers": {"data_wrong": text}, "p_revision": revision}
    return call_rpc(who, "save_step", p_execution_id=run, **saved)["step"]["revision"]


def follow_ups(sql, run):
    return fetch_rows(sql, "select * from public.follow_ups where execution_id = %s", run)


def test_the_question_becomes_a_follow_up_of_the_admin_with_the_customers_name(company, sql, run):
    answer(company.csm, run, "The seats are 40, not 400.")
    (asked,) = follow_ups(sql, run)
    assert asked["title"] == "Check our records of Acme: The seats are 40, not 400."
    assert (asked["assigned_to"], asked["created_by"]) == (company.admin.id, company.csm.id)
    assert asked["customer_id"] == customer_id_of(sql, run)
    assert asked["due_on"] == datetime.now(UTC).date() + timedelta(days=7)
    assert [each["title"] for each in call_rpc(company.admin, "inbox")["follow_ups"]] == [asked["title"]]
    told = next(event for event in fetch_events(sql, run) if event["kind"] == "data_questioned")
    assert told["payload"]["person"] == company.admin.full_name


def test_saved_again_it_is_one_follow_up_with_the_latest_words(company, sql, run):
    revision = answer(company.csm, run, "The seats.")
    revision = answer(company.csm, run, "The seats.", revision)
    answer(company.csm, run, "The seats, and the renewal date.", revision)
    (asked,) = follow_ups(sql, run)
    assert asked["title"].endswith(": The seats, and the renewal date.")
    assert fetch_event_kinds(sql, run).count("data_questioned") == 1


def test_new_words_open_a_follow_up_that_was_done_and_the_same_words_do_not(company, sql, run):
    revision = answer(company.csm, run, "The seats.")
    sql.execute("update public.follow_ups set done_at = now() where execution_id = %s", [run])
    revision = answer(company.csm, run, "The seats.", revision)
    assert follow_ups(sql, run)[0]["done_at"] is not None
    answer(company.csm, run, "Still the seats.", revision)
    assert follow_ups(sql, run)[0]["done_at"] is None


def test_an_answer_taken_back_takes_its_follow_up_back(company, sql, run):
    answer(company.csm, run, " ", answer(company.csm, run, "The seats."))
    assert follow_ups(sql, run) == []


def test_whoever_has_the_follow_up_by_now_keeps_it(company, sql, run):
    revision = answer(company.csm, run, "The seats.")
    sql.execute("update public.follow_ups set assigned_to = %s where execution_id = %s", [company.manager.id, run])
    answer(company.csm, run, "The seats of May.", revision)
    assert follow_ups(sql, run)[0]["assigned_to"] == company.manager.id


def test_words_somebody_else_puts_in_are_theirs(company, sql, run):
    revision = answer(company.csm, run, "The seats.")
    answer(company.manager, run, "The seats, says the manager.", revision)
    (asked,) = follow_ups(sql, run)
    assert (asked["title"][-21:], asked["created_by"]) == ("ts, says the manager.", company.manager.id)


def test_without_an_admin_it_is_the_managers_and_without_leaders_the_owners(new_company, sql, new_run):
    company = new_company()
    alone = new_run(company)
    answer(company.csm, alone, "The seats.")
    assert follow_ups(sql, alone)[0]["assigned_to"] == company.csm.id
    assert company.manager, "has signed up"
    led = new_run(company)
    answer(company.csm, led, "The seats.")
    assert follow_ups(sql, led)[0]["assigned_to"] == company.manager.id


def test_other_answers_and_blank_ones_make_none(company, sql, run):
    saved = {"p_slide_id": "review-account", "p_answers": {"stands_out": "The seats."}, "p_revision": 0}
    revision = call_rpc(company.csm, "save_step", p_execution_id=run, **saved)["step"]["revision"]
    answer(company.csm, run, None, answer(company.csm, run, " ", revision))
    assert follow_ups(sql, run) == []


def test_the_account_names_who_keeps_the_records(company, run, sql):
    account = call_rpc(company.csm, "customer_account", p_customer_id=str(customer_id_of(sql, run)))
    assert account["data_keeper"] == company.admin.full_name


def test_nobody_passes_a_follow_up_off_as_a_data_question(company, run, sql):
    row = {
        "company_id": str(company.id), "customer_id": str(customer_id_of(sql, run)), "execution_id": run,
        "assigned_to": str(company.manager.id), "created_by": str(company.csm.id), "title": "x",
        "due_on": "2027-01-01", "origin": "data_question",
    }  # fmt: skip
    with assert_refused("42501"):
        company.csm.client.table("follow_ups").insert(row).execute()
