"""What somebody might try on kept scores with their own token, or with the operator's key."""

import json

import psycopg
import pytest

from lib.app_context import create_http_pool
from lib.db.privileged_client import create_privileged_client
from tests.database.factories import fetch_value
from tests.database.rpc import assert_refused, call_rpc


@pytest.fixture
def kept(world):
    """A customer of the owner's whose scores are kept."""
    customer = str(world.insert_customer())
    call_rpc(world.owner, "zen_dashboard")
    return customer


@pytest.fixture
def service_client(stack):
    return create_privileged_client(stack.url, stack.secret_key, create_http_pool())


def days_seen_by(client, customer):
    return client.table("customer_scores").select("day").eq("customer_id", customer).execute().data


def test_scores_are_read_by_the_company_alone(world, kept):
    for member in (world.owner, world.company.other_csm, world.company.manager, world.company.admin):
        assert len(days_seen_by(member.client, kept)) == 13
    assert days_seen_by(world.other.admin.client, kept) == []
    assert days_seen_by(world.uninvited, kept) == []


def test_nobody_writes_a_score(world, kept, service_client):
    better = {"health_score": 100, "health_band": "green"}
    for client in (world.owner.client, world.company.admin.client, service_client):
        with assert_refused("42501"):
            client.table("customer_scores").update(better).eq("customer_id", kept).execute()
        with assert_refused("42501"):
            client.table("customer_scores").delete().eq("customer_id", kept).execute()


def test_only_the_worker_keeps_what_is_due_and_deletes_what_is_old(world, kept):
    for who in (world.owner.client, world.company.admin.client, world.anon):
        with assert_refused("42501"):
            call_rpc(who, "keep_due_scores")
        with assert_refused("42501"):
            call_rpc(who, "delete_old_scores")
    for function in ("keep_scores", "keep_scores_of_today", "mark_scores_stale", "read_scores", "list_stale_customers"):
        with assert_refused("PGRST202"):
            call_rpc(world.company.admin, function)


def test_a_person_keeps_scores_of_their_own_company_alone(world, sql):
    customer = world.insert_customer()
    with sql.transaction(force_rollback=True):
        sql.execute("set local role authenticated")
        claims = json.dumps({"sub": str(world.other.admin.id)})
        sql.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        sql.execute("select private.keep_scores_of_today(%s), private.keep_scores_of_trend(%s)", [[customer]] * 2)
        assert fetch_value(sql, "select private.list_stale_customers(%s)", [customer]) == []
        sql.execute("reset role")
        rows = "select count(*) from public.customer_scores where customer_id = %s"
        assert fetch_value(sql, rows, customer) == 0


def test_a_person_may_not_say_which_company_they_keep_scores_of(world, sql):
    with sql.transaction(force_rollback=True):
        sql.execute("set local role authenticated")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql.execute("select private.keep_scores(%s, current_date, '{}')", [world.company.id])
