"""Undo of an import whose owners joined meanwhile: what the import promised is taken back with it."""

import pytest

from lib.auth.model import Role
from tests.database.factories import fetch_rows, fetch_value, insert_customer
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import sign_up, unused_email

ACME = {"name": "Acme", "domain": "acme.test", "segment": "mid", "customer_since": "2025-01-01", "external_id": "a1"}
BOLT = {"name": "Bolt", "domain": "bolt.test", "segment": "smb", "customer_since": "2025-02-01", "external_id": "b2"}


@pytest.fixture
def email():
    return unused_email()


def join(company, email):
    person, _session = sign_up(email)
    invitation = company.invite(email, Role.CSM, "Lena Thoms")
    company.sql.execute("select private.join_company(%s, %s, null)", [person, invitation])
    return person


def owners(sql, company):
    rows = fetch_rows(sql, "select name, owner_id from public.customers where company_id = %s", company.id)
    return {row["name"]: row["owner_id"] for row in rows}


def count_pending(sql, company):
    return fetch_value(sql, "select count(*) from public.pending_owners where company_id = %s", company.id)


def test_undo_takes_back_the_customers_of_an_owner_who_joined_and_brings_them_back_as_theirs(file, company, sql, email):
    staged = file().bring_in({**ACME, "owner_email": email}, {**BOLT, "owner_email": email})
    person = join(company, email)
    assert staged.undo() == []
    assert owners(sql, company) == {}
    assert staged.undo() == []
    assert owners(sql, company) == {"Acme": person, "Bolt": person}
    assert staged.undo() == []
    assert owners(sql, company) == {}


def test_joining_between_the_plan_of_an_undo_and_its_decision_changes_nothing(file, company, sql, email):
    staged = file().bring_in({**ACME, "owner_email": email})
    undo = staged.plan_undo()
    join(company, email)
    with assert_refused("PT409", "This import has changed since you looked at it."):
        call_rpc(company.manager, "decide_import_undo", p_undo_id=undo, p_revision=1)
    staged.decide_undo(undo)
    while fetch_value(sql, "select status = 'decided' from public.import_undos where id = %s", undo):
        call_rpc(staged.operator, "apply_next_undo_batch", p_most=1000)
    assert owners(sql, company) == {}


def test_undo_gives_a_customer_that_was_there_back_to_its_owner(file, company, sql, email):
    insert_customer(sql, company.id, company.csm.id, name="Acme")
    staged = file().bring_in({"name": "Acme", "owner_email": email})
    person = join(company, email)
    # A promise to somebody else than the owner of the day does not hold: the import held it for the CSM.
    assert owners(sql, company) == {"Acme": person}
    assert staged.undo() == []
    assert owners(sql, company) == {"Acme": company.csm.id}
    staged.undo()
    assert owners(sql, company) == {"Acme": person}


def test_a_change_between_import_and_joining_is_named_with_its_author_and_kept(file, company, sql, email):
    staged = file().bring_in({**ACME, "owner_email": email}, BOLT)
    acme = fetch_value(sql, "select id from public.customers where company_id = %s and name = 'Acme'", company.id)
    company.manager.client.table("customers").update({"summary": "Ours."}).eq("id", str(acme)).execute()
    person = join(company, email)
    (kept,) = staged.undo()
    assert (kept["label"], kept["result"]) == ("Acme", "kept")
    assert kept["problem"].startswith(f"Changed by {company.manager.full_name} on ")
    assert owners(sql, company) == {"Acme": person}


def test_whoever_joins_while_an_import_is_taken_back_gets_its_customers_when_it_is_brought_in_again(
    file, company, sql, email
):
    staged = file().bring_in({**ACME, "owner_email": email})
    staged.undo()
    person = join(company, email)
    assert staged.undo() == []
    assert owners(sql, company) == {"Acme": person}
    assert count_pending(sql, company) == 0
    assert staged.undo() == []
    assert owners(sql, company) == {}


def test_promises_of_owners_are_no_rows_of_the_plan_people_read(file, company, sql, email):
    staged = file().bring_in({**ACME, "owner_email": email})
    plan = staged.plan_undo()
    planned = fetch_rows(sql, "select table_name from public.import_undo_rows where undo_id = %s", plan)
    assert sorted(row["table_name"] for row in planned) == ["customers", "external_ids"]
    staged.undo()
    assert count_pending(sql, company) == 0
    staged.undo()
    assert count_pending(sql, company) == 1


def test_an_undo_of_nothing_but_a_promise_counts_as_one_customer(file, company, sql, email):
    insert_customer(sql, company.id, company.csm.id, name="Acme")
    staged = file().bring_in({"name": "Acme", "owner_email": email})
    counts = call_rpc(company.manager, "import_undo_counts", p_undo_id=staged.plan_undo())
    assert counts == {"remove": 0, "restore": 1, "bring_back": 0, "problems": 0}
    assert staged.undo() == []
    assert count_pending(sql, company) == 0


def test_owners_are_listed_before_an_import_is_decided(file, company, email):
    bolt = {**ACME, "name": "Bolt", "domain": "bolt.test", "external_id": "b1", "owner_email": company.csm.email}
    staged = file().stage({**ACME, "owner_email": email}, bolt).check()
    (opened,) = call_rpc(company.manager, "read_imports", p_import_id=staged.id)["imports"]
    assert opened["owners"] == [
        {"email": email, "name": None, "customers": 1},
        {"email": company.csm.email, "name": company.csm.full_name, "customers": 1},
    ]
    assert call_rpc(company.csm, "read_imports", p_import_id=staged.id)["imports"][0]["owners"] == []
