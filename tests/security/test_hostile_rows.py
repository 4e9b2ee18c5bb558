"""Every column people write, with hostile values: stored as it is or refused, never a fault, never without a bound."""

import json

import pytest

from tests.database.factories import Sql, fetch_rows
from tests.security.fixtures import TenantFixtures
from tests.security.hostile_values import HOSTILE, LONG, REFUSALS, find_fault, send
from tests.security.matrix import ALLOWED, MATRIX, Rules
from tests.security.test_rls_matrix import plain

ROWS = {name.split(" ")[0]: rules for name, rules in reversed(MATRIX.items()) if ALLOWED[rules.insert]}
"""A row of each table people add rows to."""
UP_TO_200_000 = {("notes", "body"), ("workflow_llm_context", "system_prompt")}
TYPES = """
    select a.attname as column, format_type(coalesce(nullif(t.typbasetype, 0), t.oid), null) as type
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = %s::regclass and has_column_privilege('authenticated', a.attrelid, a.attnum, 'insert')"""


def find_author(world: TenantFixtures, rules: Rules) -> str:
    return next(who for who in ("owner", "manager", "admin") if who in rules.allowed("insert"))


@pytest.mark.parametrize("table", ROWS)
def test_no_value_of_a_column_makes_a_fault(world, sql: Sql, table):
    rules = ROWS[table]
    author = find_author(world, rules)
    client, me = world.client(author), world.id_of(author)
    faults: dict[tuple[str, str], str | None] = {}
    row = plain(rules.row(world, me))
    for found in fetch_rows(sql, TYPES, f"public.{table}"):
        column, kind = found["column"], found["type"]
        longest = json.dumps("x" * 200_001) if (table, column) in UP_TO_200_000 else LONG
        for value in (*HOSTILE[kind if kind in HOSTILE else "text"], longest):
            answer = send(client, table, row, {column: value})
            faults[column, value[:40]] = find_fault(answer, (*REFUSALS, "23", "42804", "54"))
            if kind == "text" and value == longest and answer.status_code < 300:
                faults[column, "too long a text"] = "stored"
            if answer.status_code < 300:  # what is stored holds its keys; what is refused leaves nothing
                row = plain(rules.row(world, me))
    assert {place: fault for place, fault in faults.items() if fault} == {}
