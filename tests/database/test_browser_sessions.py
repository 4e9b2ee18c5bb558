import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.database.factories import fetch_value
from tests.database.rpc import assert_refused, call_rpc, run_concurrently

KEPT = "from private.browser_sessions where id_hash = private.hash_session_id(%s)"


@pytest.fixture
def new_session(company):
    """Each call signs another browser of the CSM in; returns what its cookie would hold."""

    def make(who: Any = None, **changes: Any) -> str:
        cookie = secrets.token_urlsafe(32)
        values = {"sealed": "sealed", "expires_at": str(datetime.now(UTC) + timedelta(days=7))} | changes
        call_rpc(who or company.csm, "create_browser_session", session_id=cookie, **values)
        return cookie

    return make


def read(anyone: Any, cookie: str) -> Any:
    return call_rpc(anyone, "read_browser_session", session_id=cookie)


def claim(anyone: Any, cookie: str, version: int = 1) -> bool:
    return call_rpc(anyone, "claim_session_refresh", session_id=cookie, version=version)


def store(anyone: Any, cookie: str, version: int = 1) -> int | None:
    return call_rpc(anyone, "store_refreshed_session", session_id=cookie, version=version, sealed="sealed anew")


def test_who_holds_the_cookie_reads_the_session_and_whose_it_is(company, anyone, new_session):
    found = read(anyone, new_session())
    assert (found["sealed"], found["version"], found["user_id"]) == ("sealed", 1, str(company.csm.id))
    assert found["person"] == {
        "id": str(company.csm.id),
        "full_name": company.csm.full_name,
        "email": company.csm.email,
        "role": "csm",
        "time_zone": "UTC",
        "has_own_time_zone": False,
        "company_id": str(company.id),
        "company_name": company.name,
        "currency": "USD",
        "locale": "en_US",
        "own_locale": None,
        "density": "calm",
        "theme": "system",
        "inbox_count": 0,
    }


def test_an_unknown_id_reads_as_nothing_and_changes_nothing(anyone):
    cookie = secrets.token_urlsafe(32)
    assert read(anyone, cookie) is None
    assert (claim(anyone, cookie), store(anyone, cookie)) == (False, None)
    assert call_rpc(anyone, "end_browser_session", session_id=cookie) is False
    assert call_rpc(anyone, "drop_browser_session", session_id=cookie) is False


def test_an_expired_session_reads_as_nothing_and_is_not_refreshed(anyone, new_session, sql):
    cookie = new_session()
    sql.execute("update private.browser_sessions set expires_at = now() " + KEPT[KEPT.index("where") :], [cookie])
    assert read(anyone, cookie) is None
    assert (claim(anyone, cookie), store(anyone, cookie)) == (False, None)


def test_expired_sessions_are_swept_at_the_next_sign_in(new_session, sql):
    old = new_session(expires_at="2020-01-01")
    new_session()
    assert fetch_value(sql, f"select count(*) {KEPT}", old) == 0


def test_a_session_ends_after_thirty_days_whatever_was_asked(new_session, sql):
    cookie = new_session(expires_at="2099-01-01")
    assert fetch_value(sql, f"select expires_at <= now() + interval '30 days' {KEPT}", cookie)


@pytest.mark.parametrize(("unused_for", "is_live"), [("6 days 23 hours", True), ("7 days 1 minute", False)])
def test_a_session_ends_after_seven_days_without_use(anyone, new_session, sql, unused_for, is_live):
    cookie = new_session()
    with sql.transaction():
        sql.execute("alter table private.browser_sessions disable trigger touch")
        old = "update private.browser_sessions set updated_at = now() - %s::interval " + KEPT[KEPT.index("where") :]
        sql.execute(old, [unused_for, cookie])
        sql.execute("alter table private.browser_sessions enable trigger touch")
    assert (read(anyone, cookie) is not None) == is_live
    assert len(call_rpc(anyone, "list_browser_sessions", session_id=cookie)) == int(is_live)
    assert claim(anyone, cookie) == is_live
    assert (store(anyone, cookie) == 2) == is_live


def test_a_person_has_ten_sessions_and_the_one_used_longest_ago_ends(company, anyone, new_session):
    first, second, colleague = new_session(), new_session(), new_session(company.manager)
    assert claim(anyone, first), "a refresh is a use"
    for _ in range(9):
        new_session()
    assert [read(anyone, cookie) is not None for cookie in (first, second, colleague)] == [True, False, True]


def test_the_sessions_of_a_person_are_listed_to_who_holds_one(company, anyone, new_session):
    mine = new_session(browser="Firefox on Linux")
    new_session(browser="x" * 300)
    new_session(company.manager, browser="Somebody else's")
    told = call_rpc(anyone, "list_browser_sessions", session_id=mine)
    assert [(each["browser"], each["is_current"]) for each in told] == [("Firefox on Linux", True), ("x" * 200, False)]
    assert call_rpc(anyone, "list_browser_sessions", session_id=secrets.token_urlsafe(32)) == []


def test_only_a_signed_in_person_makes_one_and_only_under_a_long_id(company, anyone, new_session):
    with assert_refused("42501"):
        new_session(anyone)
    for short in ("x" * 39, None):
        with assert_refused("PT403"):
            call_rpc(company.csm, "create_browser_session", session_id=short, sealed="s", expires_at="2099-01-01")


def test_an_id_is_used_once(company, new_session):
    with assert_refused("PT409", "This session exists already."):
        call_rpc(company.csm, "create_browser_session", session_id=new_session(), sealed="s", expires_at="2099-01-01")


def test_of_many_at_once_one_may_refresh(anyone, new_session):
    cookie = new_session()
    assert run_concurrently([lambda: claim(anyone, cookie) for _ in range(12)]).count(True) == 1


def test_a_claim_that_was_not_used_lapses(anyone, new_session, sql):
    cookie = new_session()
    assert claim(anyone, cookie)
    lapsed = "update private.browser_sessions set refreshing_until = now() - interval '1 second' "
    sql.execute(lapsed + KEPT[KEPT.index("where") :], [cookie])
    assert claim(anyone, cookie)


def test_a_refresh_takes_the_place_of_the_version_it_began_with_and_of_no_other(anyone, new_session):
    cookie = new_session()
    assert store(anyone, cookie) == 2
    assert store(anyone, cookie) is None
    assert (claim(anyone, cookie, 1), claim(anyone, cookie, 2)) == (False, True)
    assert (read(anyone, cookie)["sealed"], read(anyone, cookie)["version"]) == ("sealed anew", 2)


def test_ending_one_ends_all_of_the_person_and_nobody_elses(company, anyone, new_session):
    mine, also_mine, theirs = new_session(), new_session(), new_session(company.manager)
    assert call_rpc(anyone, "end_browser_session", session_id=mine) is True
    assert [read(anyone, cookie) is None for cookie in (mine, also_mine, theirs)] == [True, True, False]


def test_dropping_one_leaves_the_others(anyone, new_session):
    mine, also_mine = new_session(), new_session()
    assert call_rpc(anyone, "drop_browser_session", session_id=mine) is True
    assert [read(anyone, cookie) is None for cookie in (mine, also_mine)] == [True, False]


def test_who_left_the_company_is_nobody_there(company, anyone, new_session, sql):
    cookie = new_session()
    sql.execute("update public.profiles set is_active = false where id = %s", [company.csm.id])
    assert read(anyone, cookie)["person"] is None


def test_ending_the_others_leaves_this_one(anyone, new_session):
    mine, other = new_session(), new_session()
    assert call_rpc(anyone, "end_browser_session", session_id=mine, others_only=True) is True
    assert [read(anyone, cookie) is None for cookie in (mine, other)] == [False, True]
    assert new_session(), "both had tokens of one session, which goes on"


@pytest.mark.parametrize("ending", ["end_browser_session", "drop_browser_session"])
def test_tokens_of_an_ended_session_neither_read_nor_write(company, anyone, new_session, ending):
    cookie = new_session()
    assert call_rpc(anyone, ending, session_id=cookie) is True
    for act in (lambda: call_rpc(company.csm, "zen_dashboard"), new_session):
        with assert_refused("PT401"):
            act()
    assert company.manager.client.table("profiles").select("id").execute().data, "others go on"


def test_ended_sessions_are_forgotten_once_no_token_of_theirs_can_live(company, anyone, new_session, sql):
    sql.execute("insert into private.ended_sessions values (gen_random_uuid(), now() - interval '9 days')")
    call_rpc(anyone, "end_browser_session", session_id=new_session())
    assert (
        fetch_value(sql, "select count(*) from private.ended_sessions where ended_at < now() - interval '8 days'") == 0
    )
