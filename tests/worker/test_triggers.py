"""Workflows that begin by themselves, by the worker: two at once, and one that is killed in between."""

import json
import subprocess
import uuid
from collections import Counter
from typing import Any

import psycopg
import pytest

from lib.local import LocalStack
from lib.local.processes import wait_until
from tests.database.factories import AccountFactory, publish_workflow
from tests.worker.conftest import Sql, StartWorker, let_everything_be_due

RULE = {"period_days": 90, "notice_within_days": 60}
CUSTOMERS, MOST_A_DAY = 54, 50


@pytest.fixture
def company(sql: Sql) -> uuid.UUID:
    """A company with a trigger that fits all its customers, turned on."""
    company, person = uuid.uuid4(), uuid.uuid4()
    sql.execute("delete from public.workflow_triggers")
    sql.execute("insert into public.companies (id, name) values (%s, 'Northwind')", [company])
    sql.execute("insert into auth.users (id, email) values (%s, %s)", [person, f"{person}@zen.test"])
    sql.execute(
        "insert into public.profiles (id, company_id, email, full_name, role) values (%s, %s, %s, 'Ann', 'manager')",
        [person, company, f"{person}@zen.test"],
    )
    today = sql.execute("select private.today()").fetchone()
    assert today
    for number in range(CUSTOMERS):
        account = AccountFactory(sql, company, person, day=today[0], name=f"Copper {number}")
        account.insert_contract(notice_in=30)
    definition = publish_workflow(sql, company, "our-renewal", begun_when=RULE)
    sql.execute(
        "insert into public.workflow_triggers (company_id, definition_id, is_enabled, rule, changed_by)"
        " values (%s, %s, true, %s, %s)",
        [company, definition, json.dumps(RULE), person],
    )
    return company


def count_runs(sql: Sql, company: uuid.UUID) -> Counter[Any]:
    """Runs that began by themselves, by customer."""
    rows = sql.execute(
        "select e.customer_id from public.workflow_executions e join public.workflow_starts s on s.execution_id = e.id"
        " where e.company_id = %s",
        [company],
    )
    return Counter(customer for (customer,) in rows)


def let_the_trigger_be_due(sql: Sql) -> None:
    sql.execute("delete from private.trigger_checks")
    let_everything_be_due(sql)


def is_somebody_waiting(sql: Sql) -> bool:
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%run_due_triggers%'"
    row = sql.execute(waiting.encode()).fetchone()
    return bool(row and row[0])


def start_and_wait(start_worker: StartWorker, workers: int) -> None:
    started: list[subprocess.Popen[bytes]] = [start_worker("--once") for _ in range(workers)]
    assert [worker.wait(240) for worker in started] == [0] * workers


def test_two_workers_at_once_begin_one_run_for_a_customer_and_fifty_a_day(
    start_worker: StartWorker, company: uuid.UUID, sql: Sql
) -> None:
    start_and_wait(start_worker, 2)
    let_the_trigger_be_due(sql)
    start_and_wait(start_worker, 2)
    begun = count_runs(sql, company)
    assert len(begun) == MOST_A_DAY
    assert set(begun.values()) == {1}


def test_a_worker_that_is_killed_at_a_customer_leaves_no_run_twice(
    start_worker: StartWorker, company: uuid.UUID, sql: Sql, own_stack: LocalStack
) -> None:
    with psycopg.connect(own_stack.database_url) as other:
        # Its database goes on with what the killed worker has asked for, once this customer is free again.
        other.execute("select from public.customers where company_id = %s for update", [company])
        killed = start_worker()
        assert wait_until(lambda: is_somebody_waiting(sql), timeout=120)
        killed.kill()
        killed.wait(10)
        let_everything_be_due(sql)
        start_and_wait(start_worker, 2)
        assert not count_runs(sql, company)
    assert wait_until(lambda: len(count_runs(sql, company)) == MOST_A_DAY, timeout=120)
    let_the_trigger_be_due(sql)
    start_and_wait(start_worker, 2)
    begun = count_runs(sql, company)
    assert len(begun) == MOST_A_DAY
    assert set(begun.values()) == {1}
