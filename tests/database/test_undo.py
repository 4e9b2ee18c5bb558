"""Taking back, for a day, what can be taken back; refused with a sentence when the world has moved on."""

from uuid import uuid4

import pytest

from tests.database.action_calls import (
    end_snooze,
    escalate,
    fetch_event_kinds,
    fetch_execution,
    fetch_snoozes,
    hand_back,
    skip,
    snooze,
    undo,
)
from tests.database.factories import Sql, fetch_value, insert_customer, publish_next_version, publish_workflow
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company


@pytest.fixture
def company(books: Company) -> Company:
    return books


def a_day_later(sql: Sql, done: dict, hours: int = 24) -> None:
    older = "update public.saved_action_runs set created_at = now() - make_interval(hours => %s) where id = %s"
    sql.execute(older, [hours, done["run_id"]])


def step_status(sql: Sql, run: str) -> str:
    return fetch_value(sql, "select status from public.workflow_step_executions where execution_id = %s", run)


def complete(company: Company, sql: Sql, run: str) -> None:
    end = {"p_revision": fetch_execution(sql, run)["revision"], "p_outcome_code": "renewed", "p_amount": 1}
    call_rpc(company.csm, "complete_workflow", p_execution_id=run, **end)


def test_undone_twice_is_undone_once(company, sql, new_run):
    run = new_run(company)
    done = snooze(company.csm, run)
    first, second = undo(company.csm, done), undo(company.csm, done)
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert fetch_event_kinds(sql, run) == ["started", "snoozed", "undone"]


def test_undone_by_several_at_once_is_undone_once(company, sql, new_run):
    run = new_run(company)
    done = snooze(company.csm, run)
    people = [company.csm, company.manager, company.admin] * 2
    answers = run_concurrently([lambda who=who: undo(who, done) for who in people])
    assert sorted(each["repeated"] for each in answers) == [False, *[True] * 5]
    assert fetch_event_kinds(sql, run) == ["started", "snoozed", "undone"]


def test_after_a_day_it_can_no_longer_be_undone(company, sql, new_run):
    run = new_run(company)
    done = skip(company.csm, run)
    a_day_later(sql, done)
    with assert_refused("PT409", "This was done more than 24 hours ago and can no longer be undone."):
        undo(company.csm, done)
    assert fetch_execution(sql, run)["status"] == "skipped"
    assert call_rpc(company.csm, "workflow_run", p_execution_id=run)["undoable"] == []


def test_within_the_day_the_run_says_what_can_be_undone(company, sql, new_run):
    run = new_run(company)
    done = skip(company.csm, run)
    offered = call_rpc(company.csm, "workflow_run", p_execution_id=run)["undoable"]
    assert [each["run_id"] for each in offered] == [done["run_id"]]
    assert call_rpc(company.other_csm, "workflow_run", p_execution_id=run)["undoable"] == []
    a_day_later(sql, done, hours=23)
    undo(company.manager, done)


def test_the_owner_of_a_run_does_not_undo_what_a_manager_did(company, sql, new_run):
    run = new_run(company)
    done = snooze(company.manager, run)
    with assert_refused("PT403", "Only the person who did this or a manager can undo it."):
        undo(company.csm, done)
    assert fetch_execution(sql, run)["status"] == "snoozed"
    undo(company.manager, done)
    assert fetch_execution(sql, run)["status"] == "active"


def test_an_escalation_and_the_steps_of_an_action_cannot_be_undone(company, new_run):
    run = new_run(company)
    done = escalate(company.csm, run, company.manager)
    assert done["can_undo"] is False
    with assert_refused("PT409", "This cannot be undone."):
        undo(company.csm, done)


@pytest.mark.parametrize("since", ["woken", "escalated", "skipped", "completed", "put away anew"])
def test_a_snooze_that_was_followed_by_something_else_stays(company, sql, new_run, since):
    run = new_run(company)
    done = snooze(company.csm, run)
    if since == "woken":
        end_snooze(sql, run)
        call_rpc(company.csm, "wake_execution", p_execution_id=run)
    elif since == "escalated":
        escalate(company.csm, run, company.manager)
    elif since == "skipped":
        skip(company.csm, run)
    elif since == "completed":
        complete(company, sql, run)
    else:
        snooze(company.csm, run)
    before = (fetch_execution(sql, run), fetch_snoozes(sql, run))
    with assert_refused("PT409", "This can no longer be undone. That snooze has ended."):
        undo(company.csm, done)
    assert (fetch_execution(sql, run), fetch_snoozes(sql, run)) == before


def test_saving_while_it_is_put_away_does_not_stand_in_the_way(company, sql, new_run):
    run = new_run(company)
    done = snooze(company.csm, run)
    call_rpc(
        company.csm, "save_step", p_execution_id=run, p_slide_id="greeting", p_answers={"goal": "calm"}, p_revision=0
    )
    assert undo(company.csm, done)["revision"] == 4
    assert fetch_execution(sql, run)["status"] == "active"


def test_an_undone_skip_is_put_away_again_where_it_was_before(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    done = skip(company.csm, run)
    undo(company.csm, done)
    assert fetch_execution(sql, run)["status"] == "snoozed"
    assert [each["ended_by"] for each in fetch_snoozes(sql, run)] == [None]


def test_a_skip_is_not_undone_once_the_run_was_opened_or_another_begun(company, sql, new_run):
    run = new_run(company)
    done = skip(company.csm, run)
    customer = str(fetch_execution(sql, run)["customer_id"])
    newer = call_rpc(company.csm, "start_workflow", p_workflow_id="renewal-run", p_customer_id=customer)
    assert newer["created"] is True
    with assert_refused("PT409", "A new run of this workflow has started since."):
        undo(company.csm, done)
    with assert_refused("PT409", "A newer run of this workflow is open for this customer."):
        call_rpc(company.csm, "reopen_execution", p_execution_id=run, p_reason="Mine.")
    skip(company.csm, newer["execution_id"])
    call_rpc(company.csm, "reopen_execution", p_execution_id=run, p_reason="After all.")
    with assert_refused("PT409", "The run has been reopened since."):
        undo(company.csm, done)
    again = skip(company.csm, run)
    with assert_refused("PT409", "The run has been reopened since."):
        undo(company.csm, done)
    undo(company.csm, again)
    assert fetch_execution(sql, run)["status"] == "active"


def test_a_slide_left_out_is_as_it_was_before(company, sql, new_run):
    run = new_run(company)
    saved = {"p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0, "p_status": "done"}
    call_rpc(company.csm, "save_step", p_execution_id=run, **saved)
    done = skip(company.csm, run, slide="greeting")
    assert step_status(sql, run) == "skipped"
    undo(company.csm, done)
    assert (step_status(sql, run), fetch_execution(sql, run)["current_slide"]) == ("done", "greeting")


def test_a_slide_that_was_worked_on_since_stays(company, sql, new_run):
    run = new_run(company)
    done = skip(company.csm, run, slide="greeting")
    call_rpc(company.csm, "unskip_slide", p_execution_id=run, p_slide_id="greeting")
    with assert_refused("PT409", "The slide has changed since."):
        undo(company.csm, done)
    complete(company, sql, run)
    with assert_refused("PT409", "The run has ended since."):
        undo(company.csm, done)


def test_a_slide_the_run_no_longer_has_stays(company, sql, new_run):
    definition = publish_workflow(sql, company.id, "shrinking", slides=["greeting", "review-account", "summary"])
    run = begin(company, sql, "shrinking")
    done = skip(company.csm, run, slide="greeting")
    words = "update public.workflow_definitions set slide_sequence = '{review-account,summary}' where id = %s"
    sql.execute(words, [definition])
    version = str(publish_next_version(sql, definition))
    move(company, run, version, 2)
    with assert_refused("PT409", "The run has moved to another version since."):
        undo(company.csm, done)


def begin(company: Company, sql: Sql, workflow: str) -> str:
    customer = str(insert_customer(sql, company.id, company.csm.id))
    return call_rpc(company.csm, "start_workflow", p_workflow_id=workflow, p_customer_id=customer)["execution_id"]


def move(company: Company, run: str, version: str, revision: int) -> dict:
    arguments = {"p_execution_id": run, "p_version_id": version, "p_revision": revision, "p_key": str(uuid4())}
    return call_rpc(company.csm, "move_to_version", **arguments)


@pytest.mark.parametrize("since", ["put away and woken", "escalated again", "completed"])
def test_a_hand_back_that_was_followed_by_something_else_stays(company, sql, new_run, since):
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    back = hand_back(company.manager, sql, run)
    if since == "put away and woken":
        snooze(company.csm, run)
        call_rpc(company.csm, "wake_execution", p_execution_id=run)
    elif since == "escalated again":
        escalate(company.csm, run, company.admin)
    else:
        complete(company, sql, run)
    with assert_refused("PT409", "The run has changed since it was handed back."):
        undo(company.manager, back)


def test_a_hand_back_by_somebody_who_left_stays(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    escalate(company.csm, run, company.other_csm)
    back = hand_back(company.other_csm, sql, run)
    sql.execute("update public.profiles set is_active = false where id = %s", [company.other_csm.id])
    with assert_refused("PT409", "The person it was assigned to has left the company."):
        undo(company.manager, back)
