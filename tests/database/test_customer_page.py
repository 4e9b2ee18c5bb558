"""The page of a customer in one request: what it holds, and for whom."""

import uuid

from tests.database.factories import publish_workflow
from tests.database.rpc import assert_refused, call_rpc


def read_page(who, customer):
    return call_rpc(who, "customer_page", p_customer_id=str(customer))


def test_everybody_of_the_company_reads_it_and_is_told_what_they_may_write(books, new_account):
    account = new_account()
    rights = {
        name: (page["may_write"], page["may_write_contracts"])
        for name in ("csm", "other_csm", "manager", "admin")
        for page in [read_page(getattr(books, name), account.id)]
    }
    assert rights == {
        "csm": (True, False), "other_csm": (False, False), "manager": (True, True), "admin": (True, True)
    }  # fmt: skip


def test_a_customer_of_another_company_and_an_unknown_one_are_the_same(books, strangers, new_account):
    for customer in (new_account().id, uuid.uuid4()):
        with assert_refused("PT404", "This customer does not exist"):
            read_page(strangers.csm, customer)


def test_all_terms_are_listed_and_the_one_to_come_is_first(books, new_account, today):
    account = new_account(day=today)
    account.insert_contract(began=400, notice_in=-100)
    current = account.insert_contract(began=100)
    coming = account.insert_contract(began=-250, notice_in=500)
    page = read_page(books.csm, account.id)
    assert [each["id"] for each in page["contracts"]][:2] == [str(coming), str(current)]
    assert page["account"]["contract"]["id"] == str(current)


def test_open_runs_are_listed_and_nothing_is_suggested_meanwhile(company, new_run, sql):
    run = new_run(company)
    customer = sql.execute("select customer_id from public.workflow_executions where id = %s", [run]).fetchone()[0]
    page = read_page(company.csm, customer)
    assert [(each["execution_id"], each["slides_done"]) for each in page["open_runs"]] == [(run, 0)]
    assert page["suggested_workflow_id"] is None


def test_a_company_starts_its_own_workflow_in_place_of_the_stock_one(books, new_account, stock_renewal, sql):
    publish_workflow(sql, books.id, stock_renewal, name="Renewal as we do it")
    offered = {each["workflow_id"]: each["name"] for each in read_page(books.csm, new_account().id)["workflows"]}
    assert offered[stock_renewal] == "Renewal as we do it"
