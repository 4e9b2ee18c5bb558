"""Whose a run is: its customer's owner's, whoever starts it; and theirs to whom it is reassigned."""

import uuid
from typing import Any

import pytest

from tests.database.action_calls import (
    escalate,
    fetch_event_kinds,
    fetch_events,
    fetch_execution,
    global_action_id,
    run_action,
    skip,
    snooze,
    undo,
)
from tests.database.factories import AccountFactory, Sql, fetch_rows, fetch_value, insert_customer, publish_workflow
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company, Member

RUNS_OF = "select * from public.workflow_executions where customer_id = %s"
WORKFLOW = "our-renewal"


def start(who: Member, customer: Any, workflow: str = WORKFLOW) -> Any:
    return call_rpc(who, "start_workflow", p_workflow_id=workflow, p_customer_id=str(customer))


def reassign(who: Member, run: str, to: Member, key: str = "") -> Any:
    arguments = {"p_to": str(to.id), "p_key": key or str(uuid.uuid4())}
    return call_rpc(who, "reassign_execution", p_execution_id=run, **arguments)


def resumable(who: Member) -> list[str]:
    """On Today: on the list, or among the runs to resume."""
    shown = call_rpc(who, "zen_dashboard")
    return [run["execution_id"] for run in (*shown["items"], *shown["open_runs"]) if run["execution_id"]]


@pytest.fixture
def customer(company: Company, sql: Sql, today: Any) -> str:
    publish_workflow(sql, company.id, WORKFLOW)
    account = AccountFactory(sql, company.id, company.csm.id, day=today)
    account.insert_contract(notice_in=30, seats=3000)
    return str(account.id)


@pytest.mark.parametrize("starter", ["csm", "manager", "admin"])
def test_a_run_is_its_customers_owners_whoever_starts_it(company, sql, customer, starter):
    who = getattr(company, starter)
    run = start(who, customer)["execution_id"]
    row = fetch_execution(sql, run)
    assert (row["owner_id"], row["assigned_to"]) == (company.csm.id, None)
    assert [event["actor_id"] for event in fetch_events(sql, run)] == [who.id]
    assert resumable(company.csm) == [run]
    saved = {"p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0}
    call_rpc(company.csm, "save_step", p_execution_id=run, **saved)


def test_a_run_begun_by_an_action_of_a_manager_is_the_customers_owners(company, sql, customer):
    done = run_action(
        company.manager,
        "escalate",
        None,
        {"to": str(company.admin.id), "severity": "high", "ask": "May we?"},
        customer_id=customer,
        workflow_id=WORKFLOW,
    )
    assert fetch_execution(sql, done["execution_id"])["owner_id"] == company.csm.id


def test_a_run_follows_its_customer_to_another_owner(company, sql, customer):
    ended = start(company.csm, customer)["execution_id"]
    skip(company.csm, ended)
    run = start(company.csm, customer)["execution_id"]
    reassign(company.csm, run, company.other_csm)
    before = fetch_execution(sql, run)
    company.manager.client.table("customers").update({"owner_id": str(company.other_csm.id)}).eq(
        "id", customer
    ).execute()
    assert {row["owner_id"] for row in fetch_rows(sql, RUNS_OF, customer)} == {company.other_csm.id}
    after = fetch_execution(sql, run)
    assert (after["assigned_to"], after["revision"]) == (None, before["revision"])
    told = fetch_events(sql, run)[-1]
    assert (told["kind"], told["actor_id"]) == ("owner_changed", company.manager.id)
    assert told["payload"]["set"] == {"owner_id": str(company.other_csm.id), "assigned_to": None}
    snooze(company.other_csm, run)
    with assert_refused("PT403", "belongs to a colleague"):
        snooze(company.csm, run)


@pytest.mark.parametrize("who", ["owner", "assignee"])
def test_owner_and_assignee_both_write_a_reassigned_run(company, sql, customer, who):
    run = start(company.csm, customer)["execution_id"]
    reassign(company.csm, run, company.other_csm)
    one = company.csm if who == "owner" else company.other_csm
    assert resumable(one) == [run]
    found = call_rpc(one, "workflow_run", p_execution_id=run)
    assert (found["may_write"], found["owner_name"], found["assigned_to_name"]) == (
        True,
        company.csm.full_name,
        company.other_csm.full_name,
    )
    saved = {"p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0}
    call_rpc(one, "save_step", p_execution_id=run, **saved)
    table = one.client.table("workflow_executions")
    assert table.update({"current_slide": "summary", "revision": 4}).eq("id", run).execute().data
    undo(one, snooze(one, run))
    undo(one, skip(one, run))
    escalate(one, run, company.manager)
    escalation = call_rpc(one, "inbox")["escalations"][0]["escalation_id"]
    call_rpc(one, "comment_escalation", p_escalation_id=escalation, p_body="Soon.")
    assert run in {each["execution_id"] for each in call_rpc(one, "zen_dashboard")["escalations"]}


def test_a_snoozed_run_is_in_the_inbox_of_owner_and_assignee(company, customer):
    run = start(company.csm, customer)["execution_id"]
    reassign(company.csm, run, company.other_csm)
    snooze(company.other_csm, run)
    for one in (company.csm, company.other_csm):
        assert [(row["id"], row["assigned_to_name"]) for row in call_rpc(one, "inbox")["snoozed"]] == [
            (run, company.other_csm.full_name)
        ]


def test_the_assignee_passes_it_on_or_back_to_its_owner(company, sql, customer):
    run = start(company.csm, customer)["execution_id"]
    reassign(company.csm, run, company.other_csm)
    reassign(company.other_csm, run, company.csm)
    assert fetch_execution(sql, run)["assigned_to"] is None
    with assert_refused("PT403", "belongs to a colleague"):
        snooze(company.other_csm, run)


def test_undo_of_a_reassignment_restores_who_had_it_and_withdraws_the_notice(company, sql, customer):
    run = start(company.csm, customer)["execution_id"]
    reassign(company.csm, run, company.other_csm)
    before = fetch_execution(sql, run)
    done = reassign(company.other_csm, run, company.manager)
    assert len(call_rpc(company.manager, "inbox")["notices"]) == 1
    undo(company.other_csm, done)
    after = fetch_execution(sql, run)
    assert (after["owner_id"], after["assigned_to"]) == (before["owner_id"], before["assigned_to"])
    assert call_rpc(company.manager, "inbox")["notices"] == []
    assert len(call_rpc(company.other_csm, "inbox")["notices"]) == 1


def test_a_reassignment_followed_by_another_is_not_undone(company, sql, customer):
    run = start(company.csm, customer)["execution_id"]
    done = reassign(company.csm, run, company.other_csm)
    reassign(company.csm, run, company.manager)
    with assert_refused("PT409", "The run has been reassigned"):
        undo(company.csm, done)


def test_reassigning_twice_by_one_click_is_reassigning_once(company, sql, customer):
    run, key = start(company.csm, customer)["execution_id"], str(uuid.uuid4())
    first = reassign(company.csm, run, company.other_csm, key)
    second = reassign(company.csm, run, company.other_csm, key)
    assert (first["run_id"], second["repeated"]) == (second["run_id"], True)
    assert fetch_event_kinds(sql, run) == ["started", "reassigned"]


def test_no_run_starts_for_a_customer_who_left(company, sql, customer):
    sql.execute("update public.customers set status = 'churned' where id = %s", [customer])
    for who in (company.csm, company.manager):
        with assert_refused("PT409", "Acme is no longer a customer."):
            start(who, customer)
    subject = {"customer_id": customer, "workflow_id": WORKFLOW}
    with assert_refused("PT409", "is no longer a customer"):
        run_action(company.csm, "skip", None, {"reason": "duplicate"}, **subject)


@pytest.mark.parametrize("starter", ["csm", "other_csm", "manager"])
def test_a_run_is_not_begun_by_a_plain_write(company, strangers, sql, customer, starter):
    who = getattr(company, starter)
    version = fetch_value(sql, "select id from public.workflow_definition_versions where company_id = %s", company.id)
    pinned = {"workflow_id": WORKFLOW, "definition_version_id": str(version), "current_slide": "greeting"}
    theirs = str(insert_customer(sql, strangers.id, strangers.csm.id))
    for forged in ({}, {"owner_id": str(who.id)}, {"assigned_to": str(who.id)}, {"due_on": "2031-01-01"},
                   {"customer_id": theirs}):  # fmt: skip
        row = {"company_id": str(company.id), "customer_id": customer, "owner_id": str(company.csm.id)} | pinned
        with assert_refused("42501"):
            who.client.table("workflow_executions").insert(row | forged).execute()
    run = start(company.csm, customer)["execution_id"]
    for forged in ({"owner_id": str(who.id)}, {"assigned_to": str(who.id)}, {"due_on": "2031-01-01"}):
        with assert_refused("42501"):
            who.client.table("workflow_executions").update(forged | {"revision": 2}).eq("id", run).execute()


def test_owner_and_assignee_in_the_subject_of_an_action_change_nothing(company, sql, customer):
    me = str(company.other_csm.id)
    forged = {"owner_id": me, "assigned_to": me, "created": True, "due_on": "2031-01-01"}
    done = run_action(
        company.manager, "skip", None, {"reason": "duplicate"}, customer_id=customer, workflow_id=WORKFLOW, **forged
    )
    row = fetch_execution(sql, done["execution_id"])
    assert (row["owner_id"], row["assigned_to"]) == (company.csm.id, None)
    assert str(row["due_on"]) != "2031-01-01"


def test_a_run_that_was_there_is_not_taken_back_whatever_the_subject_says(company, sql, customer):
    run = start(company.csm, customer)["execution_id"]
    arguments = {"p_subject": {"execution_id": run, "created": True}, "p_parameters": {"reason": "duplicate"}}
    action = global_action_id(company.csm, "skip")
    done = call_rpc(company.csm, "run_saved_action", p_action_id=action, p_key=str(uuid.uuid4()), **arguments)
    undo(company.csm, done)
    assert fetch_execution(sql, run)["status"] == "active"


@pytest.mark.parametrize("workflow", ["start_workflow", "start_workflow_with_answers"])
def test_a_colleagues_or_a_strangers_customer_starts_nothing(company, strangers, sql, customer, workflow):
    arguments = {"p_workflow_id": WORKFLOW, "p_customer_id": customer}
    with assert_refused("PT403", "belongs to a colleague"):
        call_rpc(company.other_csm, workflow, **arguments)
    with assert_refused("PT404", "This customer does not exist"):
        call_rpc(strangers.manager, workflow, **arguments)
    assert fetch_rows(sql, RUNS_OF, customer) == []


def test_an_action_of_the_company_on_a_customer_starts_no_run(company, sql, customer):
    action = fetch_value(
        sql,
        """insert into public.saved_actions (company_id, kind, name, parameters)
           values (%s, 'custom', 'Note it', '{"steps": [{"do": "add_note", "body": "We spoke."}]}') returning id""",
        company.id,
    )
    done = run_action(company.csm, "custom", None, {}, action=str(action), customer_id=customer, workflow_id=WORKFLOW)
    assert (done["execution_id"], done["customer_id"]) == (None, customer)
    assert fetch_rows(sql, RUNS_OF, customer) == []


def test_a_customer_changes_hands_while_its_owner_works_on_it(company, sql, customer):
    run = start(company.csm, customer)["execution_id"]
    people = [company.csm, company.other_csm]
    table = company.manager.client.table("customers")

    def hand_over(to: Member) -> str:
        table.update({"owner_id": str(to.id)}).eq("id", customer).execute()
        return "handed over"

    def save(who: Member, n: int) -> Any:
        answers = {"p_answers": {"goal": f"{n}"}, "p_revision": n}
        return call_rpc(who, "save_step", p_execution_id=run, p_slide_id="greeting", **answers)

    jobs = [lambda n=n: hand_over(people[n % 2]) for n in range(6)]
    jobs += [lambda n=n: save(people[n % 2], n // 2) for n in range(6)]
    jobs += [lambda n=n: snooze(people[n % 2], run) for n in range(4)]
    refused = {answer for answer in run_concurrently(jobs) if isinstance(answer, str)} - {"handed over"}
    assert refused <= {"PT403", "PT409"}
    owner = fetch_value(sql, "select owner_id from public.customers where id = %s", customer)
    assert fetch_execution(sql, run)["owner_id"] == owner
