from typing import Any

from tests.database.factories import insert_customer, insert_draft, publish_next_version, publish_workflow
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


def test_an_archived_workflow_is_there_as_archived(company, sql):
    archived = publish_workflow(sql, company.id, "our-old-way")
    sql.execute("update public.workflow_definitions set status = 'archived' where id = %s", [archived])
    assert entries(company.csm)["our-old-way", False]["definition"]["status"] == "archived"


def test_drafts_are_those_of_the_company_and_say_which_are_ones_own(company, strangers, sql):
    def drafts(who: Any) -> list[tuple[str, str, bool]]:
        found = call_rpc(who, "workflow_catalogue")["drafts"]
        return [(each["draft"]["name"], each["author_name"], each["is_own"]) for each in found]

    for who, name in ((company.csm, "First"), (company.other_csm, "Second")):
        insert_draft(sql, company.id, who.id, name=name)
    insert_draft(sql, strangers.id, strangers.csm.id, name="Theirs")
    first, second = ("First", company.csm.full_name), ("Second", company.other_csm.full_name)
    assert drafts(company.csm) == [(*second, False), (*first, True)]
    assert drafts(company.manager) == [(*second, False), (*first, False)]


def test_a_workflow_says_who_published_it_and_what_became_of_its_runs(company, sql, new_run):
    done = new_run(company)
    call_rpc(company.csm, "complete_workflow", p_execution_id=done, p_revision=1, p_outcome_code="renewed", p_amount=1)
    sql.execute(
        "update public.workflow_definition_versions set published_by = %s where company_id = %s",
        [company.manager.id, company.id],
    )
    entry = entries(company.csm)["renewal-run", False]
    assert (entry["done_runs"], entry["ended_runs"], float(entry["median_days"])) == (1, 1, 0)
    assert entry["published_by_name"] == company.manager.full_name
    assert entry["stock_version"] is None


def test_a_clone_names_the_latest_version_of_its_stock_workflow(company, sql, stock_renewal):
    stock = entries(company.csm)[stock_renewal, True]
    publish_workflow(sql, company.id, "ours", cloned_from=stock["definition"]["id"], cloned_from_version=1)
    assert entries(company.csm)["ours", False]["stock_version"] == stock["version"]["version"]


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
