"""The gate: every page begins with `require_person()`, which stops the page for anyone who is not a member.

Row-level security is what protects data; the gate shows a sentence instead of an empty page.

Cost: one request when a browser session opens, then at most one in 30 seconds however often the page reruns; one more
when the browser's time zone is not the stored one and the person chose none. Signing out is noticed before that: in
this process at the next rerun, in others at the next request, which the database refuses.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import escape
from urllib.parse import urlencode, urlsplit

import streamlit as st

from lib.app_context import get_app_context
from lib.auth.auth_error_translation import SESSION_ENDED, SIGN_IN_AGAIN
from lib.auth.auth_urls import ENDED_SESSION_PATH, INVITATIONS, JOIN, build_sign_in_url
from lib.auth.browser_sessions import delete_browser_session, has_usable_token, load_fresh_browser_session
from lib.auth.invitations import NotAMember, describe_how_to_join
from lib.auth.model import BrowserSession, Person
from lib.auth.request_origin import is_https_request
from lib.auth.session_cookies import read_session_cookie
from lib.auth.time_zone import parse_time_zone, save_time_zone
from lib.db.client import Client
from lib.errors import SignedOut, Unavailable, ZenError
from lib.log_context import bind_person_to_log
from lib.text.regional_format import RegionalFormat, get_regional_format, use_regional_format

SIGNED_IN_KEY = "auth.signed_in"
COOKIE_KEY = "auth.cookie"  # in place of the browser's cookie under AppTest, which has none

LINK_BUTTON = """
<style>.gate-link { display: inline-block; padding: .5rem 1.25rem; border-radius: .5rem; font-weight: 600;
  color: #fff !important; background: #3f5c9e; text-decoration: none; }</style>
<p><a class="gate-link" href="%s">%s</a></p>
"""

# Only an HTTP response can clear an HttpOnly cookie, and the websocket of a page has none.
CLEAR_COOKIE = f'<img src="{ENDED_SESSION_PATH}" alt="" hidden>'

RECHECK_SECONDS = 30.0
RETRY_SECONDS = 4.0
RENEW_ONCE_SECONDS = 60.0  # a new token refused so soon: another one would be refused too


@dataclass(frozen=True, kw_only=True)
class _SignedInBrowser:
    """Kept in session state. `check_at` (monotonic) is when the database is asked again.

    `renewed_at` (monotonic) is when this token replaced one that Supabase refused.
    """

    cookie: str = field(repr=False)
    person: Person
    opened: BrowserSession
    client: Client = field(repr=False)
    check_at: float
    renewed_at: float | None = None
    time_zone: str | None = None

    @property
    def has_usable_token(self) -> bool:
        return has_usable_token(get_app_context(), self.opened.session)

    @property
    def is_token_refused(self) -> bool:
        return self.opened.session.access_token in get_app_context().rejected_tokens


def require_person(*, before_it_ends: Callable[[], None] | None = None) -> Person:
    """The signed-in person. For anyone else the page ends here, with a link to sign in.

    `before_it_ends` draws what has to be read from session state before the page ends.
    """
    return _require_signed_in_browser(before_it_ends).person


def get_client_of_person() -> Client:
    """A client that acts as the signed-in person. Call it in every run, also of a fragment: tokens change."""
    return _require_signed_in_browser().client


def read_person_again() -> None:
    """In the next run the person is read from the database: their company's settings were changed."""
    signed_in: _SignedInBrowser | None = st.session_state.get(SIGNED_IN_KEY)
    if signed_in is not None:
        st.session_state[SIGNED_IN_KEY] = replace(signed_in, check_at=0.0)


def rerun_if_token_is_refused() -> None:
    """Run the page again, with a new token or as signed out, if Supabase refused the one of this run."""
    signed_in: _SignedInBrowser | None = st.session_state.get(SIGNED_IN_KEY)
    if signed_in is not None and signed_in.is_token_refused:
        st.rerun()


def _require_signed_in_browser(before_it_ends: Callable[[], None] | None = None) -> _SignedInBrowser:
    cookie = _read_session_cookie()
    cached: _SignedInBrowser | None = st.session_state.get(SIGNED_IN_KEY)
    if cached is not None and cached.cookie != cookie:  # another person signed in, in this browser
        _clear_session_state()
        cached = None
    if cached is not None and time.monotonic() < cached.check_at and cached.has_usable_token:
        _set_log_and_regional_format_for_person(cached.person)
        return cached
    with _stop_page_on_error(before_it_ends or _do_nothing):
        if cookie is None:
            raise SignedOut("You are not signed in.", hint="Sign in to see this page.")
        signed_in = _add_browser_time_zone(_load_signed_in_browser(cookie, cached), cached)
        st.session_state[SIGNED_IN_KEY] = signed_in
        _set_log_and_regional_format_for_person(signed_in.person)
        return signed_in


def use_format_of_person() -> RegionalFormat:
    """The format of the signed-in person, used from here on. A callback needs it: it runs before the page's gate."""
    signed_in: _SignedInBrowser | None = st.session_state.get(SIGNED_IN_KEY)
    if signed_in is not None:
        use_regional_format(signed_in.person.regional_format)
    return get_regional_format()


def _set_log_and_regional_format_for_person(person: Person) -> None:
    bind_person_to_log(person.id)
    use_regional_format(person.regional_format)


def _load_signed_in_browser(cookie: str, cached: _SignedInBrowser | None) -> _SignedInBrowser:
    """The session as the database has it. `cached` while the database is unreachable and the token lives."""
    context = get_app_context()
    is_refused, now = cached is not None and cached.is_token_refused, time.monotonic()
    if cached is not None and is_refused and now - (cached.renewed_at or -RENEW_ONCE_SECONDS) < RENEW_ONCE_SECONDS:
        delete_browser_session(context, cookie)  # else the sign-in page would lead back here
        raise SignedOut(SESSION_ENDED, hint=SIGN_IN_AGAIN)
    try:
        opened = load_fresh_browser_session(context, cookie)
    except Unavailable:
        if cached is None or not cached.has_usable_token:
            raise
        return replace(cached, check_at=now + RETRY_SECONDS)
    token = opened.session.access_token
    if opened.person is None:
        raise describe_how_to_join(context.create_client(access_token=token))
    if cached is not None and cached.opened.session.access_token == token:
        client = cached.client
    else:
        client = context.create_client(access_token=token)
    return _SignedInBrowser(
        cookie=cookie,
        person=opened.person,
        opened=opened,
        client=client,
        check_at=now + RECHECK_SECONDS,
        renewed_at=now if is_refused else None,
    )


def _add_browser_time_zone(signed_in: _SignedInBrowser, cached: _SignedInBrowser | None) -> _SignedInBrowser:
    """With the browser's time zone unless the person chose one; read and stored once, when the session opens."""
    zone = cached.time_zone if cached else parse_time_zone(st.context.timezone)
    if zone is None or zone == signed_in.person.time_zone or signed_in.person.has_own_time_zone:
        return replace(signed_in, time_zone=zone)
    if cached is None:
        save_time_zone(signed_in.client, zone)
    return replace(signed_in, time_zone=zone, person=replace(signed_in.person, time_zone=zone))


def _read_session_cookie() -> str | None:
    headers = {name: st.context.headers.get(name, "") for name in ("origin", "x-forwarded-proto")}
    if all(isinstance(value, str) for value in headers.values()):
        return read_session_cookie(st.context.cookies, secure=is_https_request(headers)) or st.session_state.get(
            COOKIE_KEY
        )
    return st.session_state.get(COOKIE_KEY)


@contextmanager
def _stop_page_on_error(before_it_ends: Callable[[], None]) -> Iterator[None]:
    try:
        yield
    except NotAMember as error:
        before_it_ends()
        _clear_session_state()
        action, href = ("See the invitation", INVITATIONS) if error.is_invited else ("Join with a code", JOIN)
        _draw_error_and_stop(error, action=action, href=href)
    except SignedOut as error:
        before_it_ends()
        _clear_session_state()
        _draw_error_and_stop(error, action="Sign in", href=_build_sign_in_url(), more_html=CLEAR_COOKIE)
    except Unavailable as error:
        before_it_ends()
        _draw_delayed_rerun()
        _draw_error_and_stop(error, action="Try again", href=_read_path_and_query())


def _do_nothing() -> None: ...


def _draw_delayed_rerun() -> None:
    """Rerun the whole page every RETRY_SECONDS until Supabase answers."""
    drawn_at = time.monotonic()

    @st.fragment(run_every=RETRY_SECONDS)
    def rerun_page() -> None:
        if time.monotonic() - drawn_at > RETRY_SECONDS / 2:  # not in the run that draws it
            st.rerun()

    rerun_page()


def _clear_session_state() -> None:
    """Delete everything of one person, so that nothing of it reaches the next."""
    for key in list(st.session_state):
        if key != COOKIE_KEY:
            del st.session_state[key]


def _draw_error_and_stop(error: ZenError, *, action: str, href: str, more_html: str = "") -> None:
    """A page of its own: the error and one link."""
    st.header(error.message)
    st.write(error.hint or SIGN_IN_AGAIN)
    st.html(LINK_BUTTON % (escape(href), escape(action)) + more_html)
    st.stop()


def _read_path_and_query() -> str:
    path = urlsplit(st.context.url or "/").path or "/"
    query = urlencode(st.query_params.to_dict())
    return f"{path}?{query}" if query else path


def _build_sign_in_url() -> str:
    path, _, query = _read_path_and_query().partition("?")
    return build_sign_in_url(path, query)
