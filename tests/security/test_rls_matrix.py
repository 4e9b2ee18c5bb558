import uuid
from typing import Any

import pytest
from postgrest.exceptions import APIError

from tests.database.factories import Sql, fetch_rows, fetch_value, insert_row
from tests.security.fixtures import TenantFixtures
from tests.security.matrix import MATRIX, PEOPLE, Rules

VERBS = ("select", "insert", "update", "delete")
REFUSALS = {"42501", "PT403", "PT404", "PT409"}
"""By a grant, a policy or a guard. Any other error means that the test sent nonsense."""


def test_every_table_has_its_rules(sql: Sql):
    tables = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    assert {name.split(" ")[0] for name in MATRIX} == {row["relname"] for row in fetch_rows(sql, tables)}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", MATRIX)
def test_rules_of(name: str, verb: str, world: TenantFixtures):
    rules, table = MATRIX[name], name.split(" ")[0]
    could = {who for who in PEOPLE if attempt(world, rules, table, verb, who)}
    assert could == rules.allowed(verb)


def attempt(world: TenantFixtures, rules: Rules, table: str, verb: str, who: str) -> bool:
    """Whether `who` could do it to a row of the owner's: what the answer says, and what the table shows afterwards."""
    me = world.id_of(who)
    if verb == "insert":
        return bool(answer(world.client(who).table(table).insert(plain(rules.row(world, me)))))
    target = existing(world, rules, table)
    before = look(world.sql, table, rules.key, target)
    of_target = {
        "select": lambda asked: asked.select("*"),
        "update": lambda asked: asked.update(plain(rules.change(me))),
        "delete": lambda asked: asked.delete(),
    }[verb](world.client(who).table(table))
    done = bool(answer(of_target.eq(rules.key, str(target))))
    assert (look(world.sql, table, rules.key, target) != before) == (done and verb != "select")
    return done


def existing(world: TenantFixtures, rules: Rules, table: str) -> uuid.UUID:
    if rules.existing:
        return rules.existing(world)
    values = rules.row(world, world.owner.id)
    made = insert_row(world.sql, table, **values)
    world.delete_later(made, values.get("company_id"))
    return made


def look(sql: Sql, table: str, key: str, row_id: uuid.UUID) -> Any:
    return fetch_value(sql, f"select to_jsonb(t) from public.{table} t where {key} = %s", row_id)


def answer(query: Any) -> list[Any]:
    try:
        return query.execute().data
    except APIError as error:
        if error.code in REFUSALS:
            return []
        raise


def plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in values.items()}
