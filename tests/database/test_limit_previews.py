"""What other limits, severities, reasons and outcomes would change is told before they are saved; saving does it."""

from datetime import date
from typing import Any

import pytest

from lib.companies.company_settings import CompanySettingsRepository
from lib.customers.account_repository import AccountRepository
from tests.database.action_calls import escalate, skip
from tests.database.factories import fetch_value, insert_customer, publish_workflow
from tests.database.price_calls import asked, decide, propose
from tests.database.rpc import assert_refused, call_rpc
from tests.database.test_company_codes import codes_of, with_outcome, with_reason
from tests.database.test_company_limits import LEGAL, LIMITS, limits, with_persons


@pytest.fixture
def company(new_company):
    return new_company()


@pytest.fixture
def run(company, sql):
    """A run whose pricing slide waits."""
    publish_workflow(sql, company.id, "priced-run", slides=["greeting", "pricing-strategy", "summary"])
    customer = str(insert_customer(sql, company.id, company.csm.id, name="Bolt"))
    return call_rpc(company.csm, "start_workflow", p_workflow_id="priced-run", p_customer_id=customer)["execution_id"]


def preview(member, changed: dict[str, Any]) -> dict[str, Any]:
    return call_rpc(member, "preview_company_limits", p_limits=changed)


def save(company, changed: dict[str, Any]) -> None:
    revision = call_rpc(company.admin, "company_settings")["revision"]
    call_rpc(company.admin, "save_company_limits", p_limits=changed, p_revision=revision)


def approvers(found: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    return [(each["approver_before"], each["approver_after"]) for each in found["prices"]["changed"]]


def test_limits_that_stay_change_nothing(company, run):
    propose(company.csm, run, discount=15)
    assert preview(company.admin, LIMITS) == {
        "prices": {"changed_count": 0, "changed": []},
        "clocks": {"changed_count": 0, "overdue_count": 0, "changed": []},
        "archived": [],
    }


def test_a_waiting_price_goes_to_another_approver(company, run, sql):
    propose(company.csm, run, discount=15)
    lower = limits(manager=12)
    found = preview(company.manager, lower)["prices"]
    assert [(each["customer_name"], each["subject"], each["off_list_percent"]) for each in found["changed"]] == [
        ("Bolt", "scenario", 15)
    ]
    assert approvers({"prices": found}) == [("manager", "admin")]
    assert asked(sql, run)["approver_role"] == "manager", "a preview changes nothing"
    save(company, lower)
    assert asked(sql, run)["approver_role"] == "admin"
    assert preview(company.admin, lower)["prices"]["changed"] == []


def test_a_waiting_price_can_need_nobody_any_more(company, run, sql):
    propose(company.csm, run, discount=15)
    higher = limits(csm=18)
    assert approvers(preview(company.admin, higher)) == [("manager", None)]
    save(company, higher)
    assert asked(sql, run) == {}
    status = "select status from public.price_approvals where execution_id = %s"
    assert fetch_value(sql, status, run) == "withdrawn"


def test_a_price_nobody_was_asked_about_can_need_an_approver(company, run, sql):
    propose(company.csm, run, discount=8)
    assert asked(sql, run) == {}
    lower = limits(csm=5)
    assert approvers(preview(company.admin, lower)) == [(None, "manager")]
    save(company, lower)
    assert (asked(sql, run)["status"], asked(sql, run)["approver_role"]) == ("waiting", "manager")


def test_a_person_with_a_limit_of_their_own_becomes_the_approver(company, run, sql):
    propose(company.csm, run, discount=15)
    named = with_persons(a=(company.other_csm, 15))
    assert approvers(preview(company.admin, named)) == [("manager", company.other_csm.full_name)]
    save(company, named)
    assert asked(sql, run)["approver_id"] == company.other_csm.id
    decide(company.other_csm, asked(sql, run))


def test_a_price_that_is_decided_stays_so(company, run, sql):
    propose(company.csm, run, discount=15)
    decide(company.manager, asked(sql, run))
    assert preview(company.admin, limits(manager=12))["prices"]["changed"] == []
    save(company, limits(manager=12))
    assert asked(sql, run)["status"] == "approved"


def set_clock(sql, run: str, *, days_ago: int) -> None:
    """As if the escalation had been raised so many days ago."""
    sql.execute(
        "update public.workflow_escalations set clock_started_at = clock_started_at - make_interval(days => %s), "
        "respond_by = respond_by - make_interval(days => %s) where execution_id = %s",
        [days_ago, days_ago, run],
    )


def due_day(sql, company, run: str) -> date:
    row = "select private.compute_response_deadline(%s, 2, clock_started_at) from public.workflow_escalations"
    return fetch_value(sql, f"{row} where execution_id = %s", company.id, run)


def test_clocks_of_open_escalations_move_and_become_overdue(company, new_run, sql):
    late, early = new_run(company), new_run(company)
    for run in (late, early):
        escalate(company.csm, run, company.manager, severity="medium")
    set_clock(sql, late, days_ago=6)
    sooner = limits({"medium": 2})
    found = preview(company.admin, sooner)["clocks"]
    assert (found["changed_count"], found["overdue_count"]) == (2, 1)
    assert [each["becomes_overdue"] for each in found["changed"]] == [True, False]
    assert all(each["due_after"] < each["due_before"] for each in found["changed"])
    before = "select respond_by from public.workflow_escalations where execution_id = %s"
    assert fetch_value(sql, before, early) > due_day(sql, company, early), "a preview moves nothing"
    save(company, sooner)
    for run in (late, early):
        assert fetch_value(sql, before, run) == due_day(sql, company, run)
    assert preview(company.admin, sooner)["clocks"]["changed_count"] == 0


def test_a_clock_that_stopped_or_is_of_another_severity_stays(company, new_run, sql):
    stopped, other = new_run(company), new_run(company)
    escalate(company.csm, stopped, company.manager, severity="medium")
    escalate(company.csm, other, company.manager, severity="low")
    sql.execute("update public.workflow_escalations set acknowledged_at = now() where execution_id = %s", [stopped])
    row = "select respond_by from public.workflow_escalations where execution_id = %s"
    before = [fetch_value(sql, row, each) for each in (stopped, other)]
    assert preview(company.admin, limits({"medium": 2}))["clocks"]["changed_count"] == 0
    save(company, limits({"medium": 2}))
    assert [fetch_value(sql, row, each) for each in (stopped, other)] == before


def test_a_clock_that_began_again_counts_from_there(company, new_run, sql):
    run = new_run(company)
    escalate(company.csm, run, company.manager, severity="medium")
    set_clock(sql, run, days_ago=6)
    redirect = {"p_to": str(company.admin.id), "p_key": "00000000-0000-4000-8000-000000000001"}
    escalation = fetch_value(sql, "select id::text from public.workflow_escalations where execution_id = %s", run)
    call_rpc(company.csm, "redirect_escalation", p_escalation_id=escalation, **redirect)
    found = preview(company.admin, limits({"medium": 2}))["clocks"]
    assert (found["changed_count"], found["overdue_count"]) == (1, 0)


def test_an_archived_severity_says_where_it_is_in_use(company, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.manager, severity="low")
    found = preview(company.admin, limits({}, LEGAL, archived="low"))
    assert found["archived"] == [{"label": "Low", "open_count": 1, "finished_count": 0}]
    assert found["clocks"]["changed"] == []


def test_only_leaders_of_the_company_try_other_limits(company, new_company, run):
    with assert_refused("PT403", "Only a manager or an admin can try other limits."):
        preview(company.csm, LIMITS)
    with assert_refused("PT400", "more than a CSM"):
        preview(company.admin, limits(csm=25))
    propose(company.csm, run, discount=15)
    assert preview(new_company().admin, limits(manager=12))["prices"]["changed"] == []


def codes_preview(member, codes: dict[str, Any]):
    return CompanySettingsRepository(member.client).preview_codes(codes)


def test_archived_and_renamed_codes_say_which_runs_name_them(company, new_run):
    run, other = new_run(company), new_run(company)
    skip(company.csm, run, slide="greeting", reason="no_data")
    skip(company.csm, other, reason="no_data")
    ended = {"p_outcome_code": "churned", "p_reason": "They left."}
    call_rpc(company.csm, "complete_workflow", p_execution_id=new_run(company), p_revision=1, **ended)
    codes = with_reason(with_outcome(codes_of(company.admin), "churned", label="Left us"), "no_data", is_archived=True)
    found = codes_preview(company.manager, with_reason(codes, None))
    assert [(each.list, each.code, each.open_count, each.finished_count) for each in found.changed] == [
        ("skip_reasons", "no_data", 1, 1),
        ("outcome_codes", "churned", 0, 1),
    ]
    assert found.changed[0].after["is_archived"]
    assert found.changed[1].before["label"] == "Lost"
    assert found.added_count == 1
    assert not any(
        each.is_archived for each in AccountRepository(company.csm.client).fetch_company_rules().skip_reasons
    ), "a preview changes nothing"


def test_codes_that_stay_change_nothing_however_their_workflows_are_ordered(company):
    codes = codes_of(company.admin)
    turned = with_outcome(codes, "expanded", categories=["expansion", "renewal", "strategy"])
    for same in (codes, turned):
        assert codes_preview(company.admin, same).changed == ()


def test_only_leaders_try_other_codes_and_errors_are_named(company):
    with assert_refused("PT403", "Only a manager or an admin can try other reasons and outcomes."):
        call_rpc(company.csm, "preview_company_codes", p_codes=codes_of(company.csm))
    with assert_refused("PT400", "cannot be read"):
        call_rpc(company.admin, "preview_company_codes", p_codes=[])
