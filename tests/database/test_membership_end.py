"""Leaving a company, and being removed: a colleague takes over what is open, what is done stays."""

import uuid

import pytest
from supabase_auth.errors import AuthApiError

from tests.database.action_calls import run_action
from tests.database.clients import anonymous_client
from tests.database.factories import fetch_value, insert_customer, publish_workflow
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import PASSWORD, Company
from tests.support.server import REPOSITORY


@pytest.fixture
def team(new_company) -> Company:
    """A company whose admin, manager and two CSMs are there."""
    company = new_company()
    assert all((company.admin, company.manager, company.csm, company.other_csm))
    return company


def start_run(sql, company, who, customer=None):
    publish_workflow(sql, company.id, "our-renewal")
    customer = customer or insert_customer(sql, company.id, who.id)
    return call_rpc(who, "start_workflow", p_workflow_id="our-renewal", p_customer_id=str(customer))["execution_id"]


def remove(who, person, successor=None):
    values = {"p_person_id": str(person.id), "p_successor_id": str(successor.id) if successor else None}
    return call_rpc(who, "remove_member", **values)


def is_member(sql, person) -> bool:
    return fetch_value(sql, "select exists (select 1 from public.profiles where id = %s and is_active)", person.id)


def test_an_admin_removes_a_member_who_then_sees_nothing(team, sql):
    assert remove(team.admin, team.csm) == {"customers": 0, "runs": 0, "escalations": 0, "follow_ups": 0}
    assert not is_member(sql, team.csm)
    for table in ("companies", "profiles", "customers"):
        assert team.csm.client.table(table).select("id").execute().data == []
    with assert_refused("PT403"):
        call_rpc(team.csm, "zen_dashboard")


def test_open_work_needs_a_successor_and_the_refusal_says_how_much_it_is(team, sql):
    insert_customer(sql, team.id, team.csm.id)
    with assert_refused("PT409", "Somebody has to take over what is open.") as refused:
        remove(team.admin, team.csm)
    assert '"customers": 1' in str(refused.value.details)
    assert is_member(sql, team.csm)


def test_customers_with_their_runs_go_to_the_successor(team, sql):
    run = start_run(sql, team, team.csm)
    assert remove(team.admin, team.csm, team.other_csm)["customers"] == 1
    owners = "select array[c.owner_id, e.owner_id] from public.workflow_executions e join public.customers c"
    assert fetch_value(sql, f"{owners} on c.id = e.customer_id where e.id = %s", run) == [team.other_csm.id] * 2
    assert fetch_value(sql, "select count(*) from public.customers where owner_id = %s", team.csm.id) == 0


def test_a_run_that_was_assigned_to_the_leaver_goes_to_the_successor_with_an_event(team, sql):
    run = start_run(sql, team, team.other_csm)
    key = str(uuid.uuid4())
    call_rpc(team.other_csm, "reassign_execution", p_execution_id=run, p_to=str(team.csm.id), p_key=key)
    remove(team.admin, team.csm, team.manager)
    assert fetch_value(sql, "select assigned_to from public.workflow_executions where id = %s", run) == team.manager.id
    last = "select kind from public.workflow_execution_events where execution_id = %s order by id desc limit 1"
    assert fetch_value(sql, last, run) == "reassigned"


def test_a_run_assigned_to_the_leaver_by_the_successor_is_the_successors_alone_again(team, sql):
    run = start_run(sql, team, team.other_csm)
    key = str(uuid.uuid4())
    call_rpc(team.other_csm, "reassign_execution", p_execution_id=run, p_to=str(team.csm.id), p_key=key)
    remove(team.admin, team.csm, team.other_csm)
    assert fetch_value(sql, "select assigned_to is null from public.workflow_executions where id = %s", run)


def escalate(sql, team, who, to):
    run = start_run(sql, team, who)
    run_action(who, "escalate", run, {"to": str(to.id), "severity": "high", "ask": "May we?"}, slide="greeting")
    return run


def assignee(sql, run):
    return fetch_value(sql, "select assigned_to from public.workflow_escalations where execution_id = %s", run)


def test_an_escalation_to_the_leaver_goes_to_the_successor(team, sql):
    run = escalate(sql, team, team.csm, team.manager)
    remove(team.admin, team.manager, team.other_csm)
    assert assignee(sql, run) == team.other_csm.id


def test_an_escalation_of_the_successors_own_goes_to_a_leader(team, sql):
    run = escalate(sql, team, team.csm, team.manager)
    remove(team.admin, team.manager, team.csm)
    assert assignee(sql, run) == team.admin.id


def test_open_follow_ups_go_to_the_successor_and_done_ones_stay(team, sql):
    customer = str(insert_customer(sql, team.id, team.csm.id))
    for title in ("Call", "Write"):
        call_rpc(team.csm, "add_follow_up", p_customer_id=customer, p_title=title)
    sql.execute(
        "update public.follow_ups set done_at = now() where title = 'Write' and assigned_to = %s", [team.csm.id]
    )
    remove(team.admin, team.csm, team.other_csm)
    title = "select string_agg(title, ',') from public.follow_ups where assigned_to = %s"
    assert (fetch_value(sql, title, team.other_csm.id), fetch_value(sql, title, team.csm.id)) == ("Call", "Write")


def test_a_person_leaves_and_a_colleague_takes_over(team, sql):
    insert_customer(sql, team.id, team.csm.id)
    call_rpc(team.csm, "leave_company", p_successor_id=str(team.other_csm.id))
    assert not is_member(sql, team.csm)
    changes = call_rpc(team.manager, "read_row_changes", p_person_id=str(team.csm.id))["changes"]
    assert {(each["table_name"], each["person_name"]) for each in changes} == {
        ("customers", team.csm.full_name), ("profiles", team.csm.full_name),
    }  # fmt: skip
    assert fetch_value(sql, "select count(*) from public.customers where owner_id = %s", team.other_csm.id) == 1


def test_the_last_admin_cannot_leave_and_hands_nothing_over(team, sql):
    insert_customer(sql, team.id, team.admin.id)
    with assert_refused("PT409", "A company needs at least one admin."):
        call_rpc(team.admin, "leave_company", p_successor_id=str(team.csm.id))
    with assert_refused("PT409", "A company needs at least one admin."):
        remove(team.admin, team.admin, team.csm)
    assert is_member(sql, team.admin)
    assert fetch_value(sql, "select count(*) from public.customers where owner_id = %s", team.admin.id) == 1


def test_an_admin_with_a_successor_in_office_can_leave(team, sql):
    team.admin.client.table("profiles").update({"role": "admin"}).eq("id", str(team.manager.id)).execute()
    call_rpc(team.admin, "leave_company")
    assert not is_member(sql, team.admin)


def test_who_did_nothing_leaves_no_row_and_who_did_something_keeps_their_name_on_it(team, sql):
    start_run(sql, team, team.csm)
    remove(team.admin, team.csm, team.other_csm)
    remove(team.admin, team.manager)
    known = "select count(*) from public.profiles where id = %s"
    assert (fetch_value(sql, known, team.csm.id), fetch_value(sql, known, team.manager.id)) == (1, 0)


@pytest.mark.parametrize("who", ["csm", "other_csm", "manager"])
def test_only_an_admin_removes_a_member(team, who):
    with assert_refused("PT403", "Only an admin can remove a member."):
        remove(getattr(team, who), team.other_csm, team.csm)


def test_an_admin_removes_nobody_of_another_company_and_names_none_as_successor(team, new_company, sql):
    others = new_company()
    with assert_refused("PT404"):
        remove(team.admin, others.csm)
    insert_customer(sql, team.id, team.csm.id)
    for successor in (others.csm, team.csm):
        with assert_refused("PT400", "Choose a colleague who takes over."):
            remove(team.admin, team.csm, successor)


def test_a_former_member_takes_over_nothing(team, sql):
    insert_customer(sql, team.id, team.csm.id)
    remove(team.admin, team.other_csm)
    with assert_refused("PT400", "Choose a colleague who takes over."):
        remove(team.admin, team.csm, team.other_csm)


def test_nobody_is_deactivated_past_the_hand_over(team):
    with assert_refused("42501"):
        team.admin.client.table("profiles").update({"is_active": False}).eq("id", str(team.csm.id)).execute()


def test_a_former_member_is_erased_as_the_documentation_has_it_and_their_work_stays(team, sql):
    customer = insert_customer(sql, team.id, team.csm.id)
    remove(team.admin, team.csm, team.other_csm)
    page = (REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8")
    statements = page.split("## 9. ")[1].split("```sql\n")[1].split("```")[0]
    sql.execute(statements.replace(":'person'", f"'{team.csm.id}'"))
    assert fetch_value(sql, "select full_name from public.profiles where id = %s", team.csm.id) in (
        "Former colleague",
        None,  # without a row of their own the profile is gone already
    )
    assert not fetch_value(sql, "select 1 from auth.users where email = %s", team.csm.email)
    assert fetch_value(sql, "select owner_id from public.customers where id = %s", customer) == team.other_csm.id
    with pytest.raises(AuthApiError):
        anonymous_client().auth.sign_in_with_password({"email": team.csm.email, "password": PASSWORD})
