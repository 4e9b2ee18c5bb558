"""A ghost run of the standard renewal over a company with 2,000 customers: seconds, of which the database has how many.

`python -m tests.bench.ghost_run` starts its own Supabase with the demo book and fills it up; about two minutes.
`--customers 200` is a smoke test, `--rest postgrest` reads through a real PostgREST.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from lib import local
from lib.app_context import get_app_context
from lib.auth.model import Person, Role
from lib.auth.service import sign_in
from lib.customers.account_repository import AccountRepository
from lib.demo.people import DEMO_PEOPLE
from lib.ghost_runs.model import GhostRun
from lib.ghost_runs.repository import AccountBatch, AccountBatchRepository
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


class TimedBatches(AccountBatchRepository):
    """Batches of accounts, and the seconds that reading them took."""

    seconds = 0.0

    def fetch_batch(self, *given: Any, **named: Any) -> AccountBatch:
        began = time.perf_counter()
        try:
            return super().fetch_batch(*given, **named)
        finally:
            self.seconds += time.perf_counter() - began


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
            measure()
        finally:
            local.release_stack(stack)


def fill(connection: psycopg.Connection[Any], customers: int) -> None:
    values = {"customers": customers, "owners": [person.email for person in DEMO_PEOPLE[:2]]}
    with connection.transaction():
        for statement in FILL.split(";\n"):
            connection.execute(statement.encode(), values)
    connection.execute("vacuum analyze")


def measure() -> None:
    context = get_app_context()
    session = sign_in(context, email=MANAGER.email, password=MANAGER.password)
    client = context.create_client(access_token=session.access_token)
    workflows, batches = WorkflowRepository(client), TimedBatches(client)
    service = GhostRunService(batches, AccountRepository(client), make_person())
    (definition,) = workflows.fetch_definitions_by_workflow_id("standard-renewal")
    began = time.perf_counter()
    ghost = service.compose_ghost_workflow(workflows.fetch_version(definition.id))
    run = GhostRun(workflow=ghost.workflow)
    while not run.is_finished:
        run = service.check_next_customers(ghost, run)
    seconds = time.perf_counter() - began
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{len(run.rows):,} customers: {seconds:.1f} s, {batches.seconds:.1f} s of them reading")


def make_person() -> Person:
    """The manager, as far as slides know a person."""
    return Person(
        id=uuid4(), email=MANAGER.email, full_name=MANAGER.full_name, role=Role.MANAGER, company_id=uuid4(),
        company_name="", time_zone="UTC",
    )  # fmt: skip


if __name__ == "__main__":
    main()
