"""What the history costs a bulk insert: `python -m tests.bench.row_changes [--rows 10000]`.

Starts a database of its own and inserts weeks of usage in one statement, with the history and as a seed, which is not
recorded; each in a transaction that is rolled back. Prints milliseconds, the median of nine.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from lib import local

TIMES = 9
WEEKS = """
insert into public.usage_weeks (company_id, customer_id, week_starts_on, active_users, seats, logins, key_actions)
select c.company_id, c.id, date '1950-01-02' + 7 * w, 10, 20, 30, 40
from (select * from public.customers order by id limit 10) c, generate_series(1, %s / 10) w"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        stack = local.start_stack(folder=Path(folder), report=lambda line: None)
        try:
            with psycopg.connect(stack.database_url) as connection:
                recorded, unrecorded = (measure_insert(connection, rows, source) for source in ("operator", "seed"))
        finally:
            local.release_stack(stack)
    print(f"{rows} rows: {unrecorded:.0f} ms without history, {recorded:.0f} ms with it")


def measure_insert(connection: psycopg.Connection[Any], rows: int, source: str) -> float:
    return statistics.median(insert_weeks(connection, rows, source) for _ in range(TIMES))


def insert_weeks(connection: psycopg.Connection[Any], rows: int, source: str) -> float:
    connection.execute("select private.begin_change(%s, null, null)", [source])
    began = time.perf_counter()
    connection.execute(WEEKS, [rows])
    connection.execute("set constraints all immediate")
    took = (time.perf_counter() - began) * 1000
    connection.rollback()
    return took


if __name__ == "__main__":
    main()
