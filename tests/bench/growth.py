"""The database's time for each page while the database grows tenfold and the company that is looked at stays the same.

`python -m tests.bench.growth` makes 20 companies with 2,000 customers and 100,000 messages, measures, goes on to 200
companies with 20,000 customers and a million messages, and measures again: half an hour. `--tenths 2` stops at two
tenths. No page may take more than twice as long among ten times as many rows: what is above is marked.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from lib import local
from tests.bench.database import TREND, VOLUME, first, took

GROWTH = Path(__file__).with_name("growth.sql")
COMPANIES, CUSTOMERS, MESSAGES = 20, 100, 5000
"""Companies made at a time, and what each of them has."""

TIMES = 21
LIMIT = 2.0
PEOPLE = ("csm", "manager", "admin")

# Who asks, the page, and what it asks for. A name in braces is an id of the measured company.
CALLS = (
    ("csm", "Today", "public.zen_dashboard()"),
    ("manager", "Today", "public.zen_dashboard()"),
    ("csm", "inbox", "public.inbox()"),
    ("manager", "inbox of the team", "public.inbox(true)"),
    ("manager", "book", "public.book()"),
    ("manager", "book, a name", "public.book('{{\"name\": \"er 17\"}}', 'name')"),
    ("manager", "book, renewals", "public.book_renewals()"),
    ("csm", "customer", "public.customer_page('{customer}')"),
    ("csm", "catalogue", "public.workflow_catalogue()"),
    ("csm", "run", "public.open_run('{execution}')"),
    ("csm", "run, peek", "public.peek_run('standard-renewal', '{customer}')"),
    ("csm", "conversations, a common word", "public.search_chats('w2')"),
    ("csm", "conversations, a rare word", "public.search_chats('w9777')"),
    ("manager", "conversations, two words", "public.search_chats('w30 w7')"),
    ("manager", "conversations, facets", "public.chat_facets('w30')"),
    ("manager", "people", "public.company_people()"),
    ("manager", "people, a book", "public.person_book('{csm}')"),
    ("manager", "team", "public.team_overview()"),
    ("manager", "forecast", "public.forecast()"),
    ("csm", "find", "public.find('er 17')"),
    ("manager", "imports", "public.read_imports()"),
    ("manager", "audit", "public.read_row_changes()"),
    ("manager", "audit, of a person", "public.read_row_changes(p_person_id => '{csm}')"),
    ("manager", "settings, scores", "public.score_rules()"),
    ("manager", "settings, suggestions", "public.suggestion_rules()"),
    ("admin", "privacy, chats", "public.preview_chat_retention(180)"),
)
Times = dict[tuple[str, str], float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenths", type=int, default=10, help="how many times the database is filled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = local.start_stack(folder=Path(folder), report=lambda line: None)
        try:
            with psycopg.connect(stack.database_url, autocommit=True) as sql:
                print_growth(list(grow(sql, options.tenths)))
        finally:
            local.release_stack(stack)


def grow(sql: psycopg.Connection[Any], tenths: int) -> Iterator[Times]:
    """The times at the first tenth and at the last."""
    ids: dict[str, Any] = {}
    for tenth in range(1, tenths + 1):
        began = time.perf_counter()
        made = fill(sql)
        ids = ids or made
        took_seconds = time.perf_counter() - began
        print(f"{describe_size(sql)}; {took_seconds:.0f} s; load {os.getloadavg()[0]:.1f}", flush=True)
        if tenth in (1, tenths):
            sql.execute("vacuum analyze")
            yield {(who, page): measure(sql, ids, who, call) for who, page, call in CALLS}


def fill(sql: psycopg.Connection[Any]) -> dict[str, Any]:
    """Twenty more companies, with kept scores; returns ids of one of them."""
    with sql.transaction():
        for name, number in (("companies", COMPANIES), ("customers", CUSTOMERS), ("messages", MESSAGES)):
            sql.execute("select set_config(%s, %s, true)", [f"bench.{name}", str(number)])
        sql.execute(VOLUME.read_bytes())
        sql.execute(GROWTH.read_bytes())
        companies = [row[0] for row in sql.execute("select company_id from crowd order by n")]
        ids = dict(
            sql.execute("select distinct on (role) role, id from people where n = 1 order by role, k").fetchall()
        )
        owned = "select customer_id, e.id from books b join public.workflow_executions e using (customer_id) "
        owned += "where b.owner_id = %s and e.ended_at is null order by b.k limit 1"
        ids["customer"], ids["execution"] = first(sql, owned, ids["csm"])
        ids["admin"] = ids["manager"]
    for company in companies:
        customers = f"array(select id from public.customers where company_id = '{company}')"
        for function, days in (("keep_scores", "current_date"), ("keep_past_scores", TREND)):
            sql.execute(f"select private.{function}('{company}', {days}, {customers})".encode())
    return ids


def describe_size(sql: psycopg.Connection[Any]) -> str:
    tables = ("companies", "customers", "workflow_chat_messages")
    counts = [f"{first(sql, f'select count(*) from public.{table}')[0]:,} {table}" for table in tables]
    return ", ".join(counts)


def measure(sql: psycopg.Connection[Any], ids: dict[str, Any], who: str, call: str) -> float:
    """Milliseconds of processor time of a call, the least of many: other work only makes it longer."""
    with sql.transaction(force_rollback=True):
        if who == "admin":
            sql.execute("update public.profiles set role = 'admin' where id = %s", [ids["admin"]])
        sql.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps({"sub": str(ids[who])})])
        sql.execute("set local role authenticated")
        statement = f"select {call.format(**ids)}"
        return min(took(sql, statement)[0] for _ in range(TIMES))


def print_growth(found: list[Times]) -> None:
    before, after = found[0], found[-1]
    print("| page | as | a tenth, ms | the whole, ms | factor |")
    print("| --- | --- | ---: | ---: | ---: |")
    for who, page, _ in CALLS:
        small, large = before[who, page], after[who, page]
        mark = " above" if large > LIMIT * small else ""
        print(f"| {page} | {who} | {small:.1f} | {large:.1f} | {large / small:.1f}{mark} |")


if __name__ == "__main__":
    main()
