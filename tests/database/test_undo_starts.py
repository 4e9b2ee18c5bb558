"""Runs one has just started are taken back as if they had never been, unless there has been work on them."""

import uuid
from typing import Any

import pytest

from tests.database.action_calls import snooze
from tests.database.factories import Sql, fetch_value, insert_customer, publish_workflow
from tests.database.rpc import call_rpc, run_concurrently
from tests.support.companies import Company


@pytest.fixture
def company(new_company) -> Company:
    return new_company()


@pytest.fixture
def start(company: Company, sql: Sql):
    """Starts a run for a new customer of the CSM, who has the name `name`; returns the run's id."""
    workflow = f"undone-{uuid.uuid4()}"
    publish_workflow(sql, company.id, workflow, slides=["greeting", "summary"])

    def start_run(name: str = "Bolt", who: Any = None) -> str:
        customer = insert_customer(sql, company.id, company.csm.id, name=name)
        where = {"p_workflow_id": workflow, "p_customer_id": str(customer)}
        return str(call_rpc(who or company.csm, "start_workflow", **where)["execution_id"])

    return start_run


def undo(who: Any, *runs: str) -> list[str]:
    return call_rpc(who, "undo_starts", p_execution_ids=list(runs))


def is_there(sql: Sql, run: str) -> bool:
    return fetch_value(sql, "select exists (select from public.workflow_executions where id = %s)", run)


def test_started_runs_are_gone_and_a_second_undo_finds_nothing(company, start, sql):
    runs = [start("Bolt"), start("Cora")]
    assert undo(company.csm, *runs) == []
    assert [is_there(sql, run) for run in runs] == [False, False]
    events = "select count(*) from public.workflow_execution_events where execution_id = any(%s::uuid[])"
    assert fetch_value(sql, events, runs) == 0
    assert undo(company.csm, *runs) == []


def test_a_run_with_answers_stays_and_is_named_and_the_others_are_gone(company, start, sql):
    worked, untouched = start("Bolt"), start("Cora")
    saved = {"p_execution_id": worked, "p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0}
    call_rpc(company.csm, "save_step", **saved)
    assert undo(company.csm, worked, untouched) == ["Bolt"]
    assert (is_there(sql, worked), is_there(sql, untouched)) == (True, False)


def test_a_run_that_was_snoozed_or_is_older_than_a_day_stays(company, start, sql):
    snoozed, old = start("Bolt"), start("Cora")
    snooze(company.csm, snoozed)
    sql.execute("set session_replication_role = replica")
    sql.execute(
        "update public.workflow_execution_events set created_at = now() - interval '25 hours' where execution_id = %s",
        [old],
    )
    sql.execute("set session_replication_role = origin")
    assert sorted(undo(company.csm, snoozed, old)) == ["Bolt", "Cora"]
    assert is_there(sql, snoozed)
    assert is_there(sql, old)


def test_a_run_of_a_customer_that_was_handed_over_stays(company, start, sql):
    run = start("Bolt")
    handed = "update public.customers set owner_id = %s where company_id = %s"
    sql.execute(handed, [company.other_csm.id, company.id])
    assert undo(company.csm, run) == ["Bolt"]
    assert is_there(sql, run)


def test_only_whoever_started_a_run_takes_it_back(company, strangers, start, sql):
    run = start("Bolt")
    assert undo(company.manager, run) == ["Bolt"]
    assert undo(strangers.admin, run) == []
    assert is_there(sql, run)


def test_two_undos_at_once_take_a_run_back_once(company, start, sql):
    run = start()
    assert run_concurrently([lambda: undo(company.csm, run) for _ in range(3)]) == [[], [], []]
    assert not is_there(sql, run)


@pytest.mark.parametrize("ids", [None, [], [str(uuid.uuid4())]])
def test_no_run_is_no_error(company, ids):
    assert call_rpc(company.csm, "undo_starts", p_execution_ids=ids) == []
