"""Where somebody is: each says it of themselves, and of nothing else."""

from tests.database.calls import call, refused
from tests.database.rows import one

ZONE = "select time_zone from public.profiles where id = %s"


def test_each_says_where_they_are_themselves(sql, company):
    call(company.csm, "keep_my_time_zone", p_time_zone="America/Chicago")
    assert one(sql, ZONE, company.csm.id) == "America/Chicago"
    assert one(sql, ZONE, company.manager.id) == "UTC"


def test_a_place_that_is_none_is_refused(sql, company):
    with refused("PT400", "no time zone"):
        call(company.csm, "keep_my_time_zone", p_time_zone="Nowhere/Land")
    assert one(sql, ZONE, company.csm.id) == "UTC"


def test_their_own_role_is_still_not_theirs_to_change(sql, company):
    changed = company.csm.client.table("profiles").update({"role": "admin"}).eq("id", company.csm.id).execute().data
    assert changed == []
    assert one(sql, "select role from public.profiles where id = %s", company.csm.id) == "csm"
