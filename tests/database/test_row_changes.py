"""The history of rows: what is recorded, who did it, what a row was, and whether changes are missing."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.audit.change_text import TABLE_NAMES
from tests.database.factories import Sql, fetch_rows, fetch_value, insert_customer, insert_row
from tests.support.companies import Company


@pytest.fixture(scope="module")
def company(stack: Any, sql: Sql) -> Company:
    return Company.create(sql, "Northwind History")


@pytest.fixture
def customer(sql: Sql, company: Company) -> uuid.UUID:
    return insert_customer(sql, company.id, company.csm.id)


def changes_of(sql: Sql, row_id: uuid.UUID) -> list[dict[str, Any]]:
    return fetch_rows(sql, "select * from public.row_changes where row_id = %s order by number", row_id)


def read_row(sql: Sql, table: str, row_id: uuid.UUID) -> Any:
    return fetch_value(sql, f"select to_jsonb(t) from public.{table} t where id = %s", row_id)


def test_each_change_of_a_row_is_recorded_with_before_and_after(sql, company, customer):
    contact = insert_row(
        sql, "contacts", company_id=company.id, customer_id=customer, name="Ines Ortega", role="champion"
    )
    sql.execute("update public.contacts set title = 'CFO' where id = %s", [contact])
    sql.execute("delete from public.contacts where id = %s", [contact])
    inserted, updated, deleted = changes_of(sql, contact)
    assert [change["operation"] for change in (inserted, updated, deleted)] == ["insert", "update", "delete"]
    assert (inserted["before"], deleted["after"]) == (None, None)
    assert inserted["after"] == updated["before"]
    assert updated["after"] == deleted["before"]
    assert (updated["before"]["title"], updated["after"]["title"]) == (None, "CFO")
    assert {change["customer_id"] for change in (inserted, updated, deleted)} == {customer}
    assert {change["table_name"] for change in (inserted, updated, deleted)} == {"contacts"}


def test_a_customer_is_its_own_customer_in_the_history(sql, customer):
    assert changes_of(sql, customer)[0]["customer_id"] == customer


def test_a_change_through_the_interface_names_the_person(sql, company, customer):
    company.csm.client.table("customers").update({"industry": "Wind"}).eq("id", str(customer)).execute()
    latest = changes_of(sql, customer)[-1]
    assert (latest["changed_by"], latest["source"], latest["source_id"]) == (company.csm.id, "person", None)


def test_a_change_without_a_person_is_the_operators(sql, customer):
    latest = changes_of(sql, customer)[-1]
    assert (latest["changed_by"], latest["source"]) == (None, "operator")


def test_a_cause_that_was_begun_holds_to_the_end_of_its_transaction(sql, company, customer):
    cause = uuid.uuid4()
    with sql.transaction():
        sql.execute("select private.begin_change('import', %s, %s)", [cause, company.admin.id])
        sql.execute("update public.customers set industry = 'Sun' where id = %s", [customer])
    sql.execute("update public.customers set industry = 'Sea' where id = %s", [customer])
    recorded = [(change["source"], change["source_id"], change["changed_by"]) for change in changes_of(sql, customer)]
    assert recorded[1:] == [("import", cause, company.admin.id), ("operator", None, None)]
    assert fetch_value(sql, "select count(*) from private.change_sources") == 0


def test_a_later_cause_of_one_transaction_replaces_the_earlier(sql, customer):
    with sql.transaction():
        sql.execute("select private.begin_change('import', null, null)")
        sql.execute("select private.begin_change('merge', null, null)")
        sql.execute("update public.customers set industry = 'Sun' where id = %s", [customer])
    assert changes_of(sql, customer)[-1]["source"] == "merge"


def test_a_seed_is_not_recorded(sql, company):
    with sql.transaction():
        sql.execute("select private.begin_change('seed')")
        seeded = insert_customer(sql, company.id, company.csm.id)
    assert changes_of(sql, seeded) == []


def test_an_update_that_changes_nothing_is_no_change(sql, customer):
    before = changes_of(sql, customer)
    sql.execute("update public.customers set name = name where id = %s", [customer])
    assert changes_of(sql, customer) == before


def test_stock_rows_have_no_history(sql):
    with sql.transaction(force_rollback=True):
        sql.execute("update public.severities set label = 'X' where company_id is null")
        assert fetch_value(sql, "select count(*) from public.row_changes where after ->> 'label' = 'X'") == 0


def test_a_rule_of_a_company_has_a_history(sql, company):
    rule = insert_row(
        sql, "severities", company_id=company.id, code="history", label="History", response_days=3, position=90
    )
    sql.execute("delete from public.severities where id = %s", [rule])
    assert [change["operation"] for change in changes_of(sql, rule)] == ["insert", "delete"]


def test_every_recorded_table_records_each_operation_and_has_a_name_in_the_audit_log(sql):
    recorded = """
        select c.relname as name, array_agg(t.tgname::text order by t.tgname) as triggers
        from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where t.tgfoid in ('private.record_row_changes'::regproc, 'private.record_member_change'::regproc,
          'private.record_invitation_change'::regproc)
        group by c.relname"""
    triggers = {row["name"]: row["triggers"] for row in fetch_rows(sql, recorded)}
    assert triggers.keys() == TABLE_NAMES.keys()
    exceptions = {
        "score_rules": ["record_insert"],
        "profiles": ["record_member_change"],
        "company_invites": ["record_invitation", "record_invitation_change"],
    }
    whole = ["record_delete", "record_insert", "record_update"]
    assert triggers == dict.fromkeys(TABLE_NAMES, whole) | exceptions


def test_a_row_as_of_a_moment_is_what_it_was_then(sql, customer):
    moments = [fetch_value(sql, "select clock_timestamp()")]
    rows = [read_row(sql, "customers", customer)]
    for industry in ("Wind", "Sun"):
        sql.execute("update public.customers set industry = %s where id = %s", [industry, customer])
        rows.append(read_row(sql, "customers", customer))
        moments.append(fetch_value(sql, "select clock_timestamp()"))
    sql.execute("delete from public.customers where id = %s", [customer])
    as_of = "select private.row_as_of('customers', %s, %s)"
    assert [fetch_value(sql, as_of, customer, moment) for moment in moments] == rows
    assert fetch_value(sql, as_of, customer, "2020-01-01") is None
    assert fetch_value(sql, "select private.row_as_of('customers', %s, clock_timestamp())", customer) is None


WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.text("abc", min_size=1, max_size=3)),
        st.tuples(st.just("update"), st.text("abc", min_size=1, max_size=3)),
        st.tuples(st.just("update all"), st.text("abc", min_size=1, max_size=3)),
        st.tuples(st.just("delete"), st.just("")),
    ),
    min_size=1,
    max_size=8,
)
STAMPS = ("updated_at", "revision")


def book_of(sql: Sql, company: Company) -> dict[str, Any]:
    rows = fetch_rows(sql, "select id, to_jsonb(c) as row from public.customers c where company_id = %s", company.id)
    return {str(row["id"]): without_stamps(row["row"]) for row in rows}


def without_stamps(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in STAMPS}


def write(sql: Sql, company: Company, kind: str, words: str) -> None:
    some = "(select id from public.customers where company_id = %s order by id limit 1)"
    if kind == "insert":
        insert_customer(sql, company.id, company.csm.id, name=words)
    elif kind == "update":
        sql.execute(f"update public.customers set industry = %s where id = {some}", [words, company.id])
    elif kind == "update all":
        sql.execute("update public.customers set country = %s where company_id = %s", [words, company.id])
    else:
        sql.execute(f"delete from public.customers where id = {some}", [company.id])


def take_back(book: dict[str, Any], changes: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> dict[str, Any]:
    """The book before the changes: each one's row put back, the latest first."""
    for change in reversed(list(changes)):
        if change["before"] is None:
            del book[str(change["row_id"])]
        else:
            book[str(change["row_id"])] = without_stamps(change["before"])
    return book


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=WRITES, together=st.booleans())
def test_changes_applied_backwards_give_the_earlier_rows(sql, books_of_history, writes, together):
    company = books_of_history
    before = book_of(sql, company)
    latest = fetch_value(sql, "select coalesce(max(number), 0) from public.row_changes")
    if together:
        with sql.transaction():
            for kind, words in writes:
                write(sql, company, kind, words)
    else:
        for kind, words in writes:
            write(sql, company, kind, words)
    since = "select * from public.row_changes where company_id = %s and number > %s order by number"
    assert take_back(book_of(sql, company), fetch_rows(sql, since, company.id, latest)) == before
    assert fetch_rows(sql, "select * from private.find_history_gaps(%s)", company.id) == []


@pytest.fixture(scope="module")
def books_of_history(stack: Any, sql: Sql) -> Company:
    return Company.create(sql, "Random History")


def test_a_change_that_was_taken_away_is_found(sql, new_company):
    company = new_company()
    row = insert_customer(sql, company.id, company.csm.id)
    first = fetch_value(sql, "select max(number) from private.change_sets where company_id = %s", company.id)
    sql.execute("update public.customers set industry = 'Wind' where id = %s", [row])
    insert_customer(sql, company.id, company.csm.id)
    gaps = "select number, missing from private.find_history_gaps(%s)"
    assert fetch_rows(sql, gaps, company.id) == []
    sql.execute("delete from public.row_changes where row_id = %s and operation = 'update'", [row])
    assert fetch_rows(sql, gaps, company.id) == [{"number": first + 1, "missing": 1}]
    sql.execute("delete from private.change_sets where company_id = %s and number = %s", [company.id, first + 2])
    assert fetch_rows(sql, gaps, company.id) == [
        {"number": first + 1, "missing": 1},
        {"number": first + 2, "missing": 0},
    ]


def test_a_transaction_rolled_back_leaves_no_number(sql, new_company):
    company = new_company()
    owner = company.csm.id
    with sql.transaction(force_rollback=True):
        insert_customer(sql, company.id, owner)
    insert_customer(sql, company.id, owner)
    of_company = "select number from private.change_sets where company_id = %s order by number"
    numbers = [row["number"] for row in fetch_rows(sql, of_company, company.id)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_whoever_changed_something_keeps_their_profile_when_they_leave(sql, new_company):
    company = new_company()
    customer = insert_customer(sql, company.id, company.csm.id)
    company.csm.client.table("customers").update({"industry": "Wind"}).eq("id", str(customer)).execute()
    company.csm.client.rpc("leave_company", {"p_successor_id": str(company.other_csm.id)}).execute()
    assert fetch_value(sql, "select is_active from public.profiles where id = %s", company.csm.id) is False
