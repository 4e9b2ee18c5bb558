from typing import Any

from tests.database.factories import (
    AccountFactory,
    Sql,
    fetch_rows,
    fetch_value,
    insert_customer,
    insert_draft,
    publish_next_version,
    publish_workflow,
)
from tests.database.rpc import assert_refused, call_rpc, run_concurrently

NOWHERE = "00000000-0000-4000-8000-000000000000"


def start(who: Any, customer: Any, workflow_id: str = "our-renewal") -> Any:
    return call_rpc(who, "start_workflow", p_workflow_id=workflow_id, p_customer_id=str(customer))


def run_of(sql: Sql, started: dict[str, Any]) -> dict[str, Any]:
    return fetch_rows(sql, "select * from public.workflow_executions where id = %s", started["execution_id"])[0]


def test_a_run_begins_at_the_first_slide_due_on_the_notice_deadline(company, sql, today):
    account = AccountFactory(sql, company.id, company.csm.id, day=today)
    account.insert_contract(notice_in=48)
    publish_workflow(sql, company.id, "our-renewal")
    started = start(company.csm, account.id)
    assert (started["created"], started["owner_id"], started["current_slide"]) == (
        True,
        str(company.csm.id),
        "greeting",
    )
    run = run_of(sql, started)
    assert (run["status"], run["revision"], run["ended_at"]) == ("active", 1, None)
    assert run["due_on"] == account.days_before(-48)
    events = fetch_rows(
        sql, "select kind, actor_id from public.workflow_execution_events where execution_id = %s", run["id"]
    )
    assert events == [{"kind": "started", "actor_id": company.csm.id}]


def test_a_customer_without_contract_has_no_due_date(company, sql):
    publish_workflow(sql, company.id, "our-renewal")
    started = start(company.csm, insert_customer(sql, company.id, company.csm.id))
    assert run_of(sql, started)["due_on"] is None


def test_a_second_start_returns_the_first(company, sql):
    publish_workflow(sql, company.id, "our-renewal")
    customer = insert_customer(sql, company.id, company.csm.id)
    first, second = start(company.csm, customer), start(company.manager, customer)
    assert second == first | {"created": False}


def test_twenty_starts_at_once_make_one_run(company, sql):
    publish_workflow(sql, company.id, "our-renewal")
    customer, people = insert_customer(sql, company.id, company.csm.id), [company.csm, company.manager]
    answers = run_concurrently([lambda who=people[n % 2]: start(who, customer) for n in range(20)])
    assert len({answer["execution_id"] for answer in answers}) == 1
    assert sum(answer["created"] for answer in answers) == 1


def test_after_the_end_a_new_run_begins(company, sql):
    publish_workflow(sql, company.id, "our-renewal")
    customer = insert_customer(sql, company.id, company.csm.id)
    first = start(company.csm, customer)
    end = {"p_revision": 1, "p_outcome_code": "renewed", "p_amount": 1000}
    call_rpc(company.csm, "complete_workflow", p_execution_id=first["execution_id"], **end)
    second = start(company.csm, customer)
    assert second["created"]
    assert second["execution_id"] != first["execution_id"]


def test_a_run_is_pinned_to_the_latest_version(company, sql):
    latest = publish_next_version(sql, publish_workflow(sql, company.id, "our-renewal"))
    started = start(company.csm, insert_customer(sql, company.id, company.csm.id))
    assert run_of(sql, started)["definition_version_id"] == latest


def source_of(sql: Sql, started: dict[str, Any]) -> Any:
    version = run_of(sql, started)["definition_version_id"]
    return fetch_value(sql, "select company_id from public.workflow_definition_versions where id = %s", version)


def test_the_companys_own_definition_wins_over_the_stock_one(company, sql, stock_renewal):
    publish_workflow(sql, company.id, stock_renewal)
    started = start(company.csm, insert_customer(sql, company.id, company.csm.id), stock_renewal)
    assert source_of(sql, started) == company.id


def test_another_companys_definition_does_not(company, strangers, sql, stock_renewal):
    publish_workflow(sql, strangers.id, stock_renewal)
    started = start(company.csm, insert_customer(sql, company.id, company.csm.id), stock_renewal)
    assert source_of(sql, started) is None


def test_a_draft_or_an_archived_definition_does_not(company, sql, stock_renewal):
    insert_draft(sql, company.id, company.csm.id, workflow_id=stock_renewal)
    customers = [insert_customer(sql, company.id, company.csm.id) for _ in range(2)]
    assert source_of(sql, start(company.csm, customers[0], stock_renewal)) is None
    own = publish_workflow(sql, company.id, stock_renewal)
    sql.execute("update public.workflow_definitions set status = 'archived' where id = %s", [own])
    assert source_of(sql, start(company.csm, customers[1], stock_renewal)) is None


def test_an_archived_workflow_is_no_longer_offered(company, sql):
    own = publish_workflow(sql, company.id, "our-renewal")
    sql.execute("update public.workflow_definitions set status = 'archived' where id = %s", [own])
    with assert_refused("PT404", "no longer offered"):
        start(company.csm, insert_customer(sql, company.id, company.csm.id))


def test_another_companys_customer_does_not_exist(company, strangers, sql, stock_renewal):
    with assert_refused("PT404", "This customer does not exist"):
        start(company.manager, insert_customer(sql, strangers.id, strangers.csm.id), stock_renewal)
    with assert_refused("PT404", "This customer does not exist"):
        start(company.manager, NOWHERE, stock_renewal)


def test_a_colleagues_customer_is_refused_by_name(company, sql):
    publish_workflow(sql, company.id, "our-renewal")
    customer = insert_customer(sql, company.id, company.csm.id, name="Åsa & <Söner> 100 %")
    with assert_refused("PT403", "Åsa & <Söner> 100 % belongs to a colleague."):
        start(company.other_csm, customer)


def test_a_manager_starts_runs_for_anyone_and_they_are_the_customers_owners(company, sql):
    publish_workflow(sql, company.id, "our-renewal")
    started = start(company.manager, insert_customer(sql, company.id, company.csm.id))
    assert started["owner_id"] == str(company.csm.id)


def test_without_a_company_nothing_starts(company, sql, uninvited, anyone, stock_renewal):
    customer = insert_customer(sql, company.id, company.csm.id)
    with assert_refused("PT403", "You are not a member of a company yet."):
        start(uninvited, customer, stock_renewal)
    with assert_refused("42501"):
        start(anyone, customer, stock_renewal)
