"""Ghost runs of the standard renewal over a company with 2,000 customers: by the clock, and of processor.

`python -m tests.bench.ghost_run` starts its own Supabase with the demo book and fills it up; about two minutes. Before
and after the worker has kept the scores, which takes it half a minute after an import. `--customers 200` is a smoke
test, `--rest postgrest` reads through a real PostgREST.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import psycopg

from lib import local
from lib.app_context import get_app_context
from lib.auth.model import Person, Role
from lib.auth.service import sign_in
from lib.customers.account_repository import AccountRepository
from lib.demo.people import DEMO_PEOPLE
from lib.ghost_runs.model import GhostRun
from lib.ghost_runs.repository import AccountBatchRepository
from lib.ghost_runs.service import GhostRunService
from lib.workflows.repository import WorkflowRepository

CUSTOMERS, MANAGER = 2000, DEMO_PEOPLE[2]
FILL = """
create temp table crowd on commit drop as
select gen_random_uuid() as customer_id, p.company_id, p.id as owner_id, x.k
from generate_series(1, %(customers)s) x (k)
join (select q.*, row_number() over (order by q.email) as n from public.profiles q where q.email = any (%(owners)s)) p
  on p.n = 1 + x.k %% 2;
insert into public.customers (id, company_id, owner_id, name, segment, customer_since)
select customer_id, company_id, owner_id, 'Copper Studios ' || k, 'mid', current_date - 30 - k from crowd;
insert into public.contracts (company_id, customer_id, starts_on, ends_on, term_months, notice_days, auto_renews, seats,
  annual_price_per_seat)
select company_id, customer_id, current_date - 300, current_date + 65 + k %% 200, 12, 60, true, 100, 400
from crowd where k %% 10 > 0;
insert into public.contacts (company_id, customer_id, name, role)
select company_id, customer_id, 'Bridget Salter ' || n, 'user' from crowd, generate_series(1, 5) n;
insert into public.usage_weeks (company_id, customer_id, week_starts_on, active_users, seats, logins, key_actions)
select company_id, customer_id, date_trunc('week', current_date)::date - 7 * n, 40 + n, 100, 200, 90
from crowd, generate_series(1, 26) n;
insert into public.notes (company_id, customer_id, author_id, kind, body, happened_on)
select company_id, customer_id, owner_id, 'call', repeat('They spoke about the renewal. ', 12), current_date - n * 9
from crowd, generate_series(1, 8) n
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rest", choices=("lite", "postgrest"), default="lite")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = local.start_stack(folder=Path(folder), rest=options.rest, report=lambda line: None)
        try:
            os.environ |= {
                "SUPABASE_URL": stack.url,
                "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key,
                "ZEN_SESSION_SECRET": stack.session_secret,
            }
            with psycopg.connect(stack.database_url, autocommit=True) as connection:
                fill(connection, options.customers)
                print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; seconds")
                columns = (
                    f"{'customers':>9} {'clock':>9} {'app':>8} {'database':>10} {'batches':>9} {'first batch':>12}"
                )
                print(f"{'scores':<16} {columns}")
                measure(connection, "not kept yet")
                keep_scores(connection)
                measure(connection, "kept")
        finally:
            local.release_stack(stack)


def fill(connection: psycopg.Connection[Any], customers: int, *, analyze: bool = True) -> None:
    values = {"customers": customers, "owners": [person.email for person in DEMO_PEOPLE[:2]]}
    with connection.transaction():
        for statement in FILL.split(";\n"):
            connection.execute(statement.encode(), values)
    if analyze:
        connection.execute("vacuum analyze")


def keep_scores(connection: psycopg.Connection[Any]) -> None:
    """What the worker does."""
    while (connection.execute("select private.keep_due_scores(5000)").fetchone() or [0])[0]:
        pass


def measure(connection: psycopg.Connection[Any], what: str) -> None:
    """One ghost run over all customers, on a line of the table."""
    service, workflows = sign_manager_in()
    (definition,) = workflows.fetch_definitions_by_workflow_id("standard-renewal")
    ghost = service.compose_ghost_workflow(workflows.fetch_version(definition.id))
    run, batches, first = GhostRun(workflow=ghost.workflow), 0, 0.0
    began, used, used_there = time.perf_counter(), time.process_time(), count_database_seconds(connection)
    for each in service.check_all_customers(ghost, run):
        run, batches, first = each, batches + 1, first or time.perf_counter() - began
    seconds, spent = time.perf_counter() - began, time.process_time() - used
    there = count_database_seconds(connection) - used_there
    print(
        f"{what:<16} {len(run.rows):>9,} {seconds:>9.1f} {spent:>8.1f} {there:>10.1f} {batches:>9} {first:>12.1f}",
        flush=True,
    )


def sign_manager_in() -> tuple[GhostRunService, WorkflowRepository]:
    context = get_app_context()
    session = sign_in(context, email=MANAGER.email, password=MANAGER.password)
    client = context.create_client(access_token=session.access_token)
    service = GhostRunService(AccountBatchRepository(client), AccountRepository(client), make_person())
    return service, WorkflowRepository(client)


def count_database_seconds(connection: psycopg.Connection[Any]) -> float:
    """Seconds of processor that all processes of the database have taken."""
    server = psutil.Process(connection.info.backend_pid).parent()
    assert server
    times = [each.cpu_times() for each in server.children()]
    return float(sum(each.user + each.system for each in times))


def make_person() -> Person:
    """The manager, as far as slides know a person."""
    return Person(
        id=uuid4(), email=MANAGER.email, full_name=MANAGER.full_name, role=Role.MANAGER, company_id=uuid4(),
        company_name="", time_zone="UTC",
    )  # fmt: skip


if __name__ == "__main__":
    main()
