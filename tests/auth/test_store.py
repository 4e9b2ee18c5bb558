import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lib.auth import process, session, store
from lib.auth.model import Role, Session
from lib.auth.sealing import seal, unseal
from lib.errors import NotPermitted, SignedOut, Unavailable
from tests.conftest import Connection
from tests.support.companies import PASSWORD, Company, Member
from tests.support.requests import break_supabase, record_requests


def about_to_end(member: Member, *, seconds: float) -> Session:
    """A session of the member's own, whose access token ends in `seconds` as far as we know."""
    issued = session.sign_in(process.current(), email=member.email, password=member.password)
    return replace(issued, expires_at=time.time() + seconds)


def test_a_session_is_read_back_with_who_it_is(company: Company) -> None:
    opened = store.open_session(process.current(), store.create(process.current(), company.manager.session))
    assert opened.session == company.manager.session
    assert opened.person is not None
    assert (opened.person.id, opened.person.role) == (company.manager.id, Role.MANAGER)
    assert (opened.person.company_id, opened.person.company_name) == (company.id, company.name)


def test_reading_a_session_costs_one_request(company: Company) -> None:
    cookie = store.create(process.current(), company.csm.session)
    with record_requests() as sent:
        store.open_session(process.current(), cookie)
    assert len(sent) == 1


def test_neither_cookie_nor_token_stands_in_the_database(company: Company, sql: Connection) -> None:
    cookie = store.create(process.current(), company.csm.session)
    rows = sql.execute("select t::text from private.browser_sessions t where user_id = %s", [company.csm.id])
    kept = "".join(str(row[0]) for row in rows)
    assert kept
    assert cookie not in kept
    assert cookie.encode().hex() not in kept
    assert company.csm.session.access_token not in kept
    assert company.csm.session.refresh_token not in kept


def test_a_sealed_session_opens_with_cookie_and_secret_only() -> None:
    sealed = seal("the session", secret="s" * 32, cookie="c" * 43)
    assert unseal(sealed, secret="s" * 32, cookie="c" * 43) == "the session"
    assert unseal(sealed, secret="s" * 32, cookie="d" * 43) is None
    assert unseal(sealed, secret="t" * 32, cookie="c" * 43) is None
    assert unseal(sealed[:-6] + "AAAAA=", secret="s" * 32, cookie="c" * 43) is None


def test_sealing_the_same_twice_gives_different_text() -> None:
    assert seal("x", secret="s" * 32, cookie="c" * 43) != seal("x", secret="s" * 32, cookie="c" * 43)


@pytest.mark.parametrize("cookie", ["", "short", "a" * 43, "a" * 44, "'; drop table x; --" + "a" * 24, "é" * 43])
def test_a_cookie_nobody_was_given_is_signed_out(stack: object, cookie: str) -> None:
    with pytest.raises(SignedOut, match=r"Your session has ended\."):
        store.open_session(process.current(), cookie)


def test_another_session_secret_ends_the_sessions(company: Company) -> None:
    cookie = store.create(process.current(), company.csm.session)
    here = process.current()
    rotated = replace(here, settings=replace(here.settings, session_secret="another secret " * 3))
    with pytest.raises(SignedOut):
        store.open_session(rotated, cookie)


def test_a_session_past_its_end_is_signed_out(company: Company, sql: Connection) -> None:
    cookie = store.create(process.current(), company.csm.session)
    sql.execute("update private.browser_sessions set expires_at = now() where user_id = %s", [company.csm.id])
    with pytest.raises(SignedOut):
        store.open_session(process.current(), cookie)


def test_a_token_about_to_end_is_refreshed_and_stored(company: Company) -> None:
    before = about_to_end(company.csm, seconds=60)
    cookie = store.create(process.current(), before)
    opened = store.open_session(process.current(), cookie)
    assert opened.session.refresh_token != before.refresh_token
    assert opened.session.expires_at > before.expires_at + 600
    assert opened.version == 2
    assert store.load(process.current(), cookie).session == opened.session


def test_many_refreshes_at_once_spend_one_refresh_token(company: Company) -> None:
    cookie = store.create(process.current(), about_to_end(company.csm, seconds=-5))
    with record_requests() as sent, ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(lambda _: store.open_session(process.current(), cookie), range(8)))
    assert sent.count("POST /auth/v1/token") == 1
    assert len({each.session.access_token for each in opened}) == 1
    assert {each.version for each in opened} == {2}


def test_while_another_refreshes_a_living_token_is_used_without_waiting(company: Company, sql: Connection) -> None:
    issued = about_to_end(company.csm, seconds=120)
    cookie = store.create(process.current(), issued)
    sql.execute(
        "update private.browser_sessions set refreshing_until = now() + interval '15 s' where user_id = %s",
        [company.csm.id],
    )
    with record_requests() as sent:
        assert store.open_session(process.current(), cookie).session == issued
    assert len(sent) == 2


def test_a_revoked_refresh_token_ends_this_browser_and_no_other(company: Company) -> None:
    other = store.create(process.current(), company.csm.session)
    spent = about_to_end(company.csm, seconds=-5)
    session.sign_out(process.current(), spent.access_token)
    cookie = store.create(process.current(), spent)
    with pytest.raises(SignedOut, match=r"Your session has ended\."):
        store.open_session(process.current(), cookie)
    with pytest.raises(SignedOut):
        store.load(process.current(), cookie)
    assert store.load(process.current(), other)


def test_when_refreshing_fails_the_living_token_goes_on(company: Company) -> None:
    cookie = store.create(process.current(), about_to_end(company.csm, seconds=120))
    stored = store.load(process.current(), cookie)
    assert store._claimed(process.current(), cookie, stored.version)
    with break_supabase():
        assert store._refreshed(process.current(), cookie, stored) == stored


def test_signing_out_ends_every_browser_of_the_person_and_nobody_elses(company: Company) -> None:
    first, second = (store.create(process.current(), about_to_end(company.csm, seconds=3000)) for _ in range(2))
    colleague = store.create(process.current(), company.manager.session)
    store.end(process.current(), first)
    for cookie in (first, second):
        with pytest.raises(SignedOut):
            store.load(process.current(), cookie)
    assert store.load(process.current(), colleague)


def test_signing_out_revokes_the_refresh_token_at_supabase(company: Company) -> None:
    issued = about_to_end(company.csm, seconds=3000)
    store.end(process.current(), store.create(process.current(), issued))
    with pytest.raises(SignedOut):
        session.refresh(process.current(), issued.refresh_token)


def test_without_signing_in_no_browser_session_is_made(company: Company) -> None:
    with pytest.raises(NotPermitted):
        store.create(process.current(), replace(company.csm.session, access_token="nonsense"))


def test_a_session_prints_without_its_tokens(company: Company) -> None:
    printed = repr(store.load(process.current(), store.create(process.current(), company.csm.session)))
    assert company.csm.session.access_token not in printed
    assert company.csm.session.refresh_token not in printed
    assert json.dumps(PASSWORD) not in printed


def test_supabase_gone_is_unavailable_and_not_signed_out(company: Company) -> None:
    cookie = store.create(process.current(), company.csm.session)
    with break_supabase(), pytest.raises(Unavailable):
        store.open_session(process.current(), cookie)
