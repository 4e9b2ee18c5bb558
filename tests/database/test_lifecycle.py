"""The table of transitions: what it allows is done, all else is refused with a sentence."""

import uuid
from collections.abc import Callable
from itertools import product
from typing import Any

import psycopg
import pytest

from lib.auth.model import Role
from tests.database.action_calls import (
    escalate,
    fetch_events,
    fetch_execution,
    hand_back,
    redirect,
    skip,
    snooze,
    withdraw,
)
from tests.database.factories import (
    Sql,
    fetch_rows,
    fetch_value,
    insert_customer,
    publish_next_version,
    publish_workflow,
)
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

STATUSES = ("active", "snoozed", "escalated", "completed", "skipped", "abandoned")
Act = Callable[[Company, Sql, str], Any]


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture(scope="module")
def allowed(sql: Sql) -> set[tuple[str, str | None, str]]:
    table = fetch_rows(sql, "select action, from_status, to_status from private.execution_transitions")
    return {(row["action"], row["from_status"], row["to_status"]) for row in table}


@pytest.fixture
def run_in(sql: Sql, company: Company) -> Callable[[str], str]:
    """A run that came into a status as runs do, of a workflow that has a newer version, once escalated before."""

    def make(status: str) -> str:
        workflow = f"living-{uuid.uuid4()}"
        definition = publish_workflow(sql, company.id, workflow)
        customer = str(insert_customer(sql, company.id, company.csm.id))
        run = call_rpc(company.csm, "start_workflow", p_workflow_id=workflow, p_customer_id=customer)["execution_id"]
        publish_next_version(sql, definition)
        escalate(company.csm, run, company.manager)
        hand_back(company.manager, sql, run)
        into: dict[str, Callable[[], Any]] = {
            "active": lambda: None,
            "snoozed": lambda: snooze(company.csm, run),
            "escalated": lambda: escalate(company.csm, run, company.manager),
            "completed": lambda: complete(company, sql, run),
            "skipped": lambda: skip(company.csm, run),
            "abandoned": lambda: abandon(sql, run),
        }
        into[status]()
        assert fetch_execution(sql, run)["status"] == status
        return str(run)

    return make


def complete(company: Company, sql: Sql, run: str) -> Any:
    end = {"p_revision": fetch_execution(sql, run)["revision"], "p_outcome_code": "renewed", "p_amount": 1}
    return call_rpc(company.csm, "complete_workflow", p_execution_id=run, **end)


def abandon(sql: Sql, run: str) -> None:
    given_up = "update public.workflow_executions set status = 'abandoned', revision = revision + 1 where id = %s"
    sql.execute(given_up, [run])


def save(company: Company, _sql: Sql, run: str) -> Any:
    answers = {"p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0}
    return call_rpc(company.csm, "save_step", p_execution_id=run, **answers)


def move(company: Company, sql: Sql, run: str) -> Any:
    row = fetch_execution(sql, run)
    newest = """
        select n.id from public.workflow_definition_versions v
        join public.workflow_definition_versions n on n.definition_id = v.definition_id
        where v.id = %s order by n.version desc limit 1"""
    version = str(fetch_value(sql, newest, row["definition_version_id"]))
    arguments = {"p_execution_id": run, "p_version_id": version, "p_revision": row["revision"]}
    return call_rpc(company.csm, "move_to_version", **arguments, p_key=str(uuid.uuid4()))


def reassign(company: Company, _sql: Sql, run: str) -> Any:
    arguments = {"p_to": str(company.other_csm.id), "p_key": str(uuid.uuid4())}
    return call_rpc(company.csm, "reassign_execution", p_execution_id=run, **arguments)


ACTS: dict[str, Act] = {
    "save": save,
    "complete": complete,
    "snooze": lambda company, _sql, run: snooze(company.csm, run),
    "wake": lambda company, _sql, run: call_rpc(company.csm, "wake_execution", p_execution_id=run),
    "skip": lambda company, _sql, run: skip(company.csm, run),
    "escalate": lambda company, _sql, run: escalate(company.csm, run, company.manager),
    "hand_back": lambda company, sql, run: hand_back(company.manager, sql, run),
    "withdraw": lambda company, sql, run: withdraw(company.csm, sql, run),
    "redirect": lambda company, sql, run: redirect(company.csm, sql, run, company.admin),
    "reopen": lambda company, _sql, run: call_rpc(
        company.csm, "reopen_execution", p_execution_id=run, p_reason="Again."
    ),
    "reassign": reassign,
    "abandon": lambda company, _sql, run: call_rpc(
        company.csm, "abandon_execution", p_execution_id=run, p_key=str(uuid.uuid4())
    ),
    "move_version": move,
}


def test_every_action_of_the_table_is_tried(allowed):
    assert {action for action, _, _ in allowed} == set(ACTS) | {"start", "undo"}


@pytest.mark.parametrize(("action", "status"), list(product(ACTS, STATUSES)))
def test_an_action_is_taken_where_the_table_allows_it_and_refused_elsewhere(
    company, sql, run_in, allowed, action, status
):
    run = run_in(status)
    before, goes = fetch_execution(sql, run), {to for act, start, to in allowed if (act, start) == (action, status)}
    if goes:
        ACTS[action](company, sql, run)
        after = fetch_execution(sql, run)
        assert (after["status"] in goes, after["revision"]) == (True, before["revision"] + 1)
        return
    with assert_refused("PT409") as caught:
        ACTS[action](company, sql, run)
    assert (caught.value.message or "").endswith(".")
    assert "_" not in (caught.value.message or "_")
    assert fetch_execution(sql, run) == before


def test_no_other_step_is_allowed_by_the_guard(sql, company, new_run, allowed):
    run = new_run(company)
    actions = {action for action, _, _ in allowed}
    for action, start, to in product(actions, STATUSES, STATUSES):
        ask = """
            select private.require_transition(%s, jsonb_populate_record(e, jsonb_build_object('status', %s::text)), %s)
            from public.workflow_executions e where e.id = %s"""
        passes = True
        try:
            sql.execute(ask, [action, start, to, run])
        except psycopg.Error as error:
            passes = error.sqlstate != "PT409"
        assert passes == ((action, start, to) in allowed), (action, start, to)


def test_the_function_answers_the_table(company, allowed):
    told = call_rpc(company.csm, "execution_lifecycle")
    assert {(row["action"], row["from_status"], row["to_status"]) for row in told} == allowed


def test_a_reopened_run_keeps_in_its_story_how_it_had_ended(company, sql, run_in):
    run = run_in("completed")
    call_rpc(company.csm, "reopen_execution", p_execution_id=run, p_reason="They came back.")
    row, told = fetch_execution(sql, run), fetch_events(sql, run)[-1]
    assert (row["outcome_code"], row["outcome_amount"], row["ended_at"]) == (None, None, None)
    assert (told["kind"], told["payload"]["was"]["outcome_code"]) == ("reopened", "renewed")
    assert told["payload"]["reason"] == "They came back."


def test_whoever_is_given_a_run_is_told_and_may_go_on(company, sql, new_run):
    run = new_run(company)
    reassign(company, sql, run)
    told = [each["body"] for each in call_rpc(company.other_csm, "inbox")["notices"] if each["execution_id"] == run]
    assert told == [f"{company.csm.full_name} assigned you the run “Our renewal” for Acme."]
    snooze(company.other_csm, run)
    snooze(company.csm, run)
    with assert_refused("PT403", "belongs to a colleague"):
        snooze(company.join("Tariq Haddad", Role.CSM), run)


def test_given_to_whoever_has_it_nothing_happens(company, sql, new_run):
    run = new_run(company)
    arguments = {"p_to": str(company.csm.id), "p_key": str(uuid.uuid4())}
    call_rpc(company.manager, "reassign_execution", p_execution_id=run, **arguments)
    assert fetch_execution(sql, run)["revision"] == 1


def test_each_change_is_one_event_with_what_changed(company, sql, run_in):
    run = run_in("snoozed")
    sets = [(each["kind"], each["payload"].get("set")) for each in fetch_events(sql, run)]
    assert sets == [
        ("started", None),
        ("escalated", {"status": "escalated"}),
        ("handed_back", {"status": "active"}),
        ("snoozed", {"status": "snoozed"}),
    ]


def test_the_operator_is_not_held_to_the_table_and_leaves_nothing_open(sql, run_in):
    for status, table in (("snoozed", "workflow_snoozes"), ("escalated", "workflow_escalations")):
        run = run_in(status)
        abandon(sql, run)
        ended = f"select ended_by from public.{table} where execution_id = %s order by created_at desc limit 1"
        assert fetch_value(sql, ended, run) == "operator"


def test_a_person_who_writes_the_revision_of_a_run_tells_of_no_change(company, sql, new_run):
    run = new_run(company)
    table = company.csm.client.table("workflow_executions")
    table.update({"current_slide": "summary", "revision": 2}).eq("id", run).execute()
    assert [each["kind"] for each in fetch_events(sql, run)] == ["started"]
