"""Both REST services answer alike: what the gateway puts right in one is what the other does by itself."""

from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from lib.local import LocalStack

_SCHEMA = """
create table public.sample (
  id int primary key, amount numeric(12, 2), at timestamptz, naive timestamp, day date, facts jsonb, tags text[],
  word text check (word <> 'bad'), parent int references public.sample (id)
);
alter table public.sample enable row level security;
create policy "Everybody" on public.sample for all to anon using (true) with check (true);
create function public.raises(code text) returns void language plpgsql as
  $$ begin raise exception using errcode = code, message = 'm', detail = 'd', hint = 'h'; end $$;
create function public.kind(value jsonb) returns text language sql as $$ select jsonb_typeof(value) $$;
create function public.echo(value jsonb, words text[]) returns jsonb language sql as
  $$ select jsonb_build_object('value', value, 'words', words) $$;
create function public.who() returns text language sql as
  $$ select concat_ws(' ', current_user, auth.role(), auth.uid(), auth.jwt() ->> 'role') $$;
create function public.samples() returns setof public.sample language sql stable as
  $$ select * from public.sample order by id $$;
grant all on public.sample to anon;
grant execute on all functions in schema public to anon;
insert into public.sample values
  (1, 490, '2026-01-02 03:04:05.5+00', '2026-01-02 03:04:05', '2026-01-02', '{"a": [1.5, null]}', '{a,"b c"}', 'ok',
   null),
  (2, null, null, null, null, null, null, null, 1);
"""

Asked = tuple[str, str, Any, dict[str, str]]

REQUESTS: dict[str, Asked] = {
    "every type": ("GET", "sample?order=id", None, {}),
    "embedding": ("GET", "sample?select=id,up:sample!parent(id,amount,at)&order=id", None, {}),
    "json path": ("GET", "sample?select=facts->a&id=eq.1", None, {}),
    "count": ("GET", "sample?select=id", None, {"Prefer": "count=exact"}),
    "function of rows": ("POST", "rpc/samples?limit=1", {}, {}),
    "check violation": ("POST", "sample", {"id": 9, "word": "bad"}, {}),
    "unique violation": ("POST", "sample", {"id": 1}, {}),
    "missing parent": ("POST", "sample", {"id": 9, "parent": 77}, {}),
    "missing key": ("POST", "sample", {"word": "x"}, {}),
    "not a number": ("GET", "sample?id=eq.x", None, {}),
    "unknown column": ("GET", "sample?nope=eq.1", None, {}),
    "no rights": ("GET", "companies", None, {}),
    "update of nothing": ("PATCH", "sample?id=eq.77", {"word": "x"}, {"Prefer": "return=representation"}),
    "aggregate": ("GET", "sample?select=amount.sum()", None, {}),
    "role": ("POST", "rpc/who", {}, {}),
    "object argument": ("POST", "rpc/kind", {"value": {"a": {"b": [1]}}}, {}),
    "list argument": ("POST", "rpc/kind", {"value": [{"a": 1}]}, {}),
    "arguments": ("POST", "rpc/echo", {"value": {"a": None}, "words": ["a,b", "c"]}, {}),
    **{
        f"raise {code}": ("POST", "rpc/raises", {"code": code}, {})
        for code in ("P0001", "P0002", "PT409", "PT422", "42501", "23514", "28000", "22023", "55000", "53000", "XX000")
    },
}


@pytest.fixture(scope="module")
def pair(stacks: dict[str, LocalStack]) -> Iterator[tuple[LocalStack, LocalStack]]:
    for stack in stacks.values():
        with psycopg.connect(stack.database_url, autocommit=True) as connection:
            connection.execute(_SCHEMA)
            ask(stack, ("GET", "sample", None, {}), until=200)
    yield stacks["lite"], stacks["postgrest"]
    for stack in stacks.values():
        with psycopg.connect(stack.database_url, autocommit=True) as connection:
            connection.execute(
                "drop function public.raises, public.kind, public.echo, public.who, public.samples;"
                "drop table public.sample"
            )


def ask(stack: LocalStack, asked: Asked, *, until: int | None = None) -> httpx.Response:
    method, path, body, headers = asked
    for _ in range(100):
        answer = httpx.request(
            method, f"{stack.url}/rest/v1/{path}", json=body, headers={"apikey": stack.publishable_key} | headers
        )
        if until in (None, answer.status_code):
            return answer
    raise AssertionError(answer.text)


@pytest.mark.parametrize("name", REQUESTS)
def test_both_services_answer_alike(pair: tuple[LocalStack, LocalStack], name: str) -> None:
    lite, postgrest = (ask(stack, REQUESTS[name]) for stack in pair)
    assert (lite.status_code, lite.json()) == (postgrest.status_code, postgrest.json())
    assert lite.headers.get("content-range") == postgrest.headers.get("content-range")


def test_a_changed_schema_is_seen_without_a_restart(stack: LocalStack) -> None:
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute(
            "create function public.fresh() returns int language sql as 'select 1';"
            "grant execute on function public.fresh() to anon"
        )
        assert ask(stack, ("POST", "rpc/fresh", {}, {}), until=200).json() == 1
        connection.execute("drop function public.fresh")
        ask(stack, ("POST", "rpc/fresh", {}, {}), until=404)


def test_the_gateway_does_not_give_back_what_migrations_revoked(stack: LocalStack) -> None:
    ask(stack, ("GET", "companies", None, {}))
    with psycopg.connect(stack.database_url) as connection:
        rows = connection.execute(
            "select has_table_privilege('anon', 'public.companies', 'select, insert, update, delete')"
        ).fetchone()
    assert rows == (False,)


def test_the_gateways_own_settings_are_not_served(stack: LocalStack) -> None:
    for path in ("config", "info", "introspect"):
        assert httpx.get(f"{stack.url}/_system/{path}").status_code == 404
