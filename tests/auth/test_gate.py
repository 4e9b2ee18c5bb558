from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.app_context import get_app_context
from lib.auth.browser_sessions import create_browser_session, end_browser_session
from lib.errors import Unavailable
from lib.ui.keys import COOKIE_KEY, SIGNED_IN_KEY
from tests.conftest import Connection
from tests.support.companies import Company, Member
from tests.support.requests import break_supabase, record_requests


def a_page() -> None:
    import streamlit as st

    from lib.auth.gate import current_client, require_person

    person = require_person()
    names = [row["full_name"] for row in current_client().table("profiles").select("full_name").execute().data]
    st.title(person.full_name)
    st.write(", ".join(sorted(names)))


def opened(member: Member | None, cookie: str | None = None) -> AppTest:
    tested = AppTest.from_function(a_page, default_timeout=20)
    if member is not None:
        tested.session_state[COOKIE_KEY] = cookie or create_browser_session(get_app_context(), member.session)
    return tested.run()


def told(shown: AppTest) -> str:
    """What the gate says in place of the page."""
    assert not shown.exception
    assert not shown.title
    return shown.header[0].value


def test_a_signed_in_person_sees_the_page_with_their_own_rights(company: Company) -> None:
    shown = opened(company.csm)
    assert shown.title[0].value == "Alice Moreau"
    assert shown.markdown[0].value == "Alice Moreau"


def test_without_a_session_the_page_ends_with_the_way_to_sign_in(stack: object) -> None:
    shown = opened(None)
    assert told(shown) == "You are not signed in."
    assert 'href="/auth/sign-in' in shown.html[0].value


def test_opening_a_page_costs_one_request_and_reruns_cost_none(company: Company) -> None:
    tested = AppTest.from_function(a_page, default_timeout=20)
    tested.session_state[COOKIE_KEY] = create_browser_session(get_app_context(), company.csm.session)
    with record_requests() as sent:
        tested.run()
    assert sent == ["POST /rest/v1/rpc/read_browser_session", "GET /rest/v1/profiles"]
    with record_requests() as sent:
        tested.run()
    assert sent == ["GET /rest/v1/profiles"]


def test_signing_out_elsewhere_is_noticed_at_the_next_check(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    shown = opened(company.csm, cookie)
    end_browser_session(get_app_context(), cookie)
    assert shown.run().title
    due(shown)
    assert told(shown.run()) == "Your session has ended."
    assert SIGNED_IN_KEY not in shown.session_state


def test_a_signed_out_tab_forgets_everything_it_kept(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    shown = opened(company.csm, cookie)
    shown.session_state["run.draft"] = "an email"
    end_browser_session(get_app_context(), cookie)
    due(shown)
    shown.run()
    assert "run.draft" not in shown.session_state


def test_another_person_in_the_same_browser_gets_nothing_of_the_first(company: Company) -> None:
    shown = opened(company.csm)
    shown.session_state["run.draft"] = "an email"
    shown.session_state[COOKIE_KEY] = create_browser_session(get_app_context(), company.manager.session)
    shown.run()
    assert shown.title[0].value == "Mara Lindqvist"
    assert "run.draft" not in shown.session_state


def test_while_supabase_is_gone_the_page_goes_on_with_the_living_token(company: Company) -> None:
    shown = opened(company.csm)
    due(shown)
    kept = shown.session_state[SIGNED_IN_KEY]
    with break_supabase():
        again = AppTest.from_function(only_the_gate, default_timeout=20)
        again.session_state[COOKIE_KEY] = kept.cookie
        again.session_state[SIGNED_IN_KEY] = kept
        again.run()
    assert again.title[0].value == "Alice Moreau"


def test_while_supabase_is_gone_nobody_new_comes_in(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    with break_supabase():
        shown = opened(company.csm, cookie)
    assert told(shown) == "Zen cannot reach its database right now."


def test_someone_who_left_the_company_is_told(company: Company, sql: Connection) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    sql.execute("update public.profiles set is_active = false where id = %s", [company.csm.id])
    assert told(opened(company.csm, cookie)) == "You are not a member of a company any more."


def in_browser(monkeypatch: pytest.MonkeyPatch, zone: str | None) -> None:
    """The browser says it is there."""
    monkeypatch.setattr(type(st.context), "timezone", property(lambda _: zone))


KEPT = "POST /rest/v1/rpc/keep_my_time_zone"


def test_where_the_browser_is_holds_at_once_and_is_kept_once(
    company: Company, sql: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_browser(monkeypatch, "America/Chicago")
    tested = AppTest.from_function(a_page, default_timeout=20)
    tested.session_state[COOKIE_KEY] = create_browser_session(get_app_context(), company.csm.session)
    with record_requests() as sent:
        tested.run()
    assert sent == ["POST /rest/v1/rpc/read_browser_session", KEPT, "GET /rest/v1/profiles"]
    assert tested.session_state[SIGNED_IN_KEY].person.time_zone == "America/Chicago"
    found = sql.execute("select time_zone from public.profiles where id = %s", [company.csm.id]).fetchone()
    assert found is not None
    assert "America/Chicago" in (found.values() if isinstance(found, dict) else found)
    due(tested)
    with record_requests() as sent:
        tested.run()
    assert KEPT not in sent
    with record_requests() as sent:
        opened(company.csm)
    assert KEPT not in sent


@pytest.mark.parametrize("zone", [None, "", "Nowhere/Land", "../etc/passwd", "UTC"])
def test_a_zone_that_is_not_one_or_is_known_costs_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch, zone: str | None
) -> None:
    in_browser(monkeypatch, zone)
    with record_requests() as sent:
        shown = opened(company.csm)
    assert KEPT not in sent
    assert shown.session_state[SIGNED_IN_KEY].person.time_zone == "UTC"


def test_a_zone_that_could_not_be_kept_holds_all_the_same_and_is_not_tried_again(
    company: Company, sql: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_browser(monkeypatch, "Asia/Tokyo")
    monkeypatch.setattr("lib.auth.time_zone.execute_write", refused)
    shown = opened(company.csm)
    assert shown.title
    due(shown)
    shown.run()
    assert shown.session_state[SIGNED_IN_KEY].person.time_zone == "Asia/Tokyo"
    monkeypatch.undo()


def refused(_: object) -> None:
    raise Unavailable("Zen cannot reach its database right now.")


def only_the_gate() -> None:
    import streamlit as st

    from lib.auth.gate import require_person

    st.title(require_person().full_name)


def due(shown: AppTest) -> None:
    """Let the next run ask the database again, as it does after 30 seconds."""
    kept = shown.session_state[SIGNED_IN_KEY]
    shown.session_state[SIGNED_IN_KEY] = replace(kept, check_at=0.0)
