"""How much a check reads grows as its file does. Rows are counted and no seconds, which a loaded machine stretches."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.database.factories import Sql, fetch_rows, fetch_value

FEW, MANY = 200, 1000
ALLOWED_GROWTH = 1.5 * MANY / FEW
"""A file five times as long may make a step read somewhat more than five times as many rows; a nested loop reads 25."""

Record = dict[str, Any]


def make_customer(number: int) -> Record:
    known = {"external_id": f"C-{number}", "name": f"Customer {number}", "domain": f"c{number}.example"}
    return known | {"segment": "mid", "customer_since": "2025-01-01"}


def make_flat_line(number: int) -> Record:
    hangs_on = {"customer_external_id": f"C-{number}", "customer_domain": f"c{number}.example"}
    hangs_on["customer_name"] = f"Customer {number}"
    contact = {"name": f"Ann {number}", "email": f"a{number}@c{number}.example", "role": "champion"}
    days = {"starts_on": "2026-01-01", "ends_on": "2027-01-01", "term_months": 12, "notice_days": 30}
    terms = {"auto_renews": True, "seats": 5, "annual_price_per_seat": "90"}
    return {
        "customers": make_customer(number),
        "contacts": hangs_on | contact,
        "contracts": hangs_on | days | terms,
    }


def make_contact(number: int) -> Record:
    return {"customer_external_id": "C-1", "name": f"Ann {number}", "email": f"a{number}@c1.example", "role": "user"}


FILES: dict[str, Callable[[int], Record]] = {
    "customers": make_customer,
    "flat": make_flat_line,
    "contacts": make_contact,
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("is_in_book", [False, True], ids=["new", "in the book"])
def test_steps_of_a_check_read_rows_in_proportion_to_the_file(kind, is_in_book, file, sql, new_company):
    read = {}
    for size in (FEW, MANY):
        company = new_company()
        if kind == "contacts":
            file(who=company.manager).bring_in(make_customer(1))
        records = [FILES[kind](number) for number in range(size)]
        if is_in_book:
            file(who=company.manager, kind=kind).bring_in(*records)
        staged = file(who=company.manager, kind=kind).stage(*records).check()
        read[size] = {step: count_rows_read(sql, step, staged.id) for step in STEPS}
    grown = {step: read[MANY][step] / max(read[FEW][step], FEW) for step in STEPS}
    assert {step: times for step, times in grown.items() if times > ALLOWED_GROWTH} == {}, read


STEPS = ("find_import_customers", "find_import_matches", "find_same_customers")


def count_rows_read(sql: Sql, function: str, import_id: str) -> int:
    """Rows that the nodes of a function's plan return or throw away, for all rows of an import."""
    found = fetch_rows(sql, "select prosrc, proconfig from pg_proc where proname = %s", function)[0]
    assert found["proconfig"] == ['search_path=""']
    body = re.sub(r"\bimport\.(\w+)", r"($1).\1", found["prosrc"])
    body = re.sub(r"\brow_ids\b", "$2", body)
    target = fetch_value(sql, "select i::text from public.imports i where i.id = %s", import_id)
    row_ids = fetch_value(
        sql, "select array_agg(r.id)::text from public.import_rows r where r.import_id = %s", import_id
    )
    sql.execute(f"prepare step (public.imports, uuid[]) as {body}".encode())
    try:
        arguments = f"{quote(target)}, {quote(row_ids)}"
        plan = fetch_value(sql, f"explain (analyze, timing off, format json) execute step({arguments})")
    finally:
        sql.execute("deallocate step")
    return sum(
        node["Actual Loops"] * sum(node.get(name, 0) for name in ("Actual Rows", *REMOVED))
        for node in walk(plan[0]["Plan"])
        if node["Node Type"] != "Bitmap Index Scan"  # counts old versions of rows, too
    )


REMOVED = ("Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck")


def walk(node: Record) -> Iterator[Record]:
    yield node
    for child in node.get("Plans", ()):
        yield from walk(child)


def quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def test_what_was_just_written_is_looked_up_by_its_rows(file, sql, company):
    """No statistics know the company's customers yet: the planner takes them for one, and may begin with them."""
    staged = file().stage(*map(make_customer, range(FEW))).check().decide()
    row_ids = "array(select r.id from public.import_rows r where r.import_id = i.id)"
    target = f"{row_ids}) from public.imports i where i.id = %s"
    with sql.transaction(force_rollback=True):
        sql.execute("set local plan_cache_mode = force_custom_plan")  # as the function that calls these
        sql.execute("select private.begin_change('import', %s, %s)", [staged.id, company.manager.id])
        sql.execute(f"select private.write_import_records(i, 'customers', {target}", [staged.id])
        before = count_staged_rows_read(sql)
        sql.execute(f"select private.write_import_references(i, {target}", [staged.id])
        read = count_staged_rows_read(sql) - before
    assert read <= 20 * FEW


def count_staged_rows_read(sql: Sql) -> int:
    """Rows of imports that this transaction has read."""
    table = "'public.import_rows'::regclass"
    return fetch_value(
        sql, f"select pg_stat_get_xact_tuples_returned({table}) + pg_stat_get_xact_tuples_fetched({table})"
    )
