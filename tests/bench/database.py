"""How long the database takes for what a page asks, with sixty customers in each of the companies of `volume.sql`.

`python -m tests.bench.database` starts a database of its own, fills it inside a transaction and prints milliseconds as
a CSM and as a manager, under row-level security.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from lib import local

VOLUME = Path(__file__).with_name("volume.sql")
CALLS = ("public.zen_dashboard()", "public.customer_account('{customer}')", "public.workflow_catalogue()")
TIMES = 40


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stack = local.start_stack(folder=Path(folder), report=lambda line: None)
        try:
            with psycopg.connect(stack.database_url) as connection:
                connection.execute(VOLUME.read_bytes())
                measure(connection)
                connection.rollback()
        finally:
            local.release_stack(stack)


def measure(connection: psycopg.Connection[Any]) -> None:
    print(f"{'asked as':<9} {'function':<42} {'p50 ms':>7} {'p95 ms':>7}")
    for role in ("csm", "manager"):
        person, company = first(connection, "select id, company_id from people where role = %s limit 1", role)
        (customer,) = first(connection, "select customer_id from books where company_id = %s limit 1", company)
        for call in CALLS:
            with connection.transaction(force_rollback=True):
                connection.execute("set local role authenticated")
                claims = json.dumps({"sub": str(person)})
                connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
                times = sorted(took(connection, f"select {call.format(customer=customer)}") for _ in range(TIMES))
            p95 = times[int(len(times) * 0.95) - 1]
            print(f"{role:<9} {call.split('(')[0]:<42} {statistics.median(times):>7.1f} {p95:>7.1f}", flush=True)


def first(connection: psycopg.Connection[Any], query: str, value: Any) -> Any:
    found = connection.execute(query, [value]).fetchone()
    assert found
    return found


def took(connection: psycopg.Connection[Any], statement: str) -> float:
    began = time.perf_counter()
    first_row = connection.execute(statement).fetchone()
    assert first_row
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
