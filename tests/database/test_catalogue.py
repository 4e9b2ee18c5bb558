from typing import Any

from tests.database.factories import insert_customer, insert_row, publish_next_version, publish_workflow
from tests.database.rpc import call_rpc


def entries(who: Any) -> dict[tuple[str, bool], Any]:
    found = call_rpc(who, "workflow_catalogue")["workflows"]
    return {(entry["definition"]["workflow_id"], entry["definition"]["is_stock_workflow"]): entry for entry in found}


def test_it_holds_stock_and_the_companys_own_first(company, strangers, sql, stock_renewal):
    publish_workflow(sql, company.id, "our-renewal")
    publish_workflow(sql, strangers.id, "their-renewal")
    found = list(entries(company.csm))
    assert found[0] == ("our-renewal", False)
    assert (stock_renewal, True) in found
    assert ("their-renewal", False) not in found


def test_a_workflow_comes_with_its_latest_version(company, sql):
    own = publish_workflow(sql, company.id, "our-renewal")
    publish_next_version(sql, own)
    assert entries(company.csm)["our-renewal", False]["version"]["version"] == 2


def test_a_draft_has_no_version_and_an_archived_one_is_not_there(company, sql):
    words = {"name": "Draft", "category": "risk", "slide_sequence": ["greeting"]}
    insert_row(sql, "workflow_definitions", company_id=company.id, workflow_id="our-draft", **words)
    archived = publish_workflow(sql, company.id, "our-old-way")
    sql.execute("update public.workflow_definitions set status = 'archived' where id = %s", [archived])
    found = entries(company.csm)
    assert found["our-draft", False]["version"] is None
    assert ("our-old-way", False) not in found


def test_runs_are_counted_open_and_done_within_the_company(company, strangers, new_run):
    done = new_run(company)
    new_run(company)
    new_run(strangers)
    call_rpc(company.csm, "complete_workflow", p_execution_id=done, p_revision=1, p_outcome_code="renewed", p_amount=1)
    entry = entries(company.csm)["renewal-run", False]
    assert (entry["open_runs"], entry["done_runs"]) == (1, 1)


def test_the_customers_are_those_one_may_start_for(company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Alice's")
    insert_customer(sql, company.id, company.other_csm.id, name="Bob's")
    insert_customer(sql, company.id, company.csm.id, name="Gone", status="churned")

    def names(who: Any) -> list[str]:
        return [customer["name"] for customer in call_rpc(who, "workflow_catalogue")["customers"]]

    assert names(company.csm) == ["Alice's"]
    assert names(company.manager) == ["Alice's", "Bob's"]


def test_a_customer_says_which_runs_are_open(company, new_run):
    run = new_run(company)
    (customer,) = call_rpc(company.csm, "workflow_catalogue")["customers"]
    assert customer["open"] == {"renewal-run": run}
