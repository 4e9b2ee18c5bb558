"""What somebody might try with merges: other companies, CSMs, columns that are not theirs to choose, forged history."""

import uuid

import pytest

from tests.database.factories import fetch_value, insert_customer, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc


@pytest.fixture
def companies(new_company):
    return new_company("Northwind Analytics"), new_company("Someone Else")


@pytest.fixture
def pairs(companies, sql):
    """Two customers of each company."""
    return [[insert_customer(sql, each.id, each.csm.id, name=name) for name in ("A", "B")] for each in companies]


def merge(who, kept, removed, taken=(), table="customers"):
    ids = {"p_kept_id": str(kept), "p_removed_id": str(removed)}
    return call_rpc(who, "merge_records", p_table=table, **ids, p_taken=list(taken))


def count_customers(sql, company):
    return fetch_value(sql, "select count(*) from public.customers where company_id = %s", company.id)


def test_a_customer_of_another_company_is_neither_kept_nor_removed(companies, pairs, sql):
    (mine, other), (theirs, _) = pairs
    for kept, removed in ((mine, theirs), (theirs, mine), pairs[1], (mine, uuid.uuid4())):
        with assert_refused("PT404"):
            merge(companies[0].manager, kept, removed)
    for both in ((mine, mine), (None, mine)):
        with assert_refused("PT400"):
            call_rpc(companies[0].manager, "merge_records", p_table="customers",
                     p_kept_id=both[0] and str(both[0]), p_removed_id=str(both[1]))  # fmt: skip
    assert [count_customers(sql, company) for company in companies] == [2, 2]
    assert other


def test_only_leaders_merge_and_undo_and_only_in_their_own_company(companies, pairs, sql):
    with assert_refused("PT403"):
        merge(companies[0].csm, *pairs[0])
    made = merge(companies[0].manager, *pairs[0])
    with assert_refused("PT403"):
        call_rpc(companies[0].csm, "undo_merge", p_merge_id=made)
    with assert_refused("PT404"):
        call_rpc(companies[1].admin, "undo_merge", p_merge_id=made)
    assert companies[1].admin.client.table("merges").select("id").execute().data == []
    assert companies[0].csm.client.table("merges").select("id").execute().data == []
    assert count_customers(sql, companies[0]) == 1


@pytest.mark.parametrize(
    ("table", "taken"),
    [
        ("customers", ["company_id"]),
        ("customers", ["id"]),
        ("customers", ["name", "revision"]),
        ("customers", ["name = 'x'; --"]),
        ("customers", [None]),
        ("profiles", []),
        ("merges", []),
        ("customers; drop table public.notes", []),
        (None, []),
    ],
)
def test_other_tables_and_columns_are_refused(companies, pairs, sql, table, taken):
    with assert_refused("PT400"):
        merge(companies[0].manager, *pairs[0], taken, table=table)
    assert count_customers(sql, companies[0]) == 2


def test_an_undo_brings_back_only_what_its_own_merge_removed(companies, pairs, sql):
    """A row of the history cannot be forged by a person, whatever the id of its source."""
    made = merge(companies[0].manager, *pairs[0])
    forged = {"company_id": str(companies[0].id), "table_name": "customers", "row_id": str(uuid.uuid4())}
    with assert_refused("42501"):
        change = {"operation": "delete", "before": {"name": "Forged"}, "source": "merge", "source_id": made}
        companies[0].admin.client.table("row_changes").insert(forged | change).execute()
    with assert_refused("42501"):
        companies[0].admin.client.table("merges").update({"removed_id": str(pairs[1][0])}).eq("id", made).execute()
    call_rpc(companies[0].admin, "undo_merge", p_merge_id=made)
    assert [count_customers(sql, company) for company in companies] == [2, 2]


def test_a_run_still_keeps_its_customer_outside_of_a_merge(companies, pairs, sql):
    publish_workflow(sql, companies[0].id, "our-renewal")
    started = call_rpc(companies[0].csm, "start_workflow", p_workflow_id="our-renewal", p_customer_id=str(pairs[0][0]))
    run = started["execution_id"]
    for change in ({"customer_id": str(pairs[0][1])}, {"customer_id": str(pairs[0][1]), "revision": 1}):
        with pytest.raises(Exception, match=r"42501|PT409"):
            companies[0].csm.client.table("workflow_executions").update(change).eq("id", run).execute()
    assert fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run) == pairs[0][0]


def test_an_external_id_of_another_company_does_not_move(companies, pairs, sql):
    removed = pairs[0][1]
    values = {"source": "crm", "table_name": "contacts", "external_id": "x", "row_id": removed}
    foreign = insert_row(sql, "external_ids", company_id=companies[1].id, **values)
    merge(companies[0].manager, *pairs[0])
    assert fetch_value(sql, "select row_id from public.external_ids where id = %s", foreign) == removed
