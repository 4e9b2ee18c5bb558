"""Which functions of the database the tests called, for tests/postgres_versions.py."""

import os
from pathlib import Path

import psycopg

from lib.local import LocalStack
from tests.conftest import set_server_option

# Postgres counts no call of a function that only raises.
COUNTED = """
    select p.oid::regprocedure::text, coalesce(s.calls, 0) > 0 from pg_proc p
    left join pg_stat_user_functions s on s.funcid = p.oid
    where p.pronamespace::regnamespace::text in ('public', 'private')
      and p.proname not like 'raise\\_%' and p.proname not like 'forbid\\_%'
"""


def find_record() -> Path | None:
    """Where databases other than the shared one write what was called in them; None: nobody asks."""
    named = os.environ.get("ZEN_TEST_CALLED_FUNCTIONS")
    return Path(named) if named else None


def count_function_calls(stack: LocalStack) -> None:
    if find_record():
        set_server_option(stack, "track_functions", "'all'")


def read_function_calls(stack: LocalStack) -> dict[str, bool]:
    """Every function of Zen by its signature, and whether it was called."""
    with psycopg.connect(stack.database_url) as connection:
        return dict(connection.execute(COUNTED).fetchall())


def record_called_functions(stack: LocalStack) -> None:
    record = find_record()
    if record:
        called = [name for name, was_called in read_function_calls(stack).items() if was_called]
        with record.open("a", encoding="utf-8") as lines:
            lines.writelines(f"{name}\n" for name in called)
