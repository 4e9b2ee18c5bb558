"""The address of a customer that was merged or erased says what became of it, to its company only."""

import json
import uuid

import pytest

from tests.database.factories import Sql, fetch_value, insert_customer
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

UNKNOWN = "This customer does not exist"


@pytest.fixture
def company(new_company) -> Company:
    return new_company()


def add(company: Company, sql: Sql, name: str) -> str:
    return str(insert_customer(sql, company.id, company.csm.id, name=name))


def merge(company: Company, kept: str, removed: str) -> str:
    return call_rpc(company.manager, "merge_records", p_table="customers", p_kept_id=kept, p_removed_id=removed)


def erase(company: Company, customer: str, mode: str) -> None:
    subject = {"p_subject": "customer", "p_subject_id": customer}
    call_rpc(company.manager, "erase_subject", **subject, p_mode=mode, p_reason="They asked us to.")


def read(who, customer: str):
    return call_rpc(who, "customer_page", p_customer_id=customer)


def test_a_merged_customer_names_the_one_it_was_merged_into_also_over_several_merges(company, sql):
    first, second, third = (add(company, sql, name) for name in ("Bolt Ltd", "Bolt", "Bolt Group"))
    merge(company, second, first)
    with assert_refused("PT404", "Bolt Ltd was merged into Bolt.") as refusal:
        read(company.csm, first)
    assert json.loads(refusal.value.details) == {"merged_into": second, "name": "Bolt"}
    undone = merge(company, third, second)
    with assert_refused("PT404", "Bolt Ltd was merged into Bolt Group."):
        read(company.csm, first)
    call_rpc(company.manager, "undo_merge", p_merge_id=undone)
    assert read(company.csm, second)["account"]["customer"]["name"] == "Bolt"
    with assert_refused("PT404", "Bolt Ltd was merged into Bolt."):
        read(company.csm, first)


def test_a_removed_customer_says_when_it_was_erased(company, sql):
    customer = add(company, sql, "Bolt")
    erase(company, customer, "remove")
    with assert_refused("PT404", "This customer was erased on "):
        read(company.csm, customer)


def test_a_customer_merged_into_one_that_was_erased_is_unknown_as_the_merge_was_erased_with_it(company, sql):
    kept, removed = add(company, sql, "Bolt"), add(company, sql, "Bolt Ltd")
    merge(company, kept, removed)
    erase(company, kept, "remove")
    with assert_refused("PT404", UNKNOWN):
        read(company.csm, removed)


def test_a_pseudonymised_customer_is_there_with_the_day_of_its_erasure(company, sql):
    customer = add(company, sql, "Bolt")
    assert read(company.csm, customer)["erased_on"] is None
    erase(company, customer, "pseudonymise")
    day = fetch_value(sql, "select private.today(max(created_at)) from public.erasures where subject_id = %s", customer)
    assert read(company.csm, customer)["erased_on"] == day.isoformat()


def test_another_company_learns_nothing(company, strangers, sql):
    kept, removed, erased = (add(company, sql, name) for name in ("Bolt", "Bolt Ltd", "Cora"))
    merge(company, kept, removed)
    erase(company, erased, "remove")
    for customer in (kept, removed, erased, str(uuid.uuid4())):
        with assert_refused("PT404", UNKNOWN):
            read(strangers.admin, customer)
