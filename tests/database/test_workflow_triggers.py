"""Workflows that begin by themselves: whom they fit, how often, how many, and who turns them on."""

from typing import Any

import pytest

from tests.database.factories import AccountFactory, fetch_rows, fetch_value, insert_draft, publish_workflow
from tests.database.rpc import assert_refused, call_rpc

NEAR = {"period_days": 90, "notice_within_days": 60}
WORKFLOW = "our-renewal"


@pytest.fixture
def company(new_company):
    return new_company()


@pytest.fixture
def definition(company, sql):
    """A workflow of the company with a trigger, which is off."""
    return publish_workflow(sql, company.id, WORKFLOW, begun_when=NEAR)


@pytest.fixture
def account(company, sql, today):
    """Adds a customer whose notice deadline is in so many days."""

    def add(notice_in: int = 30, owner: Any = None, **changes: Any) -> AccountFactory:
        made = AccountFactory(sql, company.id, (owner or company.csm).id, day=today, **changes)
        made.insert_contract(notice_in=notice_in)
        return made

    return add


def switch(member, definition, enabled: bool = True, rule: Any = NEAR) -> Any:
    return call_rpc(member, "switch_trigger", p_definition_id=str(definition), p_is_enabled=enabled, p_rule=rule)


def preview(member, rule: Any = NEAR) -> Any:
    return call_rpc(member, "preview_trigger", p_workflow_id=WORKFLOW, p_begun_when=rule)


def run_now(sql, company) -> int:
    """What the worker does with the company's triggers that are on."""
    question = """
        select coalesce(sum(private.run_trigger(t)), 0) from public.workflow_triggers t
        where t.company_id = %s and t.is_enabled and private.begins_by_itself(t.definition_id)"""
    return fetch_value(sql, question, company.id)


def runs(sql, company) -> list[dict[str, Any]]:
    return fetch_rows(
        sql,
        "select e.id, e.customer_id, e.owner_id, e.status, s.why from public.workflow_executions e"
        " left join public.workflow_starts s on s.execution_id = e.id where e.company_id = %s order by e.created_at",
        company.id,
    )


def errors_of(member, rule: Any) -> str:
    with assert_refused("PT400") as refused:
        preview(member, rule)
    return str(refused.value)


def test_a_published_trigger_is_off(company, definition, account, sql):
    account()
    assert run_now(sql, company) == 0
    assert call_rpc(company.csm, "workflow_trigger", p_definition_id=str(definition))["is_enabled"] is False


def test_a_run_begins_for_a_customer_that_fits_and_says_why(company, definition, account, sql):
    near, far = account(30), account(200)
    switch(company.manager, definition)
    assert run_now(sql, company) == 1
    (run,) = runs(sql, company)
    assert (run["customer_id"], run["owner_id"], run["status"]) == (near.id, company.csm.id, "active")
    assert run["why"] == {"days_to_notice": 30}
    events = "select kind, actor_id, payload -> 'why' as why from public.workflow_execution_events"
    assert fetch_rows(sql, f"{events} where execution_id = %s", run["id"]) == [
        {"kind": "started", "actor_id": None, "why": {"days_to_notice": 30}}
    ]
    (notice,) = call_rpc(company.csm, "inbox")["notices"]
    assert notice["body"].startswith("Zen began “Our renewal” for ")
    assert notice["start_reason"] == {"days_to_notice": 30}
    (item,) = (each for each in call_rpc(company.csm, "zen_dashboard")["items"] if each["kind"] == "run")
    assert item["run"]["start_reason"] == {"days_to_notice": 30}
    opened = call_rpc(company.csm, "workflow_run", p_execution_id=str(run["id"]))
    assert opened["start_reason"] == {"days_to_notice": 30}
    assert far.id != run["customer_id"]


def test_a_later_notice_of_the_run_gives_no_reason_for_its_start(company, definition, account, sql):
    account()
    switch(company.manager, definition)
    run_now(sql, company)
    sql.execute(
        "insert into public.notices (company_id, person_id, execution_id, body, created_at)"
        " select company_id, person_id, execution_id, 'Another', created_at + interval '1 s' from public.notices"
        " where company_id = %s",
        [company.id],
    )
    reasons = {each["body"]: each["start_reason"] for each in call_rpc(company.csm, "inbox")["notices"]}
    assert reasons.pop("Another") is None
    assert list(reasons.values()) == [{"days_to_notice": 30}]


def test_once_per_customer_and_period_whatever_became_of_the_run(company, definition, account, sql):
    account()
    switch(company.manager, definition)
    assert [run_now(sql, company), run_now(sql, company)] == [1, 0]
    sql.execute(
        "update public.workflow_executions set status = 'abandoned', ended_at = now(), revision = revision + 1"
        " where company_id = %s",
        [company.id],
    )
    assert run_now(sql, company) == 0
    assert preview(company.csm)["customers"][0]["blocked_by"] == "recent"


@pytest.mark.parametrize(("days_ago", "begun"), [(89, 0), (90, 1)])
def test_the_period_is_counted_in_days_from_the_last_run(company, definition, account, sql, days_ago, begun):
    account()
    switch(company.manager, definition)
    run_now(sql, company)
    with sql.transaction():
        sql.execute("set local session_replication_role = replica")  # a run keeps when it began
        sql.execute(
            "update public.workflow_executions set status = 'abandoned', ended_at = now(),"
            " started_at = now() - %s * interval '1 day' where company_id = %s",
            [days_ago, company.id],
        )
    assert run_now(sql, company) == begun


def test_a_run_that_a_person_started_counts_too(company, definition, account, sql):
    near = account()
    call_rpc(company.csm, "start_workflow", p_workflow_id=WORKFLOW, p_customer_id=str(near.id))
    switch(company.manager, definition)
    assert run_now(sql, company) == 0
    assert preview(company.csm)["customers"][0]["blocked_by"] == "open"


def test_whoever_left_or_has_no_active_owner_is_no_match(company, definition, account, sql):
    account(status="churned")
    account(status="archived")
    left = account(owner=company.other_csm)
    sql.execute("update public.profiles set is_active = false where id = %s", [company.other_csm.id])
    switch(company.manager, definition)
    assert run_now(sql, company) == 0, left.id


def test_the_limit_of_a_day_holds_over_all_triggers_of_a_company(company, definition, account, sql):
    for _ in range(52):
        account()
    other = publish_workflow(sql, company.id, "second-renewal", begun_when=NEAR)
    for each in (definition, other):
        switch(company.manager, each)
    assert run_now(sql, company) == 50
    assert run_now(sql, company) == 0
    seen = preview(company.manager)
    assert (seen["matching_count"], seen["most_a_day"], seen["started_today"]) == (52, 50, 50)
    sql.execute(
        "update public.workflow_starts set created_at = now() - interval '25 hours' where company_id = %s", [company.id]
    )
    assert run_now(sql, company) == 50


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_days_are_those_of_the_customers_owner(company, definition, sql, zone):
    sql.execute("update public.profiles set time_zone = %s where id = %s", [zone, company.csm.id])
    day = fetch_value(sql, "select (now() at time zone %s)::date", zone)
    AccountFactory(sql, company.id, company.csm.id, day=day).insert_contract(notice_in=60)
    AccountFactory(sql, company.id, company.csm.id, day=day).insert_contract(notice_in=61)
    switch(company.manager, definition)
    assert run_now(sql, company) == 1
    assert fetch_rows(sql, "select started_on, why from public.workflow_starts where company_id = %s", company.id) == [
        {"started_on": day, "why": {"days_to_notice": 60}}
    ]


def test_segment_arr_and_signals_narrow_it(company, definition, account):
    large = account(30, segment="enterprise")
    account(30, segment="smb")
    found = preview(company.csm, {"period_days": 30, "segments": ["enterprise"]})["customers"]
    assert [(each["customer_id"], each["why"]) for each in found] == [(str(large.id), {"segment": "enterprise"})]
    assert preview(company.csm, {"period_days": 30, "arr_from": 10_001})["customers"] == []
    assert preview(company.csm, {"period_days": 30, "arr_from": 10_000})["matching_count"] == 2
    large.insert_ticket("p1")
    (found,) = preview(company.csm, {"period_days": 30, "signals": ["p1_open"]})["customers"]
    assert (found["customer_id"], found["why"]) == (str(large.id), {"signals": ["p1_open"]})


def test_health_that_turned_is_told_from_health_that_stayed(company, definition, account, sql, today):
    turned, stayed = account(), account()
    for each in (turned, stayed):
        each.insert_ticket("p1")
        each.insert_usage(1)
    call_rpc(company.csm, "zen_dashboard")
    bands = "select health_band from public.customer_scores where customer_id = %s and day = %s"
    band = fetch_value(sql, bands, turned.id, today)
    assert band in ("yellow", "red")
    for each, before in ((turned, "green"), (stayed, band)):
        sql.execute(
            "insert into public.customer_scores select (jsonb_populate_record(k, jsonb_build_object("
            "'day', k.day - 3, 'health_band', %s::text))).* from public.customer_scores k"
            " where k.customer_id = %s and k.day = %s",
            [before, each.id, today],
        )
    rule = {"period_days": 30, "health": [band]}
    assert preview(company.csm, rule)["matching_count"] == 2
    (found,) = preview(company.csm, rule | {"only_health_turned": True})["customers"]
    assert found["customer_id"] == str(turned.id)
    assert found["why"] == {"health": band, "health_before": "green"}


def test_a_trigger_is_turned_on_and_off_by_leaders_and_recorded(company, definition, account, sql):
    account()
    with assert_refused("PT403"):
        switch(company.csm, definition)
    assert switch(company.manager, definition) is True
    assert switch(company.admin, definition, False, None) is False
    assert run_now(sql, company) == 0
    changes = "select operation, changed_by from public.row_changes where table_name = 'workflow_triggers'"
    assert fetch_rows(sql, f"{changes} and company_id = %s order by number", company.id) == [
        {"operation": "insert", "changed_by": company.manager.id},
        {"operation": "update", "changed_by": company.admin.id},
    ]


def test_a_new_rule_is_off_until_a_leader_saw_it(company, definition, account, sql):
    account()
    switch(company.manager, definition)
    wider = NEAR | {"notice_within_days": 200}
    version = fetch_value(
        sql, "select id from public.workflow_definition_versions where definition_id = %s", definition
    )
    draft = insert_draft(
        sql, company.id, company.csm.id, workflow_id=WORKFLOW, base_version_id=version, begun_when=wider,
        slide_sequence=["greeting", "summary"],
    )  # fmt: skip
    call_rpc(company.manager, "publish_workflow", p_draft_id=draft, p_revision=1, p_note=None)
    found = call_rpc(company.csm, "workflow_trigger", p_definition_id=str(definition))
    assert (found["rule"], found["is_enabled"], found["is_changed_since"]) == (wider, False, True)
    assert run_now(sql, company) == 0
    with assert_refused("PT409", "Its trigger was changed"):
        switch(company.manager, definition)
    switch(company.manager, definition, rule=wider)
    assert run_now(sql, company) == 1


def test_an_archived_workflow_begins_nothing(company, definition, account, sql):
    account()
    switch(company.manager, definition)
    company.manager.client.table("workflow_definitions").update({"status": "archived"}).eq(
        "id", str(definition)
    ).execute()
    assert run_now(sql, company) == 0
    with assert_refused("PT409", "archived"):
        switch(company.manager, definition)


def test_the_worker_looks_at_each_trigger_once_in_half_an_hour(company, definition, account, sql, operator):
    first = account()
    switch(company.manager, definition)
    while operator.rpc("run_due_triggers", {"p_most": 100}).execute().data:
        pass
    second = account()
    while operator.rpc("run_due_triggers", {"p_most": 100}).execute().data:
        pass
    assert [run["customer_id"] for run in runs(sql, company)] == [first.id], second.id


def test_a_preview_begins_nothing(company, definition, account, sql):
    account()
    assert preview(company.csm)["starting_count"] == 1
    assert runs(sql, company) == []


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"period_days": 90}, "without a condition it would begin for all"),
        ({"notice_within_days": 30}, "at most once per customer in 7 to 730 days"),
        (NEAR | {"period_days": 6}, "at most once per customer in 7 to 730 days"),
        (NEAR | {"period_days": 731}, "at most once per customer in 7 to 730 days"),
        (NEAR | {"notice_within_days": 1.5}, "days to the notice deadline"),
        (NEAR | {"segments": ["tiny"]}, "Choose segments from the list."),
        (NEAR | {"segments": []}, "Choose segments from the list."),
        (NEAR | {"health": ["blue"]}, "Choose health from the list."),
        (NEAR | {"only_health_turned": True}, "Choose the health that it turns to."),
        (NEAR | {"signals": ["nothing"]}, "Choose signals from the list."),
        (NEAR | {"arr_from": -1}, "The ARR is a whole number"),
        (NEAR | {"rank": 1}, "The trigger cannot be read."),
        ([], "The trigger cannot be read."),
    ],
)  # fmt: skip
def test_what_a_trigger_may_not_be_is_said(company, rule, sentence):
    assert sentence in errors_of(company.csm, rule)


def test_a_draft_takes_no_trigger_that_is_none(company, sql):
    draft = insert_draft(sql, company.id, company.csm.id)
    with assert_refused("23514"):
        company.csm.client.table("workflow_drafts").update({"begun_when": {"period_days": 1}}).eq("id", draft).execute()


def test_a_check_keeps_the_scores_it_needs_so_that_the_next_derives_none(company, definition, account, sql):
    accounts = [account(), account(notice_in=200)]
    switch(company.manager, definition)
    run_now(sql, company)
    fresh = """
        select count(distinct k.customer_id) from public.customer_scores k where k.company_id = %s
        and not exists (select from private.stale_customers s where s.customer_id = k.customer_id)"""
    assert fetch_value(sql, fresh, company.id) == len(accounts)
    sql.execute("update public.contracts set ends_on = ends_on - 180 where customer_id = %s", [accounts[1].id])
    run_now(sql, company)
    assert {row["customer_id"] for row in runs(sql, company)} == {each.id for each in accounts}
