"""Twenty triggers over a company with 2,000 customers: what the worker's check of them and a dry run take.

`python -m tests.bench.triggers` starts its own Supabase, brings the customers in and gathers no statistics, as just
after an import; about a minute. Milliseconds by the clock and of the database's processor. Each call is rolled back.
`--customers 200` is a smoke test.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg

from lib import local
from tests.bench.ghost_run import CUSTOMERS, MANAGER, fill, keep_scores
from tests.database.factories import publish_workflow

TRIGGERS = 20
RULES: tuple[dict[str, Any], ...] = (
    {"period_days": 90, "notice_within_days": 60},
    {"period_days": 90, "health": ["red", "yellow"]},
    {"period_days": 30, "health": ["red"], "only_health_turned": True},
    {"period_days": 60, "signals": ["p1_open"]},
    {"period_days": 90, "segments": ["mid"], "arr_from": 1000},
)
CHECK = "select private.run_due_triggers(5)"
DRY_RUN = "select public.preview_trigger('bench-0', %s)"
Sql = psycopg.Connection[Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = local.start_stack(folder=Path(folder), report=lambda line: None)
        try:
            with psycopg.connect(stack.database_url, autocommit=True) as connection:
                fill(connection, options.customers, analyze=False)
                turn_triggers_on(connection)
                print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {TRIGGERS} triggers")
                print(f"{'what':<44} {'clock ms':>9} {'processor ms':>13}")
                measure(connection, "just imported")
                keep_scores(connection)
                measure(connection, "scores kept")
                connection.execute("vacuum analyze")
                measure(connection, "scores kept, statistics")
        finally:
            local.release_stack(stack)


def turn_triggers_on(connection: Sql) -> None:
    found = connection.execute("select id, company_id from public.profiles where email = %s", [MANAGER.email])
    (person, company), *_ = found.fetchall()
    for number in range(TRIGGERS):
        rule = RULES[number % len(RULES)]
        definition = publish_workflow(connection, company, f"bench-{number}", begun_when=rule)
        connection.execute(
            "insert into public.workflow_triggers (company_id, definition_id, is_enabled, rule, changed_by)"
            " values (%s, %s, true, %s, %s)",
            [company, definition, json.dumps(rule), person],
        )


def measure(connection: Sql, when: str) -> None:
    """A call of the worker, which checks five, all that follow until none is due, and a dry run."""
    with connection.transaction(force_rollback=True):
        time_statement(connection, f"{when}: first five triggers", CHECK)
        time_statement(connection, f"{when}: the other fifteen", *[CHECK] * 3)
    with connection.transaction(force_rollback=True):
        sign_manager_in(connection)
        for rule in RULES[:2]:
            name = ", ".join(key for key in rule if key != "period_days")
            time_statement(connection, f"{when}: dry run, {name}", DRY_RUN, values=[json.dumps(rule)])


def sign_manager_in(connection: Sql) -> None:
    person = connection.execute("select id from public.profiles where email = %s", [MANAGER.email]).fetchone()
    assert person
    claims = json.dumps({"sub": str(person[0]), "role": "authenticated"})
    connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
    connection.execute("set local role authenticated")


def time_statement(connection: Sql, what: str, *statements: str, values: list[Any] | None = None) -> None:
    server = psutil.Process(connection.info.backend_pid)
    began, used = time.perf_counter(), sum(server.cpu_times()[:2])
    for statement in statements:
        connection.execute(statement.encode(), values)
    spent = sum(server.cpu_times()[:2]) - used
    print(f"{what:<44} {1000 * (time.perf_counter() - began):>9.0f} {1000 * spent:>13.0f}", flush=True)


if __name__ == "__main__":
    main()
