"""Searching a million messages: `python -m tests.bench.messages [10000 1000000]`.

Fifty companies; one holds a tenth of all messages, and its CSM sees a fifth of those. Words follow Zipf's law. Prints
the time in the database of a search's first page, beside the query one would write under row-level security; and what
an answer of the same size costs at each size, for a word that is rare among few messages finds nothing.
"""

import json
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy
import psycopg

from lib import local
from tests.database.factories import SLIDES, fetch_value, insert_customer, insert_row, publish_workflow

COMPANIES, PEOPLE, CUSTOMERS, PER_THREAD = 50, 8, 40, 10
BIGGEST = 0.1
"""The share of all messages that is the measured company's."""

VOCABULARY = 30_000
NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
SINCE = timedelta(days=365)
ROUNDS = 40


@dataclass(frozen=True)
class Tenant:
    id: uuid.UUID
    people: list[uuid.UUID]
    runs: list[uuid.UUID]


def word(rank: int) -> str:
    """A pronounceable word for each rank; no two alike."""
    letters = ""
    rank += 20
    while rank:
        rank, place = divmod(rank, 100)
        letters += "bcdfghjklmnpqrstvwxz"[place % 20] + "aeiou"[place // 20]
    return letters


WORDS = [word(rank) for rank in range(VOCABULARY)]


def add_person(sql: psycopg.Connection[Any], company_id: uuid.UUID, role: str) -> uuid.UUID:
    email = f"{uuid.uuid4().hex}@zen.test"
    person = fetch_value(sql, "insert into auth.users (id, email) values (gen_random_uuid(), %s) returning id", email)
    return insert_row(sql, "profiles", id=person, company_id=company_id, email=email, full_name="Somebody", role=role)


def add_tenant(sql: psycopg.Connection[Any], number: int) -> Tenant:
    company = insert_row(sql, "companies", name=f"Company {number}")
    people = [add_person(sql, company, "csm" if place else "manager") for place in range(PEOPLE)]
    definition = publish_workflow(sql, company, "renewal-run")
    version = fetch_value(
        sql, "select id from public.workflow_definition_versions where definition_id = %s", definition
    )
    runs = []
    for place in range(CUSTOMERS):
        owner = people[place % PEOPLE]
        customer = insert_customer(sql, company, owner, name=f"Customer {place}")
        pinned = {"workflow_id": "renewal-run", "definition_version_id": version, "current_slide": SLIDES[0]}
        runs.append(
            insert_row(sql, "workflow_executions", company_id=company, customer_id=customer, owner_id=owner, **pinned)
        )
    return Tenant(company, people, runs)


def texts(count: int, seed: int) -> Iterator[str]:
    """Messages of 8 to 60 words by Zipf's law; the most frequent word is in about four of five."""
    numbers = numpy.random.default_rng(seed)
    weights = 1 / (numpy.arange(VOCABULARY) + 1.7)
    shares = numpy.cumsum(weights / weights.sum())
    for _ in range(0, count, 10_000):
        lengths = numbers.integers(8, 60, 10_000)
        ranks = iter(numpy.searchsorted(shares, numbers.random(int(lengths.sum()))))
        for length in lengths:
            yield " ".join(WORDS[next(ranks)] for _ in range(length))


def fill(sql: psycopg.Connection[Any], count: int, seed: int = 7) -> Tenant:
    """`count` messages through COPY; returns the company that is measured."""
    chance = random.Random(seed)
    tenants = [add_tenant(sql, number) for number in range(COMPANIES)]
    shares = [BIGGEST] + [(1 - BIGGEST) / (COMPANIES - 1)] * (COMPANIES - 1)
    of_thread = chance.choices(tenants, shares, k=count // PER_THREAD)
    ids = [uuid.UUID(int=chance.getrandbits(128), version=4) for _ in of_thread]
    owners = [chance.choice(tenant.people) for tenant in of_thread]
    shared = [chance.random() < 0.1 for _ in of_thread]
    with sql.cursor() as cursor:
        columns = "id, company_id, execution_id, slide_id, owner_id, is_shared, title"
        with cursor.copy(f"copy public.workflow_chat_threads ({columns}) from stdin") as rows:
            for place, tenant in enumerate(of_thread):
                where = (chance.choice(tenant.runs), chance.choice(SLIDES))
                rows.write_row((ids[place], tenant.id, *where, owners[place], shared[place], "About this"))
        sql.execute("alter table public.workflow_chat_messages disable trigger user")
        columns = "id, company_id, thread_id, answer_id, role, content, branch_type, created_at"
        with cursor.copy(f"copy public.workflow_chat_messages ({columns}) from stdin") as rows:
            for place, said in enumerate(texts(count, seed)):
                if place == count:
                    break
                # Conversations of the same days run beside each other.
                thread = min(place // 1000 * 100 + place % 100, len(ids) - 1)
                made = uuid.UUID(int=chance.getrandbits(128), version=4)
                is_question = place // 100 % 2 == 0
                role, branch = ("user", None) if is_question else ("assistant", chance.choice(["llm", "rag", "fixed"]))
                content = json.dumps({"type": "text", "text": said})
                moment = NEWEST - SINCE * (1 - place / count)
                rows.write_row((made, of_thread[thread].id, ids[thread], made, role, content, branch, moment))
        sql.execute("alter table public.workflow_chat_messages enable trigger user")
    index(sql)
    return tenants[0]


def index(sql: psycopg.Connection[Any]) -> None:
    """What the triggers would have done, in one go."""
    again = fetch_value(sql, "select pg_get_indexdef('private.chat_index_keys'::regclass)")
    sql.execute("drop index private.chat_index_keys")
    sql.execute("select private.index_messages(array(select id from public.workflow_chat_messages))")
    sql.execute("set maintenance_work_mem = '512MB'")
    sql.execute(again)
    for table in ("private.chat_index", "public.workflow_chat_threads", "public.workflow_chat_messages"):
        sql.execute(f"vacuum analyze {table}")


def as_person(sql: psycopg.Connection[Any], person: uuid.UUID) -> None:
    claims = json.dumps({"sub": str(person), "role": "authenticated"})
    sql.execute("select set_config('request.jwt.claims', %s, false)", [claims])
    sql.execute("set role authenticated")


OURS = "select public.search_chats(%s)"
FACETS = "select public.chat_facets(%s)"
NAIVE = """
    select id, thread_id, content, created_at from public.workflow_chat_messages
    where tsv @@ websearch_to_tsquery('simple', %s) order by created_at desc, id desc limit 20"""

BANDS = {
    "rare": (20_000, 29_000),
    "uncommon": (2_000, 4_000),
    "middling": (150, 400),
    "common": (15, 40),
    "very common": (0, 2),
}

ANSWERS = {"3 to 5 found": (3, 5), "20 to 40 found": (20, 40)}
"""Words by how many messages they find, at either size: nothing but the pile they are found in grows."""

SAID = """
    select word, count(*) from private.chat_index i cross join unnest(tsvector_to_array(i.words)) word
    where i.company_id = %s and i.words @@ %s::tsquery and word ~ '^[a-z]'
    group by word order by md5(word)"""


def found_alike(sql: psycopg.Connection[Any], tenant: Tenant, place: int) -> dict[str, list[str | None]]:
    """For each of `ANSWERS` words that find so many of the messages person number `place` may read."""
    readers = f"'=person={tenant.people[place]}' | '=shared=true'" if place else f"'=company={tenant.id}'"
    counted = sql.execute(SAID, [tenant.id, readers]).fetchall()
    return {
        kind: [f'"{word}"' for word, count in counted if low <= count <= high][:ROUNDS]
        for kind, (low, high) in ANSWERS.items()
    }


def questions(band: str, rounds: int) -> list[str | None]:
    """One word of the band, or two that are both said often enough to meet; none at all for 'no words'."""
    if band == "beginning":
        return [WORDS[200 + 7 * place][:3] for place in range(rounds)]
    if band == "no words":
        return [None] * rounds
    if band == "phrase":
        return [f'"{WORDS[place % 3]} {WORDS[3 + place]}"' for place in range(rounds)]
    if band == "two words":
        return [f"{WORDS[3 + place]} {WORDS[100 + 7 * place]}" for place in range(rounds)]
    if band == "not":
        return [f"{WORDS[60 + place]} -{WORDS[place % 3]}" for place in range(rounds)]
    low, high = BANDS[band]
    return [WORDS[low + place * (high - low) // rounds] for place in range(rounds)]


def computed(sql: psycopg.Connection[Any]) -> float:
    """Milliseconds the connection's own server process has spent computing; others on the machine do not count."""
    scheduled = Path(f"/proc/{sql.info.backend_pid}/schedstat")
    return int(scheduled.read_text().split()[0]) / 1e6 if scheduled.exists() else 1000 * time.perf_counter()


def timed(sql: psycopg.Connection[Any], statement: str, asked: list[str | None]) -> list[float]:
    """Milliseconds in the database, by question; the middle one of three, with everything in memory."""
    spent = []
    for words in asked:
        thrice = []
        for _ in range(3):
            start = computed(sql)
            sql.execute(statement, [words]).fetchall()
            thrice.append(computed(sql) - start)
        spent.append(sorted(thrice)[1])
    return sorted(spent)


def page_of(sql: psycopg.Connection[Any], words: str | None) -> float:
    """How many rows the first page has."""
    return len(fetch_value(sql, OURS, words)["rows"])


def p50_p95(spent: list[float]) -> tuple[float, float]:
    return statistics.median(spent), spent[min(len(spent) - 1, round(0.95 * len(spent)))]


KINDS = [*BANDS, "beginning", "two words", "phrase", "not", "no words"]


def measure(sql: psycopg.Connection[Any], tenant: Tenant) -> dict[tuple[str, str, str], list[float]]:
    found: dict[tuple[str, str, str], list[float]] = {}
    for who, place in (("CSM", 1), ("manager", 0)):
        alike = found_alike(sql, tenant, place)
        as_person(sql, tenant.people[place])
        seen = fetch_value(sql, "select (public.chat_facets() -> 'total')::int")
        print(f"  {who} sees {seen if seen < 10_000 else 'over 10,000'} of the company's", flush=True)
        timed(sql, OURS, [words for kind in KINDS for words in questions(kind, 5)])
        for kind in [*KINDS, *ANSWERS]:
            asked = alike.get(kind) or questions(kind, ROUNDS)
            found[who, kind, "ours"] = timed(sql, OURS, asked)
            found[who, kind, "rows"] = [page_of(sql, words) for words in asked]
            found[who, kind, "facets"] = timed(sql, FACETS, asked[:5])
        sql.execute("reset role")
    sql.execute("alter table public.workflow_chat_messages add tsv tsvector")
    sql.execute("alter table public.workflow_chat_messages disable trigger user")
    sql.execute("update public.workflow_chat_messages set tsv = to_tsvector('simple', content ->> 'text')")
    sql.execute("create index bench_tsv on public.workflow_chat_messages using gin (tsv)")
    sql.execute("vacuum analyze public.workflow_chat_messages")
    for who, person in (("CSM", tenant.people[1]), ("manager", tenant.people[0])):
        as_person(sql, person)
        sql.execute("set statement_timeout = '60s'")
        for kind in KINDS:
            if kind not in ("beginning", "no words"):
                found[who, kind, "naive"] = timed(sql, NAIVE, questions(kind, 3))
        sql.execute("reset role")
    return found


def with_messages(count: int, use: Callable[[psycopg.Connection[Any], Tenant], Any]) -> Any:
    """A database of its own with `count` messages in it, taken away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="zen-messages-"))
    stack = local.start_stack(folder=folder, seed=False, report=lambda _line: None)
    try:
        with psycopg.connect(stack.database_url, autocommit=True) as sql:
            start = time.perf_counter()
            tenant = fill(sql, count)
            print(f"{count:,} messages made in {time.perf_counter() - start:.0f} s", flush=True)
            return use(sql, tenant)
    finally:
        local.release_stack(stack)
        local.remove_stack(folder=folder, report=lambda _line: None)


def main(sizes: list[int]) -> None:
    found = {size: with_messages(size, measure) for size in sizes}
    columns_of = " | ".join(f"{size:,}: p50 / p95 ms" for size in sizes)
    print(f"| who | words | {columns_of} | growth of p95 | rows on the page | facets p50 | naive p50 |")
    print("| --- | --- |" + " ---: |" * (len(sizes) + 4))
    for who in ("CSM", "manager"):
        for kind in [*KINDS, *ANSWERS]:
            columns = [p50_p95(found[size][who, kind, "ours"]) for size in sizes]
            rows = " / ".join(f"{statistics.mean(found[size][who, kind, 'rows']):.0f}" for size in sizes)
            naive = found[sizes[-1]].get((who, kind, "naive"))
            facets = statistics.median(found[sizes[-1]][who, kind, "facets"])
            print(
                f"| {who} | {kind} | " + " | ".join(f"{p50:.1f} / {p95:.1f}" for p50, p95 in columns)
                + f" | {columns[-1][1] / columns[0][1]:.1f}x | {rows} | {facets:.0f}"
                + f" | {f'{statistics.median(naive):.0f}' if naive else ''} |"
            )  # fmt: skip


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 1_000_000])
