import json
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.app_context import configure_supabase, get_app_context
from lib.auth.browser_sessions import create_browser_session, end_all_browser_sessions, fetch_browser_session
from lib.auth.invitations import accept_invitation
from lib.auth.service import sign_in
from lib.auth.session_crypto import encrypt_session
from lib.auth.time_zone import choose_time_zone
from lib.db.query_execution import execute_read, execute_write
from lib.errors import SignedOut, Unavailable
from lib.local import LocalStack
from lib.ui.session_keys import COOKIE_KEY, SIGNED_IN_KEY, TODAY_DATA
from tests.conftest import Connection
from tests.support.companies import Company, Member, unused_email
from tests.support.mailed_codes import open_session_by_code
from tests.support.requests import break_supabase, record_requests


def sample_page() -> None:
    import streamlit as st

    from lib.auth.gate import get_client_of_person, require_person

    person = require_person()
    names = [row["full_name"] for row in get_client_of_person().table("profiles").select("full_name").execute().data]
    st.title(person.full_name)
    st.write(", ".join(sorted(names)))


def open_sample_page(member: Member | None, cookie: str | None = None) -> AppTest:
    tested = AppTest.from_function(sample_page, default_timeout=20)
    if member is not None:
        tested.session_state[COOKIE_KEY] = cookie or create_browser_session(get_app_context(), member.session)
    return tested.run()


def read_gate_message(shown: AppTest) -> str:
    """What the gate says in place of the page."""
    assert not shown.exception
    assert not shown.title
    return shown.header[0].value


def test_a_signed_in_person_sees_the_page_with_their_own_rights(company: Company) -> None:
    shown = open_sample_page(company.csm)
    assert shown.title[0].value == "Alice Moreau"
    assert shown.markdown[0].value == "Alice Moreau"


def test_without_a_session_the_page_ends_with_the_way_to_sign_in(stack: object) -> None:
    shown = open_sample_page(None)
    assert read_gate_message(shown) == "You are not signed in."
    assert 'href="/auth/sign-in' in shown.html[0].value


def test_opening_a_page_costs_one_request_and_reruns_cost_none(company: Company) -> None:
    tested = AppTest.from_function(sample_page, default_timeout=20)
    tested.session_state[COOKIE_KEY] = create_browser_session(get_app_context(), company.csm.session)
    with record_requests() as sent:
        tested.run()
    assert sent == ["POST /rest/v1/rpc/read_browser_session", "GET /rest/v1/profiles"]
    with record_requests() as sent:
        tested.run()
    assert sent == ["GET /rest/v1/profiles"]


def test_signing_out_in_this_process_ends_other_tabs_at_their_next_run(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    shown = open_sample_page(company.csm, cookie)
    end_all_browser_sessions(get_app_context(), cookie)
    assert read_gate_message(shown.run()) == "Your session has ended."
    assert SIGNED_IN_KEY not in shown.session_state


def test_signing_out_in_another_process_is_noticed_at_the_next_request(
    company: Company, open_page: Callable[..., AppTest]
) -> None:
    shown = open_page(company.csm)
    end_in_another_process(shown.session_state[COOKIE_KEY])
    page_cache_of_today = shown.session_state[TODAY_DATA]
    shown.session_state[TODAY_DATA] = replace(page_cache_of_today, expires_at=0.0)
    assert read_gate_message(shown.run()) == "Your session has ended."
    assert any('href="/auth/sign-in' in html.value for html in shown.html)


def test_signing_out_elsewhere_is_noticed_at_the_next_check(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    shown = open_sample_page(company.csm, cookie)
    end_in_another_process(cookie)
    make_check_due(shown)
    assert read_gate_message(shown.run()) == "Your session has ended."


def test_tokens_of_a_signed_out_session_are_refused_and_those_of_the_next_are_not(company: Company) -> None:
    member = company.csm
    end_in_another_process(create_browser_session(get_app_context(), member.session))
    for query in (member.client.table("customers").select("id"), member.client.rpc("zen_dashboard")):
        with pytest.raises(SignedOut, match="Your session has ended"):
            execute_read(query)
    with pytest.raises(SignedOut):
        create_browser_session(get_app_context(), member.session)
    again = sign_in(get_app_context(), email=member.email, password=member.password)
    assert execute_read(get_app_context().create_client(access_token=again.access_token).table("profiles").select("id"))


def test_a_token_that_supabase_refuses_is_replaced_once_and_the_page_goes_on(
    company: Company, open_page: Callable[..., AppTest]
) -> None:
    shown = open_page(company.csm)
    refuse_token_of(shown, company.csm.session.refresh_token)
    with record_requests() as sent:
        shown.run()
    assert "Session" not in " ".join(element.value for element in shown.header)
    assert shown.session_state[SIGNED_IN_KEY].opened.session.access_token.count(".") == 2
    assert len([each for each in sent if "/auth/v1/token" in each]) == 1
    assert not shown.exception
    assert SIGNED_IN_KEY in shown.session_state


def test_a_refused_token_that_cannot_be_replaced_leads_to_sign_in_and_not_back(
    company: Company, open_page: Callable[..., AppTest]
) -> None:
    shown = open_page(company.csm)
    cookie = shown.session_state[COOKIE_KEY]
    refuse_token_of(shown, "not a refresh token")
    assert read_gate_message(shown.run()) == "Your session has ended."
    assert any('href="/auth/sign-in' in html.value for html in shown.html)
    with pytest.raises(SignedOut):
        fetch_browser_session(get_app_context(), cookie)


def test_when_new_tokens_are_refused_too_the_browser_session_ends(
    company: Company, open_page: Callable[..., AppTest]
) -> None:
    shown = open_page(company.csm)
    cookie = shown.session_state[COOKIE_KEY]
    cached = shown.session_state[SIGNED_IN_KEY]
    get_app_context().rejected_tokens.add_token(cached.opened.session.access_token)
    shown.session_state[SIGNED_IN_KEY] = replace(cached, renewed_at=time.monotonic())
    assert read_gate_message(shown.run()) == "Your session has ended."
    with pytest.raises(SignedOut):
        fetch_browser_session(get_app_context(), cookie)


def test_a_client_made_before_supabase_was_started_again_still_reports_its_refused_token(stack: LocalStack) -> None:
    before = get_app_context()
    configure_supabase(stack.app_environment)
    assert get_app_context() is not before
    before.rejected_tokens.add_token("a token refused to an earlier client")
    assert "a token refused to an earlier client" in get_app_context().rejected_tokens


def end_in_another_process(cookie: str) -> None:
    """Sign out as a process does whose memory is not ours."""
    execute_write(get_app_context().create_client().rpc("end_browser_session", {"session_id": cookie}))


def refuse_token_of(shown: AppTest, refresh_token: str) -> None:
    """What the tab and the database hold is a token signed with another secret, as after the secret was changed."""
    cached, context = shown.session_state[SIGNED_IN_KEY], get_app_context()
    body = cached.opened.session.access_token.rpartition(".")[0]
    session = replace(cached.opened.session, access_token=f"{body}.{'A' * 43}", refresh_token=refresh_token)
    sealed = encrypt_session(
        json.dumps(asdict(session)), secrets=context.settings.session_secrets, cookie=cached.cookie
    )
    values = {"session_id": cached.cookie, "version": cached.opened.version, "sealed": sealed}
    version = execute_write(context.create_client().rpc("store_refreshed_session", values))
    shown.session_state[SIGNED_IN_KEY] = replace(
        cached,
        opened=replace(cached.opened, session=session, version=version),
        client=context.create_client(access_token=session.access_token),
    )
    shown.session_state[TODAY_DATA] = replace(shown.session_state[TODAY_DATA], expires_at=0.0)


def test_a_signed_out_tab_forgets_everything_it_kept(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    shown = open_sample_page(company.csm, cookie)
    shown.session_state["run.draft"] = "an email"
    end_all_browser_sessions(get_app_context(), cookie)
    make_check_due(shown)
    shown.run()
    assert "run.draft" not in shown.session_state


def test_another_person_in_the_same_browser_gets_nothing_of_the_first(company: Company) -> None:
    shown = open_sample_page(company.csm)
    shown.session_state["run.draft"] = "an email"
    shown.session_state[COOKIE_KEY] = create_browser_session(get_app_context(), company.manager.session)
    shown.run()
    assert shown.title[0].value == "Mara Lindqvist"
    assert "run.draft" not in shown.session_state


def test_while_supabase_is_gone_the_page_goes_on_with_the_living_token(company: Company) -> None:
    shown = open_sample_page(company.csm)
    make_check_due(shown)
    cached = shown.session_state[SIGNED_IN_KEY]
    with break_supabase():
        again = AppTest.from_function(gate_page, default_timeout=20)
        again.session_state[COOKIE_KEY] = cached.cookie
        again.session_state[SIGNED_IN_KEY] = cached
        again.run()
    assert again.title[0].value == "Alice Moreau"


def test_while_supabase_is_gone_nobody_new_comes_in(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    with break_supabase():
        shown = open_sample_page(company.csm, cookie)
    assert read_gate_message(shown) == "Zen cannot reach its database right now."


def test_someone_who_left_the_company_is_told(company: Company, sql: Connection) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    sql.execute("update public.profiles set is_active = false where id = %s", [company.csm.id])
    shown = open_sample_page(company.csm, cookie)
    assert read_gate_message(shown) == "You don't belong to a company."
    assert 'href="/auth/join"' in shown.html[0].value


def test_someone_with_an_open_invitation_is_led_to_it(company: Company, sql: Connection, mail_folder: Path) -> None:
    email = unused_email()
    invitation = company.invite(email)
    sql.execute("update public.companies set name = 'A *new* one' where id = %s", [company.id])
    session = open_session_by_code(mail_folder, email)
    cookie = create_browser_session(get_app_context(), session)
    shown = open_sample_page(company.csm, cookie)
    assert read_gate_message(shown) == "A \\*new\\* one invited you."
    assert 'href="/auth/invitations"' in shown.html[0].value
    client = get_app_context().create_client(access_token=session.access_token)
    accept_invitation(client, invitation, full_name="Bea Quist")
    assert open_sample_page(company.csm, cookie).title[0].value == "Bea Quist"


def set_browser_zone(monkeypatch: pytest.MonkeyPatch, zone: str | None) -> None:
    """The browser says it is there."""
    monkeypatch.setattr(type(st.context), "timezone", property(lambda _: zone))


SAVE_ZONE = "POST /rest/v1/rpc/save_time_zone"


def test_where_the_browser_is_holds_at_once_and_is_kept_once(
    company: Company, sql: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_browser_zone(monkeypatch, "America/Chicago")
    tested = AppTest.from_function(sample_page, default_timeout=20)
    tested.session_state[COOKIE_KEY] = create_browser_session(get_app_context(), company.csm.session)
    with record_requests() as sent:
        tested.run()
    assert sent == ["POST /rest/v1/rpc/read_browser_session", SAVE_ZONE, "GET /rest/v1/profiles"]
    assert tested.session_state[SIGNED_IN_KEY].person.time_zone == "America/Chicago"
    found = sql.execute("select time_zone from public.profiles where id = %s", [company.csm.id]).fetchone()
    assert found is not None
    assert "America/Chicago" in (found.values() if isinstance(found, dict) else found)
    make_check_due(tested)
    with record_requests() as sent:
        tested.run()
    assert SAVE_ZONE not in sent
    with record_requests() as sent:
        open_sample_page(company.csm)
    assert SAVE_ZONE not in sent


def test_a_chosen_zone_holds_in_every_browser_and_costs_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = get_app_context().create_client(access_token=company.csm.session.access_token)
    choose_time_zone(client, "Asia/Tokyo")
    set_browser_zone(monkeypatch, "America/Chicago")
    with record_requests() as sent:
        shown = open_sample_page(company.csm)
    assert SAVE_ZONE not in sent
    assert shown.session_state[SIGNED_IN_KEY].person.time_zone == "Asia/Tokyo"
    choose_time_zone(client, None)
    make_check_due(shown)
    shown.run()
    assert shown.session_state[SIGNED_IN_KEY].person.time_zone == "America/Chicago"


@pytest.mark.parametrize("zone", [None, "", "Nowhere/Land", "../etc/passwd", "UTC"])
def test_a_zone_that_is_not_one_or_is_known_costs_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch, zone: str | None
) -> None:
    set_browser_zone(monkeypatch, zone)
    with record_requests() as sent:
        shown = open_sample_page(company.csm)
    assert SAVE_ZONE not in sent
    assert shown.session_state[SIGNED_IN_KEY].person.time_zone == "UTC"


def test_a_zone_that_could_not_be_kept_holds_all_the_same_and_is_not_tried_again(
    company: Company, sql: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_browser_zone(monkeypatch, "Asia/Tokyo")
    monkeypatch.setattr("lib.auth.time_zone.execute_write", fail)
    shown = open_sample_page(company.csm)
    assert shown.title
    make_check_due(shown)
    shown.run()
    assert shown.session_state[SIGNED_IN_KEY].person.time_zone == "Asia/Tokyo"
    monkeypatch.undo()


def fail(_: object) -> None:
    raise Unavailable("Zen cannot reach its database right now.")


def gate_page() -> None:
    import streamlit as st

    from lib.auth.gate import require_person

    st.title(require_person().full_name)


def make_check_due(shown: AppTest) -> None:
    """Let the next run ask the database again, as it does after 30 seconds."""
    cached = shown.session_state[SIGNED_IN_KEY]
    shown.session_state[SIGNED_IN_KEY] = replace(cached, check_at=0.0)
