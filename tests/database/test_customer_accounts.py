"""Accounts of many customers at once, as a ghost run reads them."""

import json
from typing import Any

from tests.database.factories import AccountFactory, Sql, fetch_value
from tests.database.rpc import assert_refused, call_rpc


def read_all(person: Any, most: int = 2) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        batch = call_rpc(
            person, "customer_accounts", p_after=found[-1]["customer"]["id"] if found else None, p_most=most
        )
        if not batch["customers"]:
            return found
        found += [row | batch["company"] for row in batch["customers"]]


def test_all_active_customers_come_once_in_batches(company, strangers, sql):
    mine = [str(AccountFactory(sql, company.id, company.csm.id).id) for _ in range(3)]
    mine += [str(AccountFactory(sql, company.id, company.other_csm.id).id) for _ in range(2)]
    AccountFactory(sql, company.id, company.csm.id, status="churned")
    AccountFactory(sql, strangers.id, strangers.csm.id)
    found = read_all(company.csm)
    assert [row["customer"]["id"] for row in found] == sorted(mine)
    assert call_rpc(company.csm, "customer_accounts", p_most=1)["total"] == 5


def test_an_account_is_the_one_a_slide_reads(company, sql, today):
    account = AccountFactory(sql, company.id, company.csm.id, day=today)
    account.insert_contract()
    account.insert_usage(40)
    account.insert_contact()
    (found,) = read_all(company.manager)
    assert found == call_rpc(company.manager, "customer_account", p_customer_id=str(account.id))


def test_somebody_without_a_company_reads_none(uninvited):
    with assert_refused("PT403"):
        call_rpc(uninvited, "customer_accounts")


def test_it_reads_in_a_transaction_that_cannot_write(company, sql: Sql):
    AccountFactory(sql, company.id, company.csm.id)
    with sql.transaction(force_rollback=True):
        sql.execute("set transaction read only")
        sql.execute("set local role authenticated")
        claims = json.dumps({"sub": str(company.csm.id), "role": "authenticated"})
        sql.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        found = fetch_value(sql, "select public.customer_accounts(null, 50)")
    assert found["total"] == 1
