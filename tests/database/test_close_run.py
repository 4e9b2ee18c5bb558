"""Completing a run changes the book: what is written, within what was agreed, by whom, and how it is undone."""

import uuid
from datetime import date

import pytest

from tests.database.action_calls import escalate, fetch_event_kinds, fetch_execution, snooze, undo
from tests.database.closing_calls import (
    NOTHING,
    accept,
    choose_scenario,
    close,
    contracts,
    customer_of,
    in_days,
    propose,
    start_renewal,
)
from tests.database.factories import Sql, fetch_rows, fetch_value
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture
def run(company: Company, sql: Sql) -> str:
    return start_renewal(company, sql)


def test_closing_adds_the_contract_completes_the_run_and_is_undone(company, run, sql):
    choose_scenario(company.csm, run)
    changes = accept(propose(company.csm, run)["contract"])
    done = close(company.csm, sql, run, changes)
    assert done["can_undo"]
    assert done["summary"].startswith("Completed the run and added the contract from")
    before, after = contracts(sql, run)
    assert (before["ends_on"], after["starts_on"], after["arr"]) == (in_days(30), in_days(30), 56_700)
    assert fetch_execution(sql, run)["status"] == "completed"
    recorded = fetch_rows(sql, "select * from public.row_changes where source_id = %s", done["run_id"])
    assert [(row["table_name"], row["source"], row["changed_by"]) for row in recorded] == [
        ("contracts", "action", company.csm.id)
    ]
    undo(company.csm, done)
    assert [row["id"] for row in contracts(sql, run)] == [before["id"]]
    again = fetch_execution(sql, run)
    assert (again["status"], again["outcome_code"], again["ended_at"]) == ("active", None, None)
    assert fetch_event_kinds(sql, run)[-3:] == ["completed", "acted", "undone"]
    assert undo(company.csm, done)["repeated"] is True


def test_renewed_for_less_changes_the_terms_from_the_renewal_date(company, sql):
    run = start_renewal(company, sql, ends_in=200)
    choose_scenario(company.csm, run, seats=80, uplift=0)
    done = close(company.csm, sql, run, accept(propose(company.csm, run, "downgraded")["contract"]), "downgraded")
    before, after = contracts(sql, run)
    assert (before["ends_on"], after["starts_on"], after["arr"]) == (in_days(200), in_days(200), 36_000)
    undo(company.csm, done)
    assert [row["id"] for row in contracts(sql, run)] == [before["id"]]


def test_renewed_for_less_may_start_today_which_ends_the_current_term_and_undo_restores_it(company, sql):
    run = start_renewal(company, sql, ends_in=200)
    choose_scenario(company.csm, run, seats=80, uplift=0)
    proposal = propose(company.csm, run, "downgraded")["contract"]
    with assert_refused("PT400", "The next term starts on one of the days shown"):
        close(company.csm, sql, run, accept(proposal, starts_on=in_days(100).isoformat()), "downgraded")
    done = close(company.csm, sql, run, accept(proposal, starts_on=date.today().isoformat()), "downgraded")
    before, after = contracts(sql, run)
    assert (before["ends_on"], after["starts_on"], after["arr"]) == (date.today(), date.today(), 36_000)
    current = company.csm.client.table("current_contracts").select("arr")
    assert current.eq("customer_id", str(customer_of(sql, run))).execute().data == [{"arr": 36_000}]
    undo(company.csm, done)
    assert [(row["id"], row["ends_on"]) for row in contracts(sql, run)] == [(before["id"], in_days(200))]


def test_an_expansion_in_the_middle_of_a_term_starts_today_or_on_the_renewal_date(company, sql):
    run = start_renewal(company, sql, category="expansion", ends_in=200)
    choose_scenario(company.csm, run, seats=130, uplift=0)
    proposal = propose(company.csm, run, "expanded")["contract"]
    assert (proposal["next"]["starts_on"], proposal["starts"]) == (
        date.today().isoformat(), [date.today().isoformat(), in_days(200).isoformat()],
    )  # fmt: skip
    close(company.csm, sql, run, accept(proposal, starts_on=in_days(200).isoformat()), "expanded")
    before, after = contracts(sql, run)
    assert (before["ends_on"], after["starts_on"]) == (in_days(200), in_days(200))


def test_a_lost_customer_is_churned_and_back_after_undo(company, run, sql):
    assert propose(company.csm, run, "churned") == NOTHING | {"status": "churned"}
    done = close(company.csm, sql, run, {"status": "churned"}, "churned")
    status = "select status from public.customers where id = %s"
    assert fetch_value(sql, status, customer_of(sql, run)) == "churned"
    undo(company.csm, done)
    assert fetch_value(sql, status, customer_of(sql, run)) == "active"


@pytest.mark.parametrize("way", ["snoozed", "escalated"])
def test_undo_leads_back_to_where_the_run_was(company, run, sql, way):
    choose_scenario(company.csm, run)
    if way == "snoozed":
        snooze(company.csm, run)
    else:
        escalate(company.csm, run, company.manager)
    done = close(company.csm, sql, run, accept(propose(company.csm, run)["contract"]))
    undo(company.csm, done)
    assert fetch_execution(sql, run)["status"] == way
    table = {"snoozed": "workflow_snoozes", "escalated": "workflow_escalations"}[way]
    still_open = f"select count(*) from public.{table} where execution_id = %s and ended_at is null"
    assert fetch_value(sql, still_open, run) == 1


# Within what was agreed


@pytest.mark.parametrize(
    ("edit", "is_allowed"),
    [
        ({"seats": 130}, True),
        ({"seats": 119}, False),
        ({"annual_price_per_seat": 530}, True),
        ({"annual_price_per_seat": 524.99}, False),
        ({"discount_percent": 9}, True),
        ({"discount_percent": 10.01}, False),
        ({"notice_days": 30, "auto_renews": False}, True),
        ({"notice_days": 366}, False),
        ({"seats": None}, False),
        ({"seats": "many"}, False),
        ({"term_months": 36}, False),
        ({"arr": 1}, False),
    ],
)
def test_terms_are_edited_within_what_was_agreed(company, run, sql, edit, is_allowed):
    choose_scenario(company.csm, run)
    changes = accept(propose(company.csm, run)["contract"], **edit)
    if not is_allowed:
        with assert_refused("PT400"):
            close(company.csm, sql, run, changes)
        assert (len(contracts(sql, run)), fetch_execution(sql, run)["status"]) == (1, "active")
        return
    close(company.csm, sql, run, changes)
    assert {name: contracts(sql, run)[1][name] for name in edit} == edit


def test_a_price_beyond_ones_limit_is_a_contract_once_it_is_approved(company, run, sql):
    choose_scenario(company.csm, run, discount=18)
    proposal = propose(company.csm, run)["contract"]
    assert proposal["approval"] == "waiting"
    for who in (company.csm, company.manager):
        with assert_refused("PT403", "not approved yet"):
            close(who, sql, run, accept(proposal))
    asked = "select id from public.price_approvals where execution_id = %s and superseded_at is null"
    decision = {"p_id": str(fetch_value(sql, asked, run)), "p_approve": True}
    call_rpc(company.manager, "decide_price_approval", **decision)
    proposal = propose(company.csm, run)["contract"]
    assert proposal["approval"] == "approved"
    close(company.csm, sql, run, accept(proposal))
    assert contracts(sql, run)[1]["discount_percent"] == 18


def test_a_denied_price_is_no_contract(company, run, sql):
    choose_scenario(company.csm, run, discount=18)
    asked = "select id from public.price_approvals where execution_id = %s and superseded_at is null"
    decision = {"p_id": str(fetch_value(sql, asked, run)), "p_approve": False, "p_reason": "Too low."}
    call_rpc(company.manager, "decide_price_approval", **decision)
    proposal = propose(company.csm, run)["contract"]
    assert proposal["approval"] == "denied"
    with assert_refused("PT403", "denied"):
        close(company.csm, sql, run, accept(proposal))


def test_what_was_not_proposed_is_not_written(company, run, sql):
    for changes in ({"status": "churned"}, {"contact": {"id": str(uuid.uuid4())}}, {"contract": {"seats": 1}}):
        with assert_refused("PT409", "changed since this was shown"):
            close(company.csm, sql, run, changes)
    for changes in ({}, None, [], {"owner_id": str(company.manager.id)}):
        with assert_refused("PT400"):
            close(company.csm, sql, run, changes)
    assert fetch_execution(sql, run)["status"] == "active"


def test_a_contract_changed_since_it_was_shown_is_not_replaced(company, run, sql):
    choose_scenario(company.csm, run)
    changes = accept(propose(company.csm, run)["contract"])
    sql.execute("update public.contracts set seats = 101 where customer_id = %s", [customer_of(sql, run)])
    with assert_refused("PT409", "changed since this was shown"):
        close(company.csm, sql, run, changes)
    assert (len(contracts(sql, run)), fetch_execution(sql, run)["status"]) == (1, "active")


# Who


def test_only_the_owner_a_deputy_and_leaders_change_the_book(company, strangers, run, sql):
    choose_scenario(company.csm, run)
    changes = accept(propose(company.csm, run)["contract"])
    with assert_refused("PT403"):
        close(company.other_csm, sql, run, changes)
    with assert_refused("PT404"):
        close(strangers.admin, sql, run, changes)
    to = {"p_to": str(company.other_csm.id), "p_key": str(uuid.uuid4())}
    call_rpc(company.csm, "reassign_execution", p_execution_id=run, **to)
    with assert_refused("PT403", "Only the owner of this customer and managers"):
        close(company.other_csm, sql, run, changes)
    assert fetch_execution(sql, run)["status"] == "active"
    assert close(company.manager, sql, run, changes)["kind"] == "close"


def test_a_deputy_closes_for_who_is_away(company, run, sql):
    choose_scenario(company.csm, run)
    days = {"p_starts_on": date.today().isoformat(), "p_ends_on": in_days(3).isoformat()}
    call_rpc(
        company.manager, "save_absence", p_person_id=str(company.csm.id), p_deputy_id=str(company.other_csm.id), **days
    )
    try:
        done = close(company.other_csm, sql, run, accept(propose(company.other_csm, run)["contract"]))
        assert undo(company.other_csm, done)["repeated"] is False
    finally:
        call_rpc(company.manager, "end_absence", p_person_id=str(company.csm.id))


# Undo


def test_undo_is_refused_once_a_row_has_changed_and_changes_nothing(company, run, sql):
    choose_scenario(company.csm, run)
    done = close(company.csm, sql, run, accept(propose(company.csm, run)["contract"]))
    sql.execute("update public.contracts set seats = 125 where id = %s", [contracts(sql, run)[1]["id"]])
    with assert_refused("PT409", "has changed since"):
        undo(company.csm, done)
    assert (len(contracts(sql, run)), fetch_execution(sql, run)["status"]) == (2, "completed")


def test_undo_is_refused_after_a_day_after_a_reopening_and_to_a_colleague(company, run, sql):
    choose_scenario(company.csm, run)
    done = close(company.csm, sql, run, accept(propose(company.csm, run)["contract"]))
    with assert_refused("PT403"):
        undo(company.other_csm, done)
    sql.execute(
        "update public.saved_action_runs set created_at = now() - interval '25 hours' where id = %s", [done["run_id"]]
    )
    with assert_refused("PT409", "more than 24 hours"):
        undo(company.csm, done)
    other = start_renewal(company, sql)
    choose_scenario(company.csm, other)
    done = close(company.csm, sql, other, accept(propose(company.csm, other)["contract"]))
    call_rpc(company.csm, "reopen_execution", p_execution_id=other, p_reason="One more thing.")
    with assert_refused("PT409", "reopened"):
        undo(company.csm, done)


def test_undo_is_refused_to_a_former_deputy_who_still_works_on_the_run(company, run, sql):
    choose_scenario(company.csm, run)
    call_rpc(
        company.manager, "save_absence", p_person_id=str(company.csm.id), p_deputy_id=str(company.other_csm.id),
        p_starts_on=date.today().isoformat(), p_ends_on=in_days(3).isoformat(),
    )  # fmt: skip
    try:
        to = {"p_to": str(company.other_csm.id), "p_key": str(uuid.uuid4())}
        call_rpc(company.csm, "reassign_execution", p_execution_id=run, **to)
        done = close(company.other_csm, sql, run, accept(propose(company.other_csm, run)["contract"]))
    finally:
        call_rpc(company.manager, "end_absence", p_person_id=str(company.csm.id))
    with assert_refused("PT403", "Only the owner of this customer and managers"):
        undo(company.other_csm, done)
    assert (len(contracts(sql, run)), fetch_execution(sql, run)["status"]) == (2, "completed")


def test_undo_is_refused_once_the_history_of_a_row_is_gone(stack, sql):
    company = Company.create(sql, "Erased Company")
    run = start_renewal(company, sql, ends_in=200)
    choose_scenario(company.csm, run, seats=80)
    done = close(company.csm, sql, run, accept(propose(company.csm, run, "downgraded")["contract"]), "downgraded")
    sql.execute("delete from public.row_changes where source_id = %s and operation = 'insert'", [done["run_id"]])
    with assert_refused("PT409", "was erased since"):
        undo(company.csm, done)
    assert len(contracts(sql, run)) == 2


def test_undo_is_refused_once_a_new_run_has_started(company, run, sql):
    choose_scenario(company.csm, run)
    done = close(company.csm, sql, run, accept(propose(company.csm, run)["contract"]))
    started = {"p_workflow_id": fetch_execution(sql, run)["workflow_id"], "p_customer_id": str(customer_of(sql, run))}
    call_rpc(company.csm, "start_workflow", **started)
    with assert_refused("PT409", "A new run of this workflow"):
        undo(company.csm, done)
    assert len(contracts(sql, run)) == 2
