"""Browser sessions: the Supabase session behind a browser's cookie, encrypted in the database.

A refresh token works once. Whoever gets the lease in the database spends it; the others use the access token while it
lives, and then wait for the new one (docs/decisions/0003).
"""

import json
import logging
import re
import secrets
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from lib.app_context import AppContext
from lib.auth.auth_error_translation import SESSION_ENDED, SIGN_IN_AGAIN
from lib.auth.model import BrowserSession, Density, Person, Role, Session, SignedInBrowser, Theme
from lib.auth.service import refresh_session, revoke_sessions
from lib.auth.session_crypto import decrypt_session, encrypt_session
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import SignedOut, Unavailable
from lib.text.regional_format import RegionalFormat

log = logging.getLogger(__name__)

SESSION_LIFETIME = timedelta(days=14)  # from sign-in, used or not
REFRESH_BEFORE_SECONDS = 300  # a chat turn that begins with this token must also end with it
MIN_TOKEN_SECONDS = 15
LEASE_WAIT_SECONDS = 20  # the lease lasts 15 s
LEASE_POLL_SECONDS = 0.15
COOKIE_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def create_browser_session(context: AppContext, session: Session, *, browser: str | None = None) -> str:
    """Store `session` for a new browser, named `browser`. Returns its cookie: 256 random bits. One request."""
    cookie = secrets.token_urlsafe(32)
    values = {
        "session_id": cookie,
        "sealed": _encrypt_new_session(context, session, cookie),
        "expires_at": (datetime.now(UTC) + SESSION_LIFETIME).isoformat(),
        "browser": browser,
    }
    execute_write(context.create_client(access_token=session.access_token).rpc("create_browser_session", values))
    return cookie


def replace_browser_sessions(context: AppContext, session: Session, *, browser: str | None = None) -> str:
    """Store `session` for a new browser and sign the person out of all others. Two requests."""
    cookie = create_browser_session(context, session, browser=browser)
    end_other_browser_sessions(context, cookie)
    return cookie


def end_other_browser_sessions(context: AppContext, cookie: str) -> None:
    """Sign the person out of every browser but this one. One request."""
    values = {"session_id": cookie, "others_only": True}
    execute_write(context.create_client().rpc("end_browser_session", values))


def end_browser_session(context: AppContext, cookie: str, which: UUID) -> None:
    """Sign the person out of one of their other browsers, named by `SignedInBrowser.id`. One request."""
    values = {"session_id": cookie, "which": str(which)}
    execute_write(context.create_client().rpc("end_listed_browser_session", values))


def fetch_signed_in_browsers(context: AppContext, cookie: str) -> tuple[SignedInBrowser, ...]:
    """The browsers the person is signed in with, this one first. One request."""
    rows = execute_read(context.create_client().rpc("list_browser_sessions", {"session_id": cookie}))
    return tuple(parse_row(SignedInBrowser, row) for row in rows)


def load_fresh_browser_session(context: AppContext, cookie: str) -> BrowserSession:
    """Load the session; refresh it when it is about to end, or when Supabase refused its token.

    One request; two or three more for a refresh. Raises SignedOut or Unavailable.
    """
    stored = fetch_browser_session(context, cookie)
    if has_usable_token(context, stored.session, seconds=REFRESH_BEFORE_SECONDS):
        return stored
    return refresh_browser_session(context, cookie, stored)


def has_usable_token(context: AppContext, session: Session, *, seconds: float = MIN_TOKEN_SECONDS) -> bool:
    """True if the access token lives for `seconds` more and was not refused."""
    return session.seconds_left > seconds and session.access_token not in context.rejected_tokens


def fetch_browser_session(context: AppContext, cookie: str) -> BrowserSession:
    """The session as it is stored, perhaps expired. Raises SignedOut if there is none. One request."""
    if not COOKIE_SHAPE.fullmatch(cookie):
        raise SignedOut(SESSION_ENDED, hint=SIGN_IN_AGAIN)
    row = execute_read(context.create_client().rpc("read_browser_session", {"session_id": cookie}))
    text = decrypt_session(row["sealed"], secrets=context.settings.session_secrets, cookie=cookie) if row else None
    if text is None:
        raise SignedOut(SESSION_ENDED, hint=SIGN_IN_AGAIN)
    return BrowserSession(
        person=_parse_person(row["person"]), session=Session(**json.loads(text)), version=int(row["version"])
    )


def refresh_browser_session(context: AppContext, cookie: str, stored: BrowserSession) -> BrowserSession:
    """Get a new access token, or wait for the process that is getting it."""
    deadline = time.monotonic() + LEASE_WAIT_SECONDS
    while not _claim_refresh_lease(context, cookie, stored.version):
        if has_usable_token(context, stored.session):
            return stored
        if time.monotonic() > deadline:
            raise Unavailable("Your session could not be refreshed.", hint="Try again in a moment.")
        time.sleep(LEASE_POLL_SECONDS)
        latest = fetch_browser_session(context, cookie)
        if latest.version != stored.version:
            return latest
    return _save_refreshed_session(context, cookie, stored)


def end_all_browser_sessions(context: AppContext, cookie: str) -> None:
    """Sign the person out of every browser, here and at Supabase. Does nothing if the session has ended."""
    try:
        stored = fetch_browser_session(context, cookie)
    except SignedOut:
        return
    context.rejected_tokens.add_token(
        stored.session.access_token
    )  # other tabs of this process know it without a request
    execute_write(context.create_client().rpc("end_browser_session", {"session_id": cookie}))
    revoke_sessions(context, stored.session.access_token)


def delete_browser_session(context: AppContext, cookie: str) -> None:
    """Delete the session of this one browser."""
    try:
        execute_write(context.create_client().rpc("drop_browser_session", {"session_id": cookie}))
    except Unavailable:
        log.info("an ended browser session could not be deleted; it expires by itself")


def _save_refreshed_session(context: AppContext, cookie: str, stored: BrowserSession) -> BrowserSession:
    """Exchange the refresh token and store the new session. Only for the holder of the lease."""
    try:
        session = refresh_session(context, stored.session.refresh_token)
    except SignedOut:
        delete_browser_session(context, cookie)
        raise
    except Unavailable:
        if has_usable_token(context, stored.session):
            return stored
        raise
    values = {"session_id": cookie, "version": stored.version, "sealed": _encrypt_new_session(context, session, cookie)}
    version = execute_write(context.create_client().rpc("store_refreshed_session", values))
    if version is None:  # signed out in the meantime
        raise SignedOut(SESSION_ENDED, hint=SIGN_IN_AGAIN)
    return BrowserSession(person=stored.person, session=session, version=int(version))


def _claim_refresh_lease(context: AppContext, cookie: str, version: int) -> bool:
    values = {"session_id": cookie, "version": version}
    return bool(execute_write(context.create_client().rpc("claim_session_refresh", values)))


def _encrypt_new_session(context: AppContext, session: Session, cookie: str) -> str:
    return encrypt_session(json.dumps(asdict(session)), secrets=context.settings.session_secrets, cookie=cookie)


def _parse_person(row: dict[str, Any] | None) -> Person | None:
    if row is None:
        return None
    return Person(
        id=UUID(row["id"]),
        full_name=row["full_name"],
        email=row["email"],
        role=Role(row["role"]),
        time_zone=row["time_zone"],
        has_own_time_zone=row["has_own_time_zone"],
        company_id=UUID(row["company_id"]),
        company_name=row["company_name"],
        regional_format=RegionalFormat(currency=row["currency"], locale=row["locale"]),
        own_locale=row["own_locale"],
        density=Density(row["density"]),
        theme=Theme(row["theme"]),
        inbox_count=row["inbox_count"],
    )
