"""The gate: every page begins with `require_person()`, which lets a signed-in member through and stops the page for
anyone else. Row-level security is the wall behind it; the gate is so that people see a sentence instead of nothing.

Cost: one request when a browser session opens, then at most one in 30 seconds however often the page reruns. One more
when it opens where the person's profile does not say they are.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import escape
from urllib.parse import urlencode, urlsplit

import streamlit as st

from lib.auth import process, store, zone
from lib.auth.cookies import cookie_value, is_secure, sign_in_url
from lib.auth.faults import SIGN_IN_AGAIN
from lib.auth.model import BrowserSession, Person
from lib.db.client import Client, connect
from lib.errors import SignedOut, Unavailable, ZenError

SIGNED_IN_KEY = "auth.signed_in"
COOKIE_KEY = "auth.cookie"  # stands in for the browser's cookie under AppTest, which has none

WAY_ON = """
<style>.way-on { display: inline-block; padding: .5rem 1.25rem; border-radius: .5rem; font-weight: 600;
  color: #fff !important; background: #3f5c9e; text-decoration: none; }</style>
<p><a class="way-on" href="%s">%s</a></p>
"""

RECHECK_SECONDS = 30.0
RETRY_SECONDS = 4.0


@dataclass(frozen=True, kw_only=True)
class _SignedIn:
    cookie: str = field(repr=False)
    person: Person
    opened: BrowserSession
    client: Client = field(repr=False)
    check_at: float
    zone: str | None = None

    @property
    def is_alive(self) -> bool:
        return self.opened.session.expires_at - time.time() > store.ALIVE_SECONDS


def require_person() -> Person:
    """Who is signed in. For anyone else the page ends here, with the way to sign in."""
    return _signed_in().person


def current_client() -> Client:
    """The client that acts as the signed-in person. Ask for it in every run, also of a fragment: tokens change."""
    return _signed_in().client


def _signed_in() -> _SignedIn:
    cookie = _browser_cookie()
    kept: _SignedIn | None = st.session_state.get(SIGNED_IN_KEY)
    if kept is not None and kept.cookie != cookie:  # another person signed in, in this browser
        _forget_everything()
        kept = None
    if kept is not None and time.monotonic() < kept.check_at and kept.is_alive:
        return kept
    with _stopping_the_page():
        if cookie is None:
            raise SignedOut("You are not signed in.", hint="Sign in to see this page.")
        fresh = _where_they_are(_checked(cookie, kept), kept)
        st.session_state[SIGNED_IN_KEY] = fresh
        return fresh


def _checked(cookie: str, kept: _SignedIn | None) -> _SignedIn:
    """The session as the database has it now; what is `kept` while the database is gone and the token lives."""
    here = process.current()
    try:
        opened = store.open_session(here, cookie)
    except Unavailable:
        if kept is None or not kept.is_alive:
            raise
        return replace(kept, check_at=time.monotonic() + RETRY_SECONDS)
    if opened.person is None:
        raise SignedOut("You are not a member of a company any more.", hint="Ask an admin of your company.")
    token = opened.session.access_token
    same = kept is not None and kept.opened.session.access_token == token
    client = kept.client if kept and same else connect(here.settings, here.pool, access_token=token)
    return _SignedIn(
        cookie=cookie, person=opened.person, opened=opened, client=client, check_at=time.monotonic() + RECHECK_SECONDS
    )


def _where_they_are(fresh: _SignedIn, kept: _SignedIn | None) -> _SignedIn:
    """With the time zone of the browser, kept when the session opens; from then on it holds, whatever is on record."""
    here = kept.zone if kept else zone.known(st.context.timezone)
    if here is None or here == fresh.person.time_zone:
        return replace(fresh, zone=here)
    if kept is None:
        zone.keep(fresh.client, here)
    return replace(fresh, zone=here, person=replace(fresh.person, time_zone=here))


def _browser_cookie() -> str | None:
    headers = {name: st.context.headers.get(name, "") for name in ("origin", "x-forwarded-proto")}
    if all(isinstance(value, str) for value in headers.values()):
        return cookie_value(st.context.cookies, secure=is_secure(headers)) or st.session_state.get(COOKIE_KEY)
    return st.session_state.get(COOKIE_KEY)


@contextmanager
def _stopping_the_page() -> Iterator[None]:
    try:
        yield
    except SignedOut as error:
        _forget_everything()
        _tell(error, action="Sign in", href=_sign_in_here())
    except Unavailable as error:
        _try_again_later()
        _tell(error, action="Try again", href=_here())


def _try_again_later() -> None:
    """Have the browser ask for the whole page again in a while."""
    began = time.monotonic()

    @st.fragment(run_every=RETRY_SECONDS)
    def again() -> None:
        if time.monotonic() - began > RETRY_SECONDS / 2:  # not in the run that draws it
            st.rerun()

    again()


def _forget_everything() -> None:
    """Empty the tab's state: nothing of one person may reach the next."""
    for key in list(st.session_state):
        if key != COOKIE_KEY:
            del st.session_state[key]


def _tell(error: ZenError, *, action: str, href: str) -> None:
    """A page of its own: what happened, what is safe, what to do."""
    st.header(error.message)
    st.write(error.hint or SIGN_IN_AGAIN)
    st.html(WAY_ON % (escape(href), escape(action)))
    st.stop()


def _here() -> str:
    """Path and query of the page the browser shows."""
    path = urlsplit(st.context.url or "/").path or "/"
    query = urlencode(st.query_params.to_dict())
    return f"{path}?{query}" if query else path


def _sign_in_here() -> str:
    path, _, query = _here().partition("?")
    return sign_in_url(path, query)
