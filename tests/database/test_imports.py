"""A file of customers, staged, checked, decided about, applied and taken back."""

from tests.database.factories import fetch_rows, fetch_value, insert_customer
from tests.database.rpc import assert_refused, call_rpc

ACME = {"name": "Acme", "domain": "acme.test", "segment": "mid", "customer_since": "2025-01-01", "external_id": "a1"}
BOLT = {"name": "Bolt", "domain": "bolt.test", "segment": "smb", "customer_since": "2025-02-01", "external_id": "b2"}


def book(sql, company):
    statement = "select id, name, domain, segment, status, owner_id from public.customers where company_id = %s"
    return {row["name"]: row for row in fetch_rows(sql, statement, company.id)}


def test_new_customers_are_checked_brought_in_and_taken_back(file, company, sql):
    staged = file().stage(ACME, BOLT).check()
    assert (staged.verdicts(), book(sql, company)) == (["new", "new"], {})
    staged.decide().apply()
    assert staged.status() == "applied"
    assert staged.counts() | {"new": 2, "applied": 2} == staged.counts()
    assert {name: row["owner_id"] for name, row in book(sql, company).items()} == {
        "Acme": company.manager.id,
        "Bolt": company.manager.id,
    }
    assert staged.undo() == []
    assert (staged.status(), book(sql, company)) == ("undone", {})


def test_undoing_the_undo_brings_the_same_rows_back(file, company, sql):
    staged = file().bring_in(ACME, BOLT)
    before = book(sql, company)
    staged.undo()
    staged.undo()
    assert (staged.status(), book(sql, company)) == ("applied", before)
    staged.undo()
    assert (staged.status(), book(sql, company)) == ("undone", {})


def test_the_same_file_again_changes_nothing(file, company, sql):
    file().bring_in(ACME, BOLT)
    again = file().stage(ACME, BOLT).check()
    assert again.verdicts() == ["unchanged", "unchanged"]
    changes = "select count(*) from public.row_changes where company_id = %s"
    before = fetch_value(sql, changes, company.id)
    again.decide().apply()
    assert fetch_value(sql, changes, company.id) == before


def test_a_changed_customer_shows_old_and_new_value_of_each_column(file, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme", segment="smb", summary="They watch turbines.")
    staged = file().stage({"name": "ACME", "domain": "acme.test", "segment": "mid"}).check()
    (row,) = staged.rows()
    assert row["verdict"] == "changed"
    assert row["changes"] == {"name": ["Acme", "ACME"], "domain": [None, "acme.test"], "segment": ["smb", "mid"]}
    staged.decide().apply()
    assert book(sql, company)["ACME"]["segment"] == "mid"
    assert staged.undo() == []
    assert book(sql, company)["Acme"]["domain"] is None


def test_a_csm_cannot_import(file, company):
    with assert_refused("PT403", "Only managers and admins can import."):
        file(who=company.csm).stage(ACME)


def test_the_operator_applies_and_nobody_else(file, company):
    staged = file().stage(ACME).check().decide()
    with assert_refused("42501"):
        call_rpc(company.manager, "apply_next_import_batch")
    assert staged.status() == "decided"
    staged.apply()
