"""What somebody might try on the workflows that begin by themselves."""

import uuid

import pytest

from tests.database.factories import fetch_value, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc
from tests.security.matrix import TRIGGER


@pytest.fixture
def definition(world, sql):
    """A workflow of the company with a trigger, which is off."""
    return str(publish_workflow(sql, world.company.id, f"attacked-{uuid.uuid4()}", begun_when=TRIGGER))


def switch(member, definition, enabled=True, rule=TRIGGER):
    return call_rpc(member, "switch_trigger", p_definition_id=definition, p_is_enabled=enabled, p_rule=rule)


def test_nobody_but_a_leader_of_the_company_turns_it_on_or_off(world, definition):
    with assert_refused("PT403"):
        switch(world.owner, definition)
    with assert_refused("PT404"):
        switch(world.other.admin, definition)
    assert switch(world.company.manager, definition) is True
    for member, code in ((world.owner, "PT403"), (world.other.admin, "PT404"), (world.uninvited, "PT403")):
        with assert_refused(code):
            switch(member, definition, False)
    with assert_refused("42501"):
        switch(world.anon, definition, False)


def test_a_stock_workflow_is_turned_on_by_nobody(world, sql):
    stock = str(fetch_value(sql, "select id from public.workflow_definitions where company_id is null limit 1"))
    with assert_refused("PT404"):
        switch(world.company.admin, stock)


def test_neither_a_trigger_nor_a_start_is_written_by_hand(world, definition, sql):
    switch(world.company.manager, definition)
    run = {"company_id": str(world.company.id), "definition_id": definition, "execution_id": str(world.insert_run())}
    for member in (world.owner, world.company.admin):
        table = member.client.table("workflow_triggers")
        with assert_refused("42501"):
            table.update({"is_enabled": False}).eq("definition_id", definition).execute()
        with assert_refused("42501"):
            table.delete().eq("definition_id", definition).execute()
        with assert_refused("42501"):
            member.client.table("workflow_starts").insert({**run, "why": {}, "started_on": "2026-11-01"}).execute()
        with assert_refused("42501"):
            change = member.client.table("workflow_definitions").update({"begun_when": None})
            change.eq("id", definition).execute()
    assert fetch_value(sql, "select is_enabled from public.workflow_triggers where definition_id = %s", definition)


def test_a_dry_run_shows_the_customers_of_ones_own_company_alone(world, sql):
    customer = world.insert_customer()
    wide = {"period_days": 7, "segments": ["smb", "mid", "enterprise"]}
    found = call_rpc(world.other.admin, "preview_trigger", p_workflow_id="x", p_begun_when=wide)
    assert str(customer) not in {each["customer_id"] for each in found["customers"]}
    foreign = "select count(*) from public.customers where id = any (%s::uuid[]) and company_id <> %s"
    listed = [each["customer_id"] for each in found["customers"]]
    assert fetch_value(sql, foreign, listed, world.other.id) == 0
    with assert_refused("PT403"):
        call_rpc(world.uninvited, "preview_trigger", p_workflow_id="x", p_begun_when=wide)
    with assert_refused("42501"):
        call_rpc(world.anon, "preview_trigger", p_workflow_id="x", p_begun_when=wide)


def test_another_company_reads_neither_the_trigger_nor_its_starts(world, definition, sql):
    switch(world.company.manager, definition)
    insert_row(
        sql, "workflow_starts", company_id=world.company.id, definition_id=definition,
        execution_id=world.insert_run(), why={"days_to_notice": 3}, started_on="2026-11-01",
    )  # fmt: skip
    assert call_rpc(world.company.csm, "workflow_trigger", p_definition_id=definition)["started_count"] == 1
    assert call_rpc(world.other.admin, "workflow_trigger", p_definition_id=definition) is None
    assert call_rpc(world.uninvited, "workflow_trigger", p_definition_id=definition) is None
    for client in (world.other.admin.client, world.uninvited):
        for table in ("workflow_triggers", "workflow_starts"):
            assert client.table(table).select("*").eq("definition_id", definition).execute().data == []


def test_nobody_signed_in_runs_the_triggers(world):
    for member in (world.owner, world.company.admin, world.anon):
        with assert_refused("42501"):
            call_rpc(member, "run_due_triggers", p_most=5)
