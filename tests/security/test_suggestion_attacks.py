"""What somebody might try on the suggestion rules of their own or another company."""

import json

import pytest

from tests.database.factories import fetch_rows, fetch_value, publish_workflow
from tests.database.rpc import assert_refused, call_rpc

STANDARD = "standard-renewal"


def rules_of(member):
    return [
        {key: each[key] for key in ("workflow_id", "is_suggested", "rule")}
        for each in call_rpc(member, "suggestion_rules")["rules"]
    ]


@pytest.fixture
def switched_off(world, sql):
    """A rule of the company: its standard renewal is not suggested."""
    rules = [each | {"is_suggested": each["workflow_id"] != STANDARD} for each in rules_of(world.company.admin)]
    revision = call_rpc(world.company.admin, "suggestion_rules")["revision"]
    call_rpc(world.company.admin, "save_suggestion_rules", p_rules=rules, p_revision=revision)
    row = "select id from public.suggestion_rules where company_id = %s and workflow_id = %s"
    return str(fetch_value(sql, row, world.company.id, STANDARD))


def test_nobody_writes_a_rule_past_the_function(world, switched_off):
    for member in (world.owner, world.company.manager, world.company.admin):
        table = member.client.table("suggestion_rules")
        with assert_refused("42501"):
            table.update({"is_suggested": True}).eq("id", switched_off).execute()
        with assert_refused("42501"):
            table.delete().eq("id", switched_off).execute()
        words = {"company_id": str(world.company.id), "workflow_id": "x", "is_suggested": True, "rule": {"rank": 1}}
        with assert_refused("42501"):
            table.insert(words).execute()


def test_another_company_neither_reads_nor_changes_the_rules(world, switched_off, sql):
    stranger = world.other.admin
    assert stranger.client.table("suggestion_rules").select("id").eq("id", switched_off).execute().data == []
    rules = rules_of(stranger)
    assert all(each["is_suggested"] for each in rules if each["workflow_id"] == STANDARD)
    revision = call_rpc(stranger, "suggestion_rules")["revision"]
    call_rpc(stranger, "save_suggestion_rules", p_rules=rules, p_revision=revision)
    (row,) = fetch_rows(sql, "select is_suggested from public.suggestion_rules where id = %s", switched_off)
    assert row == {"is_suggested": False}


def test_a_preview_is_of_the_customers_of_ones_own_company(world, sql):
    world.insert_customer()
    active = "select count(*) from public.customers where company_id = %s and status = 'active'"
    seen = call_rpc(world.other.admin, "preview_suggestion_rules", p_rules=rules_of(world.other.admin))
    assert seen["customer_count"] == fetch_value(sql, active, world.other.id)


def test_a_workflow_of_another_company_cannot_be_named(world, sql):
    publish_workflow(sql, world.company.id, "their-renewal", name="Their renewal")
    foreign = {"workflow_id": "their-renewal", "is_suggested": True, "rule": {}}
    with assert_refused("PT409") as refused:
        rules = [*rules_of(world.other.admin), foreign]
        call_rpc(world.other.admin, "preview_suggestion_rules", p_rules=rules)
    assert "Their renewal" not in str(refused.value)


def test_the_rules_behind_it_are_not_reached_from_outside(world, sql, switched_off):
    for function in ("offered_suggestion_rules", "plan_suggestion_rules", "suggest_workflows"):
        with assert_refused("PGRST202"):
            call_rpc(world.company.admin, function, company=str(world.company.id))
    with sql.transaction(force_rollback=True):
        claims = json.dumps({"sub": str(world.other.admin.id)})
        sql.execute("set local role authenticated")
        sql.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        rule = "select is_suggested from private.offered_suggestion_rules(%s) where workflow_id = %s"
        assert fetch_value(sql, rule, world.company.id, STANDARD), "stock's rule, not the company's"


def test_someone_signed_out_learns_nothing(world):
    for function, arguments in (
        ("suggestion_rules", {}),
        ("preview_suggestion_rules", {"p_rules": []}),
        ("save_suggestion_rules", {"p_rules": [], "p_revision": 1}),
    ):
        with assert_refused("42501"):
            call_rpc(world.anon, function, **arguments)
