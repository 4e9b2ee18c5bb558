import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from lib.app_context import AppContext, get_app_context
from lib.auth.browser_sessions import (
    _claim_refresh_lease,
    _save_refreshed_session,
    create_browser_session,
    delete_browser_session,
    end_all_browser_sessions,
    fetch_browser_session,
    load_fresh_browser_session,
)
from lib.auth.model import Role, Session
from lib.auth.service import refresh_session, revoke_sessions, sign_in
from lib.errors import NotPermitted, SignedOut, Unavailable
from tests.conftest import Connection
from tests.support.companies import PASSWORD, Company, Member
from tests.support.requests import break_supabase, record_requests


def about_to_end(member: Member, *, seconds: float) -> Session:
    """A session of the member's own, whose access token ends in `seconds` as far as we know."""
    issued = sign_in(get_app_context(), email=member.email, password=member.password)
    return replace(issued, expires_at=time.time() + seconds)


def test_a_session_is_read_back_with_who_it_is(company: Company) -> None:
    opened = load_fresh_browser_session(
        get_app_context(), create_browser_session(get_app_context(), company.manager.session)
    )
    assert opened.session == company.manager.session
    assert opened.person is not None
    assert (opened.person.id, opened.person.role) == (company.manager.id, Role.MANAGER)
    assert (opened.person.company_id, opened.person.company_name) == (company.id, company.name)


def test_reading_a_session_costs_one_request(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    with record_requests() as sent:
        load_fresh_browser_session(get_app_context(), cookie)
    assert len(sent) == 1


def test_neither_cookie_nor_token_stands_in_the_database(company: Company, sql: Connection) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    rows = sql.execute("select t::text from private.browser_sessions t where user_id = %s", [company.csm.id])
    stored = "".join(str(row[0]) for row in rows)
    assert stored
    assert cookie not in stored
    assert cookie.encode().hex() not in stored
    assert company.csm.session.access_token not in stored
    assert company.csm.session.refresh_token not in stored


@pytest.mark.parametrize("cookie", ["", "short", "a" * 43, "a" * 44, "'; drop table x; --" + "a" * 24, "é" * 43])
def test_a_cookie_nobody_was_given_is_signed_out(stack: object, cookie: str) -> None:
    with pytest.raises(SignedOut, match=r"Your session has ended\."):
        load_fresh_browser_session(get_app_context(), cookie)


def with_secrets(secret: str, *old: str) -> AppContext:
    """The app as it would run with other session secrets."""
    context = get_app_context()
    settings = context.settings.model_copy(update={"session_secret": secret, "old_session_secrets": old})
    return replace(context, settings=settings)


def test_another_session_secret_ends_the_sessions(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    with pytest.raises(SignedOut):
        load_fresh_browser_session(with_secrets("another secret " * 3), cookie)


def test_an_old_session_secret_still_opens_sessions(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    rotated = with_secrets("another secret " * 3, "one older still " * 3, get_app_context().settings.session_secret)
    assert load_fresh_browser_session(rotated, cookie).session == company.csm.session


def test_a_refresh_encrypts_with_the_new_secret(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), about_to_end(company.csm, seconds=60))
    new = "another secret " * 3
    opened = load_fresh_browser_session(with_secrets(new, get_app_context().settings.session_secret), cookie)
    assert fetch_browser_session(with_secrets(new), cookie).session == opened.session
    with pytest.raises(SignedOut):
        fetch_browser_session(get_app_context(), cookie)


def test_a_session_past_its_end_is_signed_out(company: Company, sql: Connection) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    sql.execute("update private.browser_sessions set expires_at = now() where user_id = %s", [company.csm.id])
    with pytest.raises(SignedOut):
        load_fresh_browser_session(get_app_context(), cookie)


def test_a_session_lives_for_two_weeks(company: Company, sql: Connection) -> None:
    create_browser_session(get_app_context(), company.csm.session)
    lives = "select max(expires_at - now()) from private.browser_sessions where user_id = %s"
    (left,) = sql.execute(lives, [company.csm.id]).fetchone() or (None,)
    assert isinstance(left, timedelta)
    assert timedelta(days=14) - timedelta(minutes=5) < left <= timedelta(days=14)


def test_a_session_that_ended_while_it_was_refreshed_stays_ended(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), about_to_end(company.csm, seconds=60))
    stored = fetch_browser_session(get_app_context(), cookie)
    assert _claim_refresh_lease(get_app_context(), cookie, stored.version)
    delete_browser_session(get_app_context(), cookie)
    with pytest.raises(SignedOut, match=r"Your session has ended\."):
        _save_refreshed_session(get_app_context(), cookie, stored)


def test_a_token_about_to_end_is_refreshed_and_stored(company: Company) -> None:
    before = about_to_end(company.csm, seconds=60)
    cookie = create_browser_session(get_app_context(), before)
    opened = load_fresh_browser_session(get_app_context(), cookie)
    assert opened.session.refresh_token != before.refresh_token
    assert opened.session.expires_at > before.expires_at + 600
    assert opened.version == 2
    assert fetch_browser_session(get_app_context(), cookie).session == opened.session


def test_a_refused_token_is_refreshed_long_before_it_ends(company: Company) -> None:
    issued = about_to_end(company.csm, seconds=3600)
    cookie = create_browser_session(get_app_context(), issued)
    assert load_fresh_browser_session(get_app_context(), cookie).session == issued
    get_app_context().rejected_tokens.add_token(issued.access_token)
    opened = load_fresh_browser_session(get_app_context(), cookie)
    assert opened.session.refresh_token != issued.refresh_token
    assert opened.version == 2


def test_many_refreshes_at_once_spend_one_refresh_token(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), about_to_end(company.csm, seconds=-5))
    with record_requests() as sent, ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(lambda _: load_fresh_browser_session(get_app_context(), cookie), range(8)))
    assert sent.count("POST /auth/v1/token") == 1
    assert len({each.session.access_token for each in opened}) == 1
    assert {each.version for each in opened} == {2}


def test_while_another_refreshes_a_living_token_is_used_without_waiting(company: Company, sql: Connection) -> None:
    issued = about_to_end(company.csm, seconds=120)
    cookie = create_browser_session(get_app_context(), issued)
    sql.execute(
        "update private.browser_sessions set refreshing_until = now() + interval '15 s' where user_id = %s",
        [company.csm.id],
    )
    with record_requests() as sent:
        assert load_fresh_browser_session(get_app_context(), cookie).session == issued
    assert len(sent) == 2


def test_a_revoked_refresh_token_ends_this_browser_and_no_other(company: Company) -> None:
    other = create_browser_session(get_app_context(), company.csm.session)
    spent = about_to_end(company.csm, seconds=-5)
    cookie = create_browser_session(get_app_context(), spent)
    revoke_sessions(get_app_context(), spent.access_token)
    with pytest.raises(SignedOut, match=r"Your session has ended\."):
        load_fresh_browser_session(get_app_context(), cookie)
    with pytest.raises(SignedOut):
        fetch_browser_session(get_app_context(), cookie)
    assert fetch_browser_session(get_app_context(), other)


def test_when_refreshing_fails_the_living_token_goes_on(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), about_to_end(company.csm, seconds=120))
    stored = fetch_browser_session(get_app_context(), cookie)
    assert _claim_refresh_lease(get_app_context(), cookie, stored.version)
    with break_supabase():
        assert _save_refreshed_session(get_app_context(), cookie, stored) == stored


def test_signing_out_ends_every_browser_of_the_person_and_nobody_elses(company: Company) -> None:
    first, second = (
        create_browser_session(get_app_context(), about_to_end(company.csm, seconds=3000)) for _ in range(2)
    )
    colleague = create_browser_session(get_app_context(), company.manager.session)
    end_all_browser_sessions(get_app_context(), first)
    for cookie in (first, second):
        with pytest.raises(SignedOut):
            fetch_browser_session(get_app_context(), cookie)
    assert fetch_browser_session(get_app_context(), colleague)


def test_signing_out_revokes_the_refresh_token_at_supabase(company: Company) -> None:
    issued = about_to_end(company.csm, seconds=3000)
    end_all_browser_sessions(get_app_context(), create_browser_session(get_app_context(), issued))
    with pytest.raises(SignedOut):
        refresh_session(get_app_context(), issued.refresh_token)


def test_without_signing_in_no_browser_session_is_made(company: Company) -> None:
    with pytest.raises(NotPermitted):
        create_browser_session(get_app_context(), replace(company.csm.session, access_token="nonsense"))


def test_a_session_prints_without_its_tokens(company: Company) -> None:
    printed = repr(
        fetch_browser_session(get_app_context(), create_browser_session(get_app_context(), company.csm.session))
    )
    assert company.csm.session.access_token not in printed
    assert company.csm.session.refresh_token not in printed
    assert json.dumps(PASSWORD) not in printed


def test_supabase_gone_is_unavailable_and_not_signed_out(company: Company) -> None:
    cookie = create_browser_session(get_app_context(), company.csm.session)
    with break_supabase(), pytest.raises(Unavailable):
        load_fresh_browser_session(get_app_context(), cookie)
