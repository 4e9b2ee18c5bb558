"""Runs come back by themselves: the operator's tool wakes all that are due, each once."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.db.client import create_http_pool
from lib.db.privileged_client import create_privileged_client
from lib.errors import InvalidInput
from lib.executions.__main__ import wake_all_due_runs
from tests.database.action_calls import end_snooze, fetch_event_kinds, fetch_execution, snooze
from tests.database.factories import fetch_value, insert_customer, publish_workflow
from tests.database.rpc import call_rpc
from tests.support.server import REPOSITORY


@pytest.fixture
def company(new_company):
    return new_company()


@pytest.fixture
def due(company, sql):
    """Seven runs whose day has come, and one whose day has not."""
    publish_workflow(sql, company.id, "ours")

    def start():
        customer = str(insert_customer(sql, company.id, company.csm.id))
        return str(
            call_rpc(company.csm, "start_workflow", p_workflow_id="ours", p_customer_id=customer)["execution_id"]
        )

    runs = [start() for _ in range(8)]
    for run in runs:
        snooze(company.csm, run)
    for run in runs[:7]:
        end_snooze(sql, run)
    return runs


def operator(stack):
    return create_privileged_client(stack.url, stack.secret_key, create_http_pool())


def test_the_tool_wakes_what_is_due_in_as_many_steps_as_it_takes(stack, due, sql):
    env = os.environ | stack.environment | {"SUPABASE_URL": stack.url, "SUPABASE_SECRET_KEY": stack.secret_key}
    tool = [sys.executable, "-m", "lib.executions", "wake", "--limit", "2"]
    done = subprocess.run(tool, cwd=REPOSITORY, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0].replace(",", "")) >= 7
    assert [fetch_execution(sql, run)["status"] for run in due] == ["active"] * 7 + ["snoozed"]
    again = subprocess.run(tool, cwd=REPOSITORY, env=env, check=False, capture_output=True, text=True)
    assert again.stdout == "0 brought back\n"


def test_several_at_once_wake_each_run_once(stack, due, sql):
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: wake_all_due_runs(operator(stack), 3), range(4)))
    assert [fetch_execution(sql, run)["status"] for run in due[:7]] == ["active"] * 7
    assert all(fetch_event_kinds(sql, run).count("woke") == 1 for run in due[:7])
    woken = "select count(*) from workflow_snoozes where execution_id = any (%s) and ended_by = 'date'"
    assert fetch_value(sql, woken, due) == 7


@pytest.mark.parametrize("limit", [0, -1, 10_001])
def test_a_limit_beyond_reason_is_refused(limit, stack):
    with pytest.raises(InvalidInput):
        wake_all_due_runs(operator(stack), limit)


def test_without_a_key_the_tool_says_what_is_missing():
    env = os.environ | {"SUPABASE_URL": "http://127.0.0.1:9", "SUPABASE_SECRET_KEY": ""}
    tool = [sys.executable, "-m", "lib.executions", "wake"]
    done = subprocess.run(tool, cwd=REPOSITORY, env=env, check=False, capture_output=True, text=True)
    assert (done.returncode, "SUPABASE_SECRET_KEY is not set" in done.stderr) == (1, True)
