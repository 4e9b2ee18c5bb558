"""Completed runs kept as cases, and what it takes to replay them."""

from typing import Any

import pytest

from tests.database.factories import AccountFactory, publish_workflow
from tests.database.rpc import assert_refused, call_rpc


@pytest.fixture
def finished_run(company, sql, today):
    """A completed run of the company's own workflow with an answer, and its customer."""
    publish_workflow(sql, company.id, "our-renewal")
    account = AccountFactory(sql, company.id, company.csm.id, day=today)
    account.insert_contract()
    begun = call_rpc(company.csm, "start_workflow", p_workflow_id="our-renewal", p_customer_id=str(account.id))
    run = begun["execution_id"]
    call_rpc(
        company.csm, "save_step", p_execution_id=run, p_slide_id="greeting", p_answers={"goal": "calm"}, p_revision=0,
        p_status="done", p_current_slide="summary",
    )  # fmt: skip
    call_rpc(
        company.csm, "complete_workflow", p_execution_id=run, p_revision=2, p_outcome_code="renewed", p_amount=10_000
    )
    return run, account


def keep(who: Any, company: Any, run: str, name: str = "A usual one") -> Any:
    row = {"company_id": str(company.id), "execution_id": run, "name": name}
    return who.client.table("workflow_cases").insert(row).execute().data[0]


def read(who: Any) -> Any:
    return call_rpc(who, "workflow_cases", p_workflow_id="our-renewal")


def test_a_completed_run_is_a_candidate_until_it_is_kept(company, finished_run):
    run, _ = finished_run
    assert [each["execution_id"] for each in read(company.manager)["candidates"]] == [run]
    keep(company.csm, company, run)
    found = read(company.manager)
    assert found["candidates"] == []
    (case,) = found["cases"]
    assert (case["name"], case["kept_by_name"], case["may_remove"]) == ("A usual one", company.csm.full_name, True)
    assert read(company.other_csm)["cases"][0]["may_remove"] is False
    assert case["version"]["version"] == 1
    assert case["steps"][0]["answers"] == {"goal": "calm"}


def test_the_account_of_a_case_is_the_one_of_when_the_run_ended(company, finished_run, sql):
    run, account = finished_run
    keep(company.csm, company, run)
    with sql.transaction():
        sql.execute("update public.customers set name = 'Renamed later' where id = %s", [account.id])
        account.insert_contact(name="Somebody new")
    then = read(company.csm)["cases"][0]["account"]
    assert then["customer"]["name"] == "Acme"
    assert [contact["name"] for contact in then["contacts"]] == []


def test_a_run_that_is_open_again_is_no_case(company, finished_run):
    run, _ = finished_run
    keep(company.csm, company, run)
    call_rpc(company.csm, "reopen_execution", p_execution_id=run, p_reason="Too early.")
    assert read(company.csm)["cases"] == []


def test_a_run_is_kept_once(company, finished_run):
    run, _ = finished_run
    keep(company.csm, company, run)
    with assert_refused("23505"):
        keep(company.manager, company, run)


def test_another_company_has_its_own_cases(company, strangers, finished_run):
    keep(company.csm, company, finished_run[0])
    assert read(strangers.manager) == {"cases": [], "candidates": []}
