"""Browser sessions: what the cookie of a signed-in browser stands for, kept sealed in the database.

A refresh token works once, so one process at a time may spend it: the one that gets the lease. The others go on with
the access token while it lives, and else wait for what the first one stores.
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

from lib.auth import session as auth
from lib.auth.faults import ENDED, SIGN_IN_AGAIN
from lib.auth.model import BrowserSession, Person, Role, Session
from lib.auth.process import Process
from lib.auth.sealing import seal, unseal
from lib.db.client import connect
from lib.db.results import execute, read
from lib.errors import SignedOut, Unavailable

log = logging.getLogger(__name__)

LIFETIME = timedelta(days=14)  # from signing in, however busy the browser is
REFRESH_SECONDS = 300  # before its end, so that a long chat turn begun now still ends with a living token
ALIVE_SECONDS = 15
WAIT_SECONDS = 20  # a little longer than the lease
COOKIE_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def create(process: Process, session: Session) -> str:
    """Keep `session`; returns the cookie's value, 256 random bits that stand nowhere else."""
    cookie = secrets.token_urlsafe(32)
    client = connect(process.settings, process.pool, access_token=session.access_token)
    execute(
        client.rpc(
            "create_browser_session",
            {
                "session_id": cookie,
                "sealed": _sealed(process, session, cookie),
                "expires_at": (datetime.now(UTC) + LIFETIME).isoformat(),
            },
        )
    )
    return cookie


def open_session(process: Process, cookie: str) -> BrowserSession:
    """The session behind `cookie`, refreshed when it is about to end. Raises SignedOut or Unavailable.

    One request; two or three more at a refresh.
    """
    stored = load(process, cookie)
    if stored.session.expires_at - time.time() > REFRESH_SECONDS:
        return stored
    return renew(process, cookie, stored)


def load(process: Process, cookie: str) -> BrowserSession:
    """The session behind `cookie` as it is stored. Raises SignedOut when there is none that opens."""
    if not COOKIE_SHAPE.fullmatch(cookie):
        raise SignedOut(ENDED, hint=SIGN_IN_AGAIN)
    row = read(connect(process.settings, process.pool).rpc("read_browser_session", {"session_id": cookie}))
    text = unseal(row["sealed"], secret=process.settings.session_secret, cookie=cookie) if row else None
    if text is None:
        raise SignedOut(ENDED, hint=SIGN_IN_AGAIN)
    return BrowserSession(
        person=_person(row["person"]), session=Session(**json.loads(text)), version=int(row["version"])
    )


def renew(process: Process, cookie: str, stored: BrowserSession) -> BrowserSession:
    """`stored` with a new access token: fetched here, or by whoever holds the lease."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not _claimed(process, cookie, stored.version):
        if stored.session.expires_at - time.time() > ALIVE_SECONDS:
            return stored
        if time.monotonic() > deadline:
            raise Unavailable("Your session could not be refreshed.", hint="Try again in a moment.")
        time.sleep(0.15)
        latest = load(process, cookie)
        if latest.version != stored.version:
            return latest
    return _refreshed(process, cookie, stored)


def end(process: Process, cookie: str) -> None:
    """Sign the person behind `cookie` out of every browser, here and at Supabase. One that has ended is no error."""
    try:
        stored = load(process, cookie)
    except SignedOut:
        return
    execute(connect(process.settings, process.pool).rpc("end_browser_session", {"session_id": cookie}))
    auth.sign_out(process, stored.session.access_token)


def drop(process: Process, cookie: str) -> None:
    """Forget this one browser: its session cannot be refreshed any more, or another takes its place."""
    try:
        execute(connect(process.settings, process.pool).rpc("drop_browser_session", {"session_id": cookie}))
    except Unavailable:
        log.info("a browser session that ended could not be dropped; it expires by itself")


def create_only(process: Process, session: Session) -> str:
    """`create`, with every other browser of the person signed out: after a password was reset."""
    temporary = create(process, session)
    execute(connect(process.settings, process.pool).rpc("end_browser_session", {"session_id": temporary}))
    return create(process, session)


def _refreshed(process: Process, cookie: str, stored: BrowserSession) -> BrowserSession:
    """Spend the refresh token and store what it gave. The lease must be ours."""
    try:
        session = auth.refresh(process, stored.session.refresh_token)
    except SignedOut:
        drop(process, cookie)
        raise
    except Unavailable:
        if stored.session.expires_at - time.time() > ALIVE_SECONDS:
            return stored
        raise
    values = {"session_id": cookie, "version": stored.version, "sealed": _sealed(process, session, cookie)}
    version = execute(connect(process.settings, process.pool).rpc("store_refreshed_session", values))
    if version is None:  # signed out meanwhile
        raise SignedOut(ENDED, hint=SIGN_IN_AGAIN)
    return BrowserSession(person=stored.person, session=session, version=int(version))


def _claimed(process: Process, cookie: str, version: int) -> bool:
    values = {"session_id": cookie, "version": version}
    return bool(execute(connect(process.settings, process.pool).rpc("claim_session_refresh", values)))


def _sealed(process: Process, session: Session, cookie: str) -> str:
    return seal(json.dumps(asdict(session)), secret=process.settings.session_secret, cookie=cookie)


def _person(row: dict[str, Any] | None) -> Person | None:
    if row is None:
        return None
    return Person(
        id=UUID(row["id"]),
        full_name=row["full_name"],
        email=row["email"],
        role=Role(row["role"]),
        time_zone=row["time_zone"],
        company_id=UUID(row["company_id"]),
        company_name=row["company_name"],
    )
