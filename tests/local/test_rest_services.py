"""Both REST services answer alike: what the gateway puts right in one is what the other does by itself."""

import base64
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
create function public.waits(seconds float) returns text language sql as $$ select pg_sleep(seconds)::text $$;
create function public.time_limit() returns text language sql as $$ select current_setting('statement_timeout') $$;
grant all on public.sample to anon;
grant execute on all functions in schema public to anon;
grant execute on function public.time_limit to authenticated;
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
    "NUL in JSON": ("POST", "sample", {"id": 9, "facts": {"a": "\0"}}, {}),
    "NUL in a filter": ("GET", "sample?word=eq.a%00b", None, {}),
    "a regular expression": ("GET", "sample?word=match.(a*)*b", None, {}),
    "a regular expression without case": ("GET", "sample?word=not.imatch.(a*)*b", None, {}),
    "a regular expression among conditions": ("GET", "sample?or=(id.eq.1,word.match(any).{a,b})", None, {}),
    "a regular expression in an embedded row": (
        "GET",
        "sample?select=id,up:sample!parent(id)&up.word=match.a",
        None,
        {},
    ),
    "deeply embedded": ("GET", f"sample?select=id{',up:sample!parent(id' * 9}{')' * 9}", None, {}),
    "an overlong query": ("GET", f"sample?word=eq.{'x' * 13_000}", None, {}),
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
            ask(
                stack, REQUESTS["embedding"], until=200
            )  # needs the new schema to be read, which a plain table does not
    yield stacks["lite"], stacks["postgrest"]
    for stack in stacks.values():
        with psycopg.connect(stack.database_url, autocommit=True) as connection:
            connection.execute(
                "drop function public.raises, public.kind, public.echo, public.who, public.samples,"
                "public.waits, public.time_limit;"
                "drop table public.sample"
            )


def ask(stack: LocalStack, asked: Asked, *, until: int | None = None) -> httpx.Response:
    method, path, body, headers = asked
    deadline = time.monotonic() + 60
    while True:
        content = None if body is None else json.dumps(body)
        answer = httpx.request(
            method,
            f"{stack.url}/rest/v1/{path}",
            content=content,
            headers={"apikey": stack.publishable_key, "Content-Type": "application/json"} | headers,
            timeout=60,
        )
        if until in (None, answer.status_code):
            return answer
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)


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


@pytest.mark.parametrize(
    "asked",
    [
        ("POST", "sample", {"id": 9, "word": "a\0b"}, {}),
        ("POST", "sample", {"id": 9, "facts": {"a": "\0"}}, {}),
        ("POST", "rpc/raises", {"code": "\0"}, {}),
        ("POST", "sample", {"id": 9, "facts": {"a": "\ud800"}}, {}),
    ],
    ids=["NUL", "NUL in JSON", "NUL in an argument", "half a surrogate pair"],
)
def test_text_that_postgres_does_not_store_is_invalid(pair: tuple[LocalStack, LocalStack], asked: Asked) -> None:
    for stack in pair:
        assert ask(stack, asked).status_code == 400


@pytest.mark.parametrize(
    "filter",
    [
        "word=match.a",
        "or=(word.imatch.a)",
        "word=not.match(all).{a}",
        "and=(id.eq.1,or(word.not.match(any).{a},id.eq.2))",
        'or=(word.eq.a"b,word.match.c,word.eq.d"e)',
        'or=(word.eq.a(word.eq."b,word.match.c,word.eq.d",id.eq.1)',
    ],
)
def test_regular_expressions_are_refused(pair: tuple[LocalStack, LocalStack], filter: str) -> None:
    for stack in pair:
        answer = ask(stack, ("GET", f"sample?{filter}", None, {}))
        assert (answer.status_code, answer.json()["message"]) == (
            400,
            "Regular expressions are not allowed in a filter.",
        )


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        (f"select=id{',up:sample!parent(id' * 4}{')' * 4}", None),
        (f"select=id{',up:sample!parent(id' * 5}{')' * 5}", (400, "The query embeds too much.")),
        (f"select=id{',up:sample!parent(id)' * 21}", (400, "The query embeds too much.")),
        (f"word=eq.{'x' * 13_000}", (414, "The query is too long.")),
    ],
    ids=["four deep", "five deep", "twenty-one", "long"],
)
def test_a_query_embeds_four_deep_and_no_deeper(
    pair: tuple[LocalStack, LocalStack], query: str, refusal: tuple[int, str] | None
) -> None:
    for stack in pair:
        answer = ask(stack, ("GET", f"sample?{query}", None, {}))
        said = None if answer.status_code == 200 else (answer.status_code, answer.json()["message"])
        assert said == refusal


def test_text_that_only_looks_like_a_regular_expression_is_searched(pair: tuple[LocalStack, LocalStack]) -> None:
    for stack in pair:
        for query in (
            "word=eq.match.a",
            'or=(word.eq."a.match.b",id.eq.7)',
            'or=(id.eq.9,and(word.in.("a.match.b"),id.eq.7))',
            "word=eq.rematch.a",
        ):
            assert ask(stack, ("GET", f"sample?{query}", None, {})).json() == [], query


def test_a_request_of_anybody_ends_after_three_seconds(pair: tuple[LocalStack, LocalStack]) -> None:
    for stack in pair:
        began = time.monotonic()
        answer = ask(stack, ("POST", "rpc/waits", {"seconds": 60}, {}))
        assert (answer.status_code, answer.json()["code"]) == (500, "57014")
        assert time.monotonic() - began < 30


@pytest.mark.parametrize(("role", "limit"), [("anon", "3s"), ("authenticated", "8s")])
def test_a_statement_of_somebody_signed_in_has_a_limit_too(
    pair: tuple[LocalStack, LocalStack], role: str, limit: str
) -> None:
    for stack in pair:
        headers = sign(stack, str(uuid.uuid4()), role=role)
        assert ask(stack, ("POST", "rpc/time_limit", {}, headers)).json() == limit


def sign(stack: LocalStack, person: str, *, role: str = "anon") -> dict[str, str]:
    """The headers of somebody signed in, whom no table knows."""
    keys = json.loads((stack.folder / "gateway.json").read_text())
    claims = {"sub": person, "role": role, "aud": "authenticated", "exp": int(time.time()) + 600}
    head = ".".join(
        base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=")
        for each in ({"alg": "HS256", "typ": "JWT"}, claims)
    )
    mac = hmac.digest(keys["jwt_secret"].encode(), head.encode(), "sha256")
    return {"Authorization": f"Bearer {head}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"}


def count_running(stack: LocalStack) -> int:
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        found = connection.execute("select count(*) from pg_stat_activity where wait_event = 'PgSleep'").fetchone()
    return int(found[0]) if found else 0


def test_a_person_who_asks_much_keeps_nobody_else_waiting(pair: tuple[LocalStack, LocalStack]) -> None:
    for stack in pair:
        greedy, other = (sign(stack, str(uuid.uuid4())) for _ in range(2))
        with ThreadPoolExecutor(20) as pool:
            slow = [pool.submit(ask, stack, ("POST", "rpc/waits", {"seconds": 2}, greedy)) for _ in range(20)]
            while count_running(stack) < 4:
                time.sleep(0.01)
            assert ask(stack, ("GET", "sample?id=eq.1", None, other)).status_code == 200
            assert sum(each.done() for each in slow) <= 10, "behind them in a queue of ten, eleven would be done"
            assert {each.result().status_code for each in slow} == {200}
