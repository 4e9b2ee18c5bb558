"""The book of a company with 2,000 customers: the database's time of orders and filters, and pages over the websocket.

`python -m tests.bench.book` starts its own Supabase with the demo book, fills it up, and starts the app; about three
minutes. `--rest postgrest` puts a real PostgREST behind the app. Each page asked for is another one: none is cached.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from lib.demo.people import DEMO_PEOPLE
from tests.bench.__main__ import app, sign_in
from tests.bench.wire import BrowserTab

CUSTOMERS = 2000
TIMES = 15
CALLS: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "deadline"),
    ({}, "health"),
    ({}, "priority"),
    ({}, "last_contact"),
    ({"bands": ["red"]}, "arr"),
    ({"name": "er 17", "has_run": True}, "name"),
    ({"owner": "mine"}, "deadline"),
)
FILL = """
create temp table crowd on commit drop as
select gen_random_uuid() as customer_id, p.company_id, p.id as owner_id, x.k
from generate_series(1, %(customers)s) x (k)
join (select q.*, row_number() over (order by q.email) as n from public.profiles q where q.email = any (%(owners)s)) p
  on p.n = 1 + x.k %% 2;
insert into public.customers (id, company_id, owner_id, name, segment, customer_since, competitor)
select customer_id, company_id, owner_id, 'Customer ' || k, (array['smb', 'mid', 'enterprise'])[1 + k %% 3],
  current_date - 30 - k, case when k %% 9 = 0 then 'Rivalry Ltd' end from crowd;
insert into public.contracts (company_id, customer_id, starts_on, ends_on, term_months, notice_days, auto_renews, seats,
  annual_price_per_seat)
select company_id, customer_id, current_date - k %% 300, current_date - k %% 300 + 365, 12, 60, true, 20 + k %% 100, 300
from crowd;
insert into public.contacts (company_id, customer_id, name, role, influence, last_contact_on, status, left_on)
select company_id, customer_id, 'Contact ' || n, (array['champion', 'economic_buyer', 'executive_sponsor'])[n], n,
  current_date - (k * 7 + n * 11) %% 90, case when (k + n) %% 10 = 0 then 'left' else 'active' end,
  case when (k + n) %% 10 = 0 then current_date - 20 end
from crowd, generate_series(1, 3) n;
insert into public.usage_weeks (company_id, customer_id, week_starts_on, active_users, seats, logins, key_actions)
select company_id, customer_id, current_date - 7 * w, (k * 13 + w * 7) %% 100, 100, 500, 200
from generate_series(0, 25) w, crowd;
insert into public.tickets (company_id, customer_id, number, title, priority, status, opened_on, solved_on)
select company_id, customer_id, 'B' || k || '-' || n, 'Title', 'p' || 1 + (k + n) %% 4,
  case when n %% 3 = 0 then 'open' else 'solved' end, current_date - n * 9,
  case when n %% 3 > 0 then current_date - n * 9 + 3 end
from generate_series(1, 8) n, crowd;
insert into public.survey_responses (company_id, customer_id, score, responded_on)
select company_id, customer_id, (k + n) %% 11, current_date - n * 40 from generate_series(1, 3) n, crowd;
insert into public.notes (company_id, customer_id, author_id, kind, body, happened_on)
select company_id, customer_id, owner_id, 'call', 'We spoke.', current_date - (k + n * 17) %% 200
from generate_series(1, 5) n, crowd;
insert into public.workflow_executions (company_id, customer_id, owner_id, workflow_id, definition_version_id,
  current_slide, due_on)
select c.company_id, c.customer_id, c.owner_id, v.workflow_id, v.id, v.slide_sequence[1], current_date + c.k %% 90
from crowd c cross join lateral (
  select * from public.workflow_definition_versions x where x.workflow_id = 'standard-renewal' limit 1
) v where c.k %% 3 = 0
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rest", choices=("lite", "postgrest"), default="lite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, app(Path(folder), options.rest) as url:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            fill(connection)
            measure_functions(connection)
        asyncio.run(measure_pages(url))


def fill(connection: psycopg.Connection[Any]) -> None:
    values = {"customers": CUSTOMERS, "owners": [person.email for person in DEMO_PEOPLE[:2]]}
    with connection.transaction():
        for statement in FILL.split(";\n"):
            connection.execute(statement.encode(), values if "%(" in statement else {})
    while (connection.execute("select private.keep_due_scores(500)").fetchone() or [0])[0]:
        pass  # as the worker does within half a minute
    connection.execute("vacuum analyze")


def measure_functions(connection: psycopg.Connection[Any]) -> None:
    """Milliseconds of `book` as a CSM and as a manager, under row-level security."""
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{'asked as':<9} {'filter and order':<52} {'p50 ms':>7} {'p95 ms':>7}")
    for email in (DEMO_PEOPLE[0].email, "carol@larkfield.example"):
        found = connection.execute("select id, role from public.profiles where email = %s", [email]).fetchone()
        assert found
        for shown, sort in CALLS:
            with connection.transaction(force_rollback=True):
                connection.execute("set local role authenticated")
                claims = json.dumps({"sub": str(found[0])})
                connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
                times = sorted(time_book(connection, shown, sort) for _ in range(TIMES))
            what = f"{json.dumps(shown)} by {sort}"
            print(f"{found[1]:<9} {what:<52} {statistics.median(times):>7.1f} {times[-1]:>7.1f}", flush=True)


def time_book(connection: psycopg.Connection[Any], shown: dict[str, Any], sort: str) -> float:
    began = time.perf_counter()
    connection.execute("select public.book(%s, %s)", [json.dumps(shown), sort]).fetchone()
    return (time.perf_counter() - began) * 1000


async def measure_pages(url: str) -> None:
    """A first load, pages that were not shown before, and reruns of one that is on screen."""
    tab = BrowserTab(url, page="book", cookie=sign_in(url, "carol@larkfield.example"))
    await tab.__aenter__()
    first = await tab.run()
    await tab.run()
    pages = []
    for number in range(40):
        tab._query = f"from={50 * (number % 35)}&sort={('arr', 'name')[number % 2]}"
        pages.append(await tab.run())
    reruns = [await tab.run() for _ in range(40)]
    await tab.__aexit__(None, None, None)
    broken = [run for run in (first, *pages, *reruns) if run.failed]
    if broken:
        raise SystemExit(broken[0].failed)
    print(f"load average {os.getloadavg()[0]:.1f}; first load {first.milliseconds:.0f} ms")
    for what, runs in (("another page", pages), ("rerun", reruns)):
        times = sorted(run.milliseconds for run in runs)
        p50, p95 = statistics.median(times), times[int(len(times) * 0.95) - 1]
        print(f"{what:<14} p50 {p50:.0f} ms, p95 {p95:.0f} ms, {runs[0].received / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
