"""Merges among other changes: later merges, files, erasures, scores."""

import pytest

from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row
from tests.database.import_calls import StagedFile, operator_client
from tests.database.rpc import assert_refused, call_rpc
from tests.database.test_merges import merge, read_book

ACME = {"name": "Acme", "domain": "acme.test", "segment": "mid", "customer_since": "2025-01-01", "external_id": "a1"}
OTHER = ACME | {"name": "ACME Corporation", "domain": None, "external_id": "zd-7", "industry": "Wind"}


@pytest.fixture
def bring_in(sql, stack, company):
    """Brings a file of a source in; returns it."""

    def run(source: str, *records) -> StagedFile:
        return StagedFile(sql, operator_client(stack), company.manager, source=source).bring_in(*records)

    return run


@pytest.fixture
def accounts(sql, company):
    """Three customers, each with two contacts."""
    made = []
    for name in ("A", "B", "C"):
        customer = insert_customer(sql, company.id, company.csm.id, name=name, industry=name)
        of = {"company_id": company.id, "customer_id": customer, "role": "user"}
        made.append((customer, *(insert_row(sql, "contacts", **of, name=f"{name} {n}") for n in (1, 2))))
    return made


def undo(company, made):
    return call_rpc(company.manager, "undo_merge", p_merge_id=made)


def find_customer(sql, company, name):
    return fetch_value(sql, "select id from public.customers where company_id = %s and name = %s", company.id, name)


def test_a_second_merge_into_the_same_customer_is_undone_before_the_first(sql, company, accounts):
    (first, *_), (second, *_), (third, *_) = accounts
    before = read_book(sql, company)
    merges = [merge(company.manager, first, other, "name", "industry") for other in (second, third)]
    with assert_refused("PT409", "C was merged after that."):
        undo(company, merges[0])
    for made in reversed(merges):
        assert undo(company, made) == {"left_alone": []}
    assert read_book(sql, company) == before


def test_contacts_merged_before_and_after_their_customers_are_undone_in_order(sql, company, accounts):
    (first, *_), (second, contact, twin) = accounts[0], accounts[1]
    before = read_book(sql, company)
    merges = [
        merge(company.manager, contact, twin, table="contacts"),
        merge(company.manager, first, second),
        merge(company.manager, accounts[0][1], contact, table="contacts"),
    ]
    for number in (0, 1):
        with assert_refused("PT409", "was merged after that."):
            undo(company, merges[number])
    for made in reversed(merges):
        undo(company, made)
    assert read_book(sql, company) == before


def test_the_next_import_of_either_file_matches_the_survivor(sql, company, bring_in):
    bring_in("crm", ACME)
    bring_in("helpdesk", OTHER)
    kept, removed = (find_customer(sql, company, name) for name in ("Acme", "ACME Corporation"))
    made = merge(company.manager, kept, removed)
    bring_in("crm", ACME | {"industry": "Solar"})
    assert fetch_rows(sql, "select id, industry from public.customers where company_id = %s", company.id) == [
        {"id": kept, "industry": "Solar"}
    ]
    bring_in("helpdesk", OTHER | {"name": "Acme"})
    assert fetch_rows(sql, "select id, industry from public.customers where company_id = %s", company.id) == [
        {"id": kept, "industry": "Wind"}
    ]
    undo(company, made)
    ids = "select source, row_id from public.external_ids where company_id = %s order by source"
    assert [row["row_id"] for row in fetch_rows(sql, ids, company.id)] == [kept, removed]


def test_an_import_is_taken_back_around_a_merge(sql, company, bring_in):
    """The customer it added is gone: it is named, and nothing of the survivor is lost."""
    bring_in("crm", ACME)
    staged = bring_in("helpdesk", OTHER)
    kept, removed = (find_customer(sql, company, name) for name in ("Acme", "ACME Corporation"))
    made = merge(company.manager, kept, removed)
    problems = staged.undo()
    assert ("customers", "kept") in {(row["table_name"], row["result"]) for row in problems}
    assert find_customer(sql, company, "Acme") == kept
    undo(company, made)
    assert find_customer(sql, company, "ACME Corporation") == removed


def test_a_merge_on_an_erased_customer_is_not_undone_and_leaves_no_name(sql, company, accounts):
    kept, removed = accounts[0][0], accounts[1][0]
    sql.execute("update public.customers set name = 'Harbour Foods' where id = %s", [removed])
    made = merge(company.manager, kept, removed)
    for mode in ("pseudonymise", "remove"):
        erased = {"p_subject": "customer", "p_subject_id": str(kept), "p_mode": mode, "p_reason": "Asked for."}
        call_rpc(company.admin, "erase_subject", **erased)
        history = "select coalesce(jsonb_agg(r), '[]')::text from public.row_changes r where company_id = %s"
        assert "Harbour Foods" not in fetch_value(sql, history, company.id)
        labels = "select removed_label from public.merges where id = %s"
        assert fetch_value(sql, labels, made) in ("Erased", None)
        with assert_refused("PT409" if mode == "pseudonymise" else "PT404"):
            undo(company, made)


def test_a_contract_that_overlaps_moves_and_goes_back(sql, company, accounts):
    customers = accounts[0][0], accounts[1][0]
    terms = {"starts_on": "2026-01-01", "ends_on": "2027-01-01", "term_months": 12, "notice_days": 60, "seats": 40}
    for customer in customers:
        price = {"auto_renews": True, "annual_price_per_seat": 100}
        insert_row(sql, "contracts", company_id=company.id, customer_id=customer, **terms, **price)
    before = read_book(sql, company)
    made = merge(company.manager, *customers)
    counted = "select count(*) from public.contracts where customer_id = %s"
    assert fetch_value(sql, counted, customers[0]) == 2
    undo(company, made)
    assert read_book(sql, company) == before


def test_the_history_of_scores_is_back_after_the_undo(sql, company, accounts):
    customers = accounts[0][0], accounts[1][0]
    figures = "health_score, recent_tickets, open_tickets, open_p1, survey_answers, health_rule_version, is_history"
    for customer in customers:
        sql.execute(
            f"insert into public.customer_scores (company_id, customer_id, day, {figures}) "
            "values (%s, %s, '2026-01-05', 50, 0, 0, 0, 0, 1, true)",
            [company.id, customer],
        )
    history = "select to_jsonb(s) as row from public.customer_scores s"
    read = f"{history} where company_id = %s and is_history order by customer_id"
    before = fetch_rows(sql, read, company.id)
    undo(company, merge(company.manager, *customers))
    assert fetch_rows(sql, read, company.id) == before


def test_every_table_that_names_a_customer_moves_or_is_listed(sql):
    """A new table either moves with a customer, or stands here because nothing of it must move."""
    names = """
        select distinct c.conrelid::regclass::text as name from pg_constraint c
        where c.contype = 'f' and c.confrelid = 'public.customers'::regclass"""
    moved = {
        row["referring_table"] for row in fetch_rows(sql, "select * from private.list_merge_references('customers')")
    }
    left = {row["name"].removeprefix("public.") for row in fetch_rows(sql, names)} - {
        name.removeprefix("public.") for name in moved
    }
    assert left <= {
        "pending_owners",  # the kept customer has an owner
        "private.usage_rollups",  # queued for the kept customer
        "private.passage_vectors",  # deleted with the move of a record, computed anew by the worker
        "customer_scores",  # each customer has its own history
    }
