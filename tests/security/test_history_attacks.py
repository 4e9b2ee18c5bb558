"""What somebody might try on the history of rows with their own token, or with the operator's key."""

import pytest

from lib.app_context import create_http_pool
from lib.db.privileged_client import create_privileged_client
from tests.database.factories import fetch_rows, insert_customer
from tests.database.rpc import assert_refused


@pytest.fixture
def changed(world, sql):
    """A customer of the owner's whose industry the owner changed."""
    customer = world.insert_customer()
    world.owner.client.table("customers").update({"industry": "Wind"}).eq("id", str(customer)).execute()
    return customer


@pytest.fixture
def service_client(stack):
    return create_privileged_client(stack.url, stack.secret_key, create_http_pool())


def seen_by(who, customer):
    return who.client.table("row_changes").select("operation").eq("row_id", str(customer)).execute().data


def test_the_history_is_read_by_leaders_and_by_those_who_made_it(world, changed):
    assert [row["operation"] for row in seen_by(world.owner, changed)] == ["update"], "the operator inserted it"
    assert seen_by(world.company.other_csm, changed) == []
    assert seen_by(world.other.admin, changed) == []
    for leader in (world.company.manager, world.company.admin):
        assert len(seen_by(leader, changed)) == 2


def test_nobody_rewrites_the_history(world, changed, service_client):
    for client in (world.owner.client, world.company.admin.client, service_client):
        with assert_refused("42501"):
            client.table("row_changes").update({"changed_by": None}).eq("row_id", str(changed)).execute()
        with assert_refused("42501"):
            client.table("row_changes").delete().eq("row_id", str(changed)).execute()
    assert len(seen_by(world.company.admin, changed)) == 2


def test_a_version_of_score_rules_never_changes(world, service_client):
    rules = service_client.table("score_rules").select("id").is_("company_id", "null").execute().data
    assert len(rules) == 2
    for client in (world.company.admin.client, service_client):
        with assert_refused("42501"):
            client.table("score_rules").update({"note": "Mine"}).eq("id", rules[0]["id"]).execute()
        with assert_refused("42501"):
            client.table("score_rules").delete().eq("id", rules[0]["id"]).execute()


def test_nobody_says_through_what_they_change_rows(world, sql):
    for function in ("begin_change", "record_row_changes", "record_member_change", "row_as_of", "find_history_gaps"):
        with assert_refused("PGRST202"):
            world.company.admin.client.rpc(function, {}).execute()
    with assert_refused("42501"):
        world.company.admin.client.table("row_changes").insert(
            {"company_id": str(world.company.id), "table_name": "customers", "row_id": str(world.insert_customer())}
        ).execute()


def test_a_change_of_another_companys_row_is_never_recorded_as_ones_own(world, sql):
    foreign = insert_customer(sql, world.other.id, world.other.admin.id)
    world.company.admin.client.table("customers").update({"industry": "Mine"}).eq("id", str(foreign)).execute()
    history = fetch_rows(sql, "select changed_by from public.row_changes where row_id = %s", foreign)
    assert history == [{"changed_by": None}]
