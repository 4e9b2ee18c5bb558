"""Search in a customer's records by meaning, in a company with 100,000 passages, as one of its people.

`python -m tests.bench.record_search` starts its own Supabase with the demo book and fills it up; about two minutes.
`--rest postgrest` asks a real PostgREST. Milliseconds of a whole search, of the question's vector, and of the database.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg

from lib import local
from lib.chat.record_search import RecordSearcher
from lib.customers.account_repository import AccountRepository
from lib.db.client import create_http_pool, create_supabase_client
from lib.demo.people import DEMO_PEOPLE, PASSWORD
from lib.llm.text_embedder import BUNDLED_MODEL, BundledEmbedder
from lib.settings import Settings
from tests.bench.database import took
from tests.retrieval.retrieval_scores import list_questions

SIZES = {200: 490, 2000: 1}
"""Customers by how many passages each has: 100,000 in all."""
FILL = """
create temp table crowd on commit drop as
select gen_random_uuid() as customer_id, p.company_id, p.id as owner_id, %(passages)s as passages
from public.profiles p, generate_series(1, %(customers)s) where p.email = %(email)s;
insert into public.customers (id, company_id, owner_id, name, segment, customer_since)
select customer_id, company_id, owner_id, 'Crowd ' || %(passages)s || ' ' || customer_id, 'mid', '2024-01-01'
from crowd;
insert into public.notes (company_id, customer_id, author_id, kind, body, happened_on)
select company_id, customer_id, owner_id, 'call',
  (%(texts)s::text[])[1 + (n * 7 + 3) %% cardinality(%(texts)s::text[])] || ' Number ' || n,
  date '2026-11-02' - n %% 700
from crowd, generate_series(1, passages) n;
create temp table directions on commit drop as
select k, array(select (random() - 0.5 + 0 * k)::real from generate_series(1, 384)) as vector
from generate_series(0, 199) k;
insert into private.passage_vectors (record_id, part, company_id, customer_id, text_hash, model, vector)
select n.id, 0, n.company_id, n.customer_id, md5(n.body), %(model)s,
  d.vector
from public.notes n join crowd using (customer_id)
join directions d on d.k = abs(hashtext(n.id::text)) %% 200
"""
IN_THE_DATABASE = "select public.search_records(%s, %s, %s, %s::real[])"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rest", choices=("lite", "postgrest"), default="lite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = local.start_stack(folder=Path(folder), rest=options.rest, report=lambda line: None)
        try:
            with psycopg.connect(stack.database_url, autocommit=True) as sql:
                fill(sql)
                print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {options.rest}")
                print(f"{'passages':>8} {'part':<22} {'p50':>7} {'p95 ms':>7} {'own p50':>7} {'own p95':>7}")
                for passages in SIZES:
                    measure(sql, stack, passages)
        finally:
            local.release_stack(stack)


def fill(sql: psycopg.Connection[Any]) -> None:
    texts = [question.text for question in list_questions(held_out=False)]
    for passages, customers in SIZES.items():
        with sql.transaction():
            values = {"passages": passages, "customers": customers, "texts": texts, "model": BUNDLED_MODEL}
            with psycopg.ClientCursor(sql) as cursor:
                cursor.execute(FILL, values | {"email": DEMO_PEOPLE[0].email})
    sql.execute("analyze public.notes, private.passage_vectors")


def measure(sql: psycopg.Connection[Any], stack: local.LocalStack, passages: int) -> None:
    settings = Settings(url=stack.url, publishable_key=stack.publishable_key, session_secret="")
    pool = create_http_pool()
    credentials = {"email": DEMO_PEOPLE[0].email, "password": PASSWORD}
    answer = create_supabase_client(settings, pool).auth.sign_in_with_password(credentials)
    assert answer.session
    client = create_supabase_client(settings, pool, access_token=answer.session.access_token)
    accounts, embedder = AccountRepository(client), BundledEmbedder()
    customers = sql.execute(
        "select id::text from public.customers where name like %s limit 40", [f"Crowd {passages} %"]
    ).fetchall()
    loaded = [accounts.fetch_account(customer) for (customer,) in customers]
    questions = [question.text for question in list_questions(held_out=False)]
    searcher = RecordSearcher(accounts=accounts, embedder=embedder)
    searcher.search(loaded[0], questions[0])
    pairs = [(loaded[place % len(loaded)], question) for place, question in enumerate(questions)]
    report(passages, "whole search", pairs, searcher.search)
    vectors = report(passages, "vector of the question", pairs, lambda _account, text: embedder.embed_question(text))
    sql.execute("set role authenticated")
    sql.execute("select set_config('request.jwt.claims', %s, false)", [json.dumps({"sub": answer.session.user.id})])
    asked = [(account.customer.id, list(vector)) for (account, _), vector in zip(pairs, vectors, strict=True)]
    with psycopg.ClientCursor(sql) as cursor:
        statements = [cursor.mogrify(IN_THE_DATABASE, [one, ["comp"], BUNDLED_MODEL, other]) for one, other in asked]
    times = [took(sql, statement) for statement in statements]
    print_figures(passages, "in the database", [clock for _, clock in times], [used for used, _ in times])
    sql.execute("reset role")


def report(passages: int, name: str, calls: Sequence[tuple[Any, Any]], call: Callable[[Any, Any], Any]) -> list[Any]:
    """Print milliseconds of the clock, and of this process's own processor: what a busy machine leaves of a figure."""
    answers, clock, used = [], [], []
    for one, other in calls:
        began, began_used = time.perf_counter(), time.process_time()
        answers.append(call(one, other))
        clock.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - began_used) * 1000)
    print_figures(passages, name, clock, used)
    return answers


def print_figures(passages: int, name: str, clock: Sequence[float], used: Sequence[float]) -> None:
    figures = (f"{statistics.median(times):>7.1f} {find_p95(times):>7.1f}" for times in (clock, used))
    print(f"{passages:>8} {name:<22} {' '.join(figures)}", flush=True)


def find_p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95) - 1]


if __name__ == "__main__":
    main()
