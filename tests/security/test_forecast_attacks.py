"""What somebody might try on the forecast with their own token: another's call, a call written by hand."""

import pytest

from lib.app_context import create_http_pool
from lib.db.privileged_client import create_privileged_client
from tests.database.factories import fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.security.matrix import TERMS

GIVEN = {"p_category": "lost", "p_revision": 0, "p_reason": "They told me."}


@pytest.fixture
def contract(world, sql):
    """The contract of a customer of the owner's that is due soon."""
    customer = world.insert_customer()
    days = "select private.today() - 300, private.today() + 65"
    starts_on, ends_on = sql.execute(days).fetchone()
    of = {"company_id": world.company.id, "customer_id": customer}
    return str(insert_row(sql, "contracts", starts_on=starts_on, ends_on=ends_on, **of, **TERMS))


def test_a_csm_writes_neither_the_managers_call_nor_anothers(world, contract):
    with assert_refused("PT403"):
        call_rpc(world.owner, "call_renewal", p_contract_id=contract, p_level="leader", **GIVEN)
    with assert_refused("PT403"):
        call_rpc(world.company.other_csm, "call_renewal", p_contract_id=contract, p_level="csm", **GIVEN)


def test_a_leader_does_not_speak_for_the_csm(world, contract):
    for leader in (world.company.manager, world.company.admin):
        with assert_refused("PT403"):
            call_rpc(leader, "call_renewal", p_contract_id=contract, p_level="csm", **GIVEN)


def test_nobody_else_gives_or_reads_a_call(world, contract):
    call_rpc(world.owner, "call_renewal", p_contract_id=contract, p_level="csm", **GIVEN)
    with assert_refused("PT404"):
        call_rpc(world.other.admin, "call_renewal", p_contract_id=contract, p_level="leader", **GIVEN)
    with assert_refused("PT404"):
        call_rpc(world.other.admin, "renewal_calls", p_contract_id=contract)
    assert call_rpc(world.company.other_csm, "renewal_calls", p_contract_id=contract)["calls"] == []
    for client in (world.uninvited, world.anon):
        with pytest.raises(Exception, match=r"member of a company|permission denied|PGRST"):
            call_rpc(client, "renewal_calls", p_contract_id=contract)


def test_a_call_is_neither_written_changed_nor_removed_by_hand(world, sql, contract):
    call = call_rpc(world.owner, "call_renewal", p_contract_id=contract, p_level="csm", **GIVEN)
    for client in (world.owner.client, world.company.admin.client):
        with assert_refused("42501"):
            client.table("forecast_calls").insert({**call, "id": None, "revision": 2}).execute()
        with assert_refused("42501"):
            client.table("forecast_calls").update({"category": "commit"}).eq("id", call["id"]).execute()
        with assert_refused("42501"):
            client.table("forecast_calls").delete().eq("id", call["id"]).execute()
    assert fetch_value(sql, "select category from public.forecast_calls where id = %s", call["id"]) == "lost"


@pytest.fixture
def service_client(stack):
    return create_privileged_client(stack.url, stack.secret_key, create_http_pool())


def test_nobody_writes_a_snapshot(world, sql, contract, service_client):
    sql.execute("select private.keep_forecast(%s, private.today())", [world.company.id])
    kept = {"company_id": str(world.company.id), "week_starts_on": "2020-01-06", "day": "2020-01-06"}
    for client in (world.owner.client, world.company.admin.client):
        for table in ("forecast_snapshots", "forecast_snapshot_rows"):
            with assert_refused("42501"):
                client.table(table).delete().eq("company_id", kept["company_id"]).execute()
        with assert_refused("42501"):
            client.table("forecast_snapshots").insert(kept).execute()
        with assert_refused("42501"):
            changed = client.table("forecast_snapshot_rows").update({"computed": 0})
            changed.eq("company_id", kept["company_id"]).execute()
    with assert_refused("42501"):
        service_client.table("forecast_snapshot_rows").delete().eq("company_id", kept["company_id"]).execute()


def test_only_the_worker_takes_snapshots(world):
    for who in (world.owner.client, world.company.admin.client, world.anon):
        with assert_refused("42501"):
            call_rpc(who, "keep_due_forecasts")
    with assert_refused("PGRST202"):
        call_rpc(world.company.admin, "keep_forecast")


def test_snapshots_are_read_by_owners_and_leaders_alone(world, sql, contract):
    sql.execute("select private.keep_forecast(%s, private.today() - 21)", [world.company.id])
    strangers = (world.company.other_csm, world.other.admin)
    for person, is_seen in ((world.owner, True), (world.company.manager, True), *((each, False) for each in strangers)):
        rows = person.client.table("forecast_snapshot_rows").select("id").eq("contract_id", contract).execute().data
        assert bool(rows) is is_seen
    assert world.other.admin.client.table("forecast_snapshots").select("id").eq(
        "company_id", str(world.company.id)
    ).execute().data == []  # fmt: skip


def test_the_functions_behind_it_are_no_rpc(world, contract):
    for function in (
        "term_outcomes",
        "forecast_rows",
        "renewal_experience",
        "unmet_evidence",
        "closed_calls",
        "retention_rows",
    ):
        with assert_refused("PGRST202"):
            call_rpc(world.company.admin, function)


def test_a_csm_cannot_read_the_forecast_of_a_colleague(world, contract):
    answer = call_rpc(world.company.other_csm, "forecast", p_owner=str(world.owner.id), p_most=1000)
    assert contract not in {row["contract_id"] for row in answer["rows"]}
