"""What a page asks of the database: sixty customers in each of the companies of `volume.sql`, 2,000 in one of them.

`python -m tests.bench.database` starts a database of its own, fills it inside a transaction and prints milliseconds of
processor time and of the clock, as a CSM and as a manager, under row-level security; and of computing the scores that
these pages read.
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
LARGE_BOOK = Path(__file__).with_name("large_book.sql")
CALLS = ("public.zen_dashboard()", "public.customer_account('{customer}')", "public.workflow_catalogue()")
TREND = "array(select current_date - 7 * n from generate_series(1, 12) n)"
TIMES = 40


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stack = local.start_stack(folder=Path(folder), report=lambda line: None)
        try:
            with psycopg.connect(stack.database_url) as connection:
                connection.execute(VOLUME.read_bytes())
                print(f"{'book':<6} {'asked as':<9} {'function':<26} {'processor':>9} {'p50':>7} {'p95 ms':>7}")
                measure(connection, company=2, book="60")
                connection.execute(LARGE_BOOK.read_bytes())
                measure(connection, company=1, book="2,000")
                connection.rollback()
        finally:
            local.release_stack(stack)


def measure(connection: psycopg.Connection[Any], *, company: int, book: str) -> None:
    (company_id,) = first(connection, "select company_id from crowd where n = %s", company)
    for function, days in (("keep_scores", "current_date"), ("keep_past_scores", TREND)):
        customers = f"array(select id from public.customers where company_id = '{company_id}')"
        used, clock = took(connection, f"select private.{function}('{company_id}', {days}, {customers})")
        print(f"{book:<6} {'worker':<9} {function:<26} {used:>9.1f} {clock:>7.1f}", flush=True)
    connection.execute("analyze public.customer_scores")
    for role in ("csm", "manager"):
        (person,) = first(connection, "select id from people where role = %s and n = %s limit 1", role, company)
        of = "select customer_id from books join crowd using (company_id) where n = %s limit 1"
        (customer,) = first(connection, of, company)
        for call in CALLS:
            with connection.transaction(force_rollback=True):
                connection.execute("set local role authenticated")
                claims = json.dumps({"sub": str(person)})
                connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
                times = [took(connection, f"select {call.format(customer=customer)}") for _ in range(TIMES)]
            processor, clock = (sorted(times) for times in zip(*times, strict=True))
            p95 = clock[int(len(clock) * 0.95) - 1]
            print(
                f"{book:<6} {role:<9} {call.split('(')[0]:<26} {statistics.median(processor):>9.1f}"
                f" {statistics.median(clock):>7.1f} {p95:>7.1f}",
                flush=True,
            )


def first(connection: psycopg.Connection[Any], query: str, *values: Any) -> Any:
    found = connection.execute(query, values).fetchone()
    assert found
    return found


def took(connection: psycopg.Connection[Any], statement: str) -> tuple[float, float]:
    """Milliseconds of the server's processor time, and of the clock."""
    used, began = processor_time(connection), time.perf_counter()
    first_row = connection.execute(statement).fetchone()
    assert first_row
    return processor_time(connection) - used, (time.perf_counter() - began) * 1000


def processor_time(connection: psycopg.Connection[Any]) -> float:
    """Milliseconds the server's process of this connection has run."""
    return int(Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e6


if __name__ == "__main__":
    main()
