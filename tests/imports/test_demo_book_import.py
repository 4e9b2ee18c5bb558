"""The demo book in a company of one's own: brought in by the import, taken back by its undo."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from lib.demo.demo_data import build_demo_data
from lib.demo.demo_files import build_demo_files
from lib.demo.ids import derive_company_id
from lib.demo.people import VENDOR
from lib.errors import Conflict, NotPermitted
from lib.imports.demo_book_import import DemoBookService, build_demo_mapping, read_demo_file
from lib.imports.model import ImportStatus, Verdict
from lib.imports.repository import ImportQueue, ImportRepository
from lib.imports.service import ImportService
from lib.imports.staged_records import parse_rows_to_stage
from tests.database.factories import fetch_rows, fetch_value, insert_customer
from tests.database.import_calls import operator_client
from tests.imports.test_service import apply
from tests.support.companies import Company, Member

TABLES = (
    "modules",
    "customers",
    "contacts",
    "contracts",
    "usage_weeks",
    "tickets",
    "survey_responses",
    "notes",
)
NOT_COMPARED = {"id", "company_id", "customer_id", "owner_id", "author_id", "contact_id", "replaced_by"}
STAMPS = {"created_at", "updated_at"}


@pytest.fixture
def service_of() -> Callable[[Member], DemoBookService]:
    return lambda member: DemoBookService(member.client, ImportService(ImportRepository(member.client)))


def test_every_row_of_the_demo_files_is_read_without_a_problem_on_any_day() -> None:
    for day in (date(2026, 2, 28), date(2028, 2, 29), date(2026, 12, 31), date(2027, 7, 4)):
        files = build_demo_files(day, ["ann@a.test"])
        assert [file.table for file in files] == list(TABLES)
        for file in files:
            staged = list(parse_rows_to_stage(build_demo_mapping(file), read_demo_file(file).rows))
            assert [row["problems"] for row in staged] == [[]] * len(file.rows), file.table


def test_owners_take_turns() -> None:
    customers = build_demo_files(date(2026, 11, 30), ["ann@a.test", "bea@a.test"])[1]
    owners = [row[customers.fields.index("owner_email")] for row in customers.rows]
    assert owners[:3] == ["ann@a.test", "bea@a.test", "ann@a.test"]


def test_the_demo_book_is_brought_in_as_the_generator_says_and_taken_back_whole(
    stack: Any, company: Company, sql: Any, service_of: Callable[[Member], DemoBookService]
) -> None:
    service, today = service_of(company.admin), date.today() - timedelta(days=1)
    imports = ImportService(ImportRepository(company.admin.client))
    import_id = service.load_demo_book(today, [company.admin.email, company.csm.email])
    counts = imports.repository.fetch_counts(import_id)
    assert (counts.refused, counts.unchanged, counts.changed, counts.dropped) == (0, 0, 0, 0)
    with pytest.raises(Conflict):
        service.load_demo_book(today, [company.admin.email])
    assert apply(stack, imports, import_id) is ImportStatus.APPLIED
    assert imports.repository.fetch_rows(import_id, verdict=Verdict.REFUSED) == ()

    expected, notes = build_demo_data(today).tables, build_demo_files(today, ["ann@a.test"])[-1]
    note_ids = {row[notes.fields.index("external_id")] for row in notes.rows}
    for table in TABLES:
        rows = [row for row in expected[table] if row["company_id"] == derive_company_id(VENDOR)]
        if table == "notes":  # those that runs of the demo wrote are no part of it
            rows = [row for row in rows if row["id"] in note_ids]
        stored = fetch_rows(sql, f"select to_jsonb(t) as row from public.{table} t where company_id = %s", company.id)
        columns = sorted(set(rows[0]) - NOT_COMPARED - STAMPS)
        assert _digest(rows, columns) == _digest([each["row"] for each in stored], columns), table
    owners = fetch_rows(
        sql, "select owner_id, count(*) from public.customers where company_id = %s group by 1", company.id
    )
    assert {row["owner_id"] for row in owners} == {company.admin.id, company.csm.id}
    linked = "select count(*) from public.survey_responses where company_id = %s and contact_id is not null"
    assert fetch_value(sql, linked, company.id) == sum(
        row["contact_id"] is not None
        for row in expected["survey_responses"]
        if row["company_id"] == derive_company_id(VENDOR)
    )

    undo = imports.plan_undo(import_id)
    assert undo.problems == ()
    imports.repository.decide_undo(undo.id, revision=undo.revision)
    while imports.repository.fetch_undo(undo.id).status == "decided":
        ImportQueue(operator_client(stack)).apply_next_batch()
    for table in (*TABLES, "external_ids", "pending_owners"):
        assert fetch_value(sql, f"select count(*) from public.{table} where company_id = %s", company.id) == 0, table


def test_a_company_with_a_customer_gets_no_demo_book(
    company: Company, sql: Any, service_of: Callable[[Member], DemoBookService]
) -> None:
    insert_customer(sql, company.id, company.csm.id)
    with pytest.raises(Conflict):
        service_of(company.admin).load_demo_book(date(2026, 11, 30), [company.admin.email])


def test_a_csm_loads_no_demo_book(company: Company, service_of: Callable[[Member], DemoBookService]) -> None:
    with pytest.raises(NotPermitted):
        service_of(company.csm).load_demo_book(date(2026, 11, 30), [company.csm.email])


def _digest(rows: list[dict[str, Any]], columns: list[str]) -> list[str]:
    return sorted(repr([_plain(row[column]) for column in columns]) for row in rows)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
