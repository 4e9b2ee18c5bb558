"""Where somebody is: each says it of themselves, and of nothing else."""

from tests.database.factories import fetch_value
from tests.database.rpc import assert_refused, call_rpc

ZONE = "select time_zone from public.profiles where id = %s"


def test_each_says_where_they_are_themselves(sql, company):
    call_rpc(company.csm, "save_time_zone", p_time_zone="America/Chicago")
    assert fetch_value(sql, ZONE, company.csm.id) == "America/Chicago"
    assert fetch_value(sql, ZONE, company.manager.id) == "UTC"


def test_a_place_that_is_none_is_refused(sql, company):
    with assert_refused("PT400", "no time zone"):
        call_rpc(company.csm, "save_time_zone", p_time_zone="Nowhere/Land")
    assert fetch_value(sql, ZONE, company.csm.id) == "UTC"


def test_their_own_role_is_still_not_theirs_to_change(sql, company):
    changed = company.csm.client.table("profiles").update({"role": "admin"}).eq("id", company.csm.id).execute().data
    assert changed == []
    assert fetch_value(sql, "select role from public.profiles where id = %s", company.csm.id) == "csm"
