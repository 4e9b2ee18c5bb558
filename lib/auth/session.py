"""Signing in, joining, resetting a password and refreshing, over Supabase's auth service.

Each call makes a client of its own: a client remembers who last signed in through it.
"""

import re
import time
from typing import Any

from lib.auth.faults import translated
from lib.auth.model import Session
from lib.auth.process import Process
from lib.db.client import connect
from lib.db.results import read
from lib.errors import InvalidInput, NotPermitted, Unavailable

ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")
MIN_PASSWORD = 8
MAX_PASSWORD_BYTES = 72  # what bcrypt reads of it

NOT_INVITED = "No company has invited this e-mail address."
ASK_ADMIN = "Ask an admin of your company to invite it, then sign in with the password you have."


def sign_in(process: Process, *, email: str, password: str) -> Session:
    client = connect(process.settings, process.pool)
    with translated():
        answer = client.auth.sign_in_with_password({"email": clean_email(email), "password": password})
    return require_membership(process, _session(answer.session))


def join(process: Process, *, email: str, password: str, full_name: str) -> Session | None:
    """Make an invited person's account. None when Supabase first wants the address confirmed by mail."""
    client = connect(process.settings, process.pool)
    check_password(password)
    with translated():
        answer = client.auth.sign_up(
            {"email": clean_email(email), "password": password, "options": {"data": {"full_name": full_name.strip()}}}
        )
    return require_membership(process, _session(answer.session)) if answer.session else None


def refresh(process: Process, refresh_token: str) -> Session:
    """Spend a refresh token, which works once. Raises SignedOut when it was spent, revoked or has expired."""
    client = connect(process.settings, process.pool)
    with translated():
        return _session(client.auth.refresh_session(refresh_token).session)


def sign_out(process: Process, access_token: str) -> None:
    """Revoke all the person's refresh tokens. Raises Unavailable; someone already signed out is no error."""
    client = connect(process.settings, process.pool)
    try:
        with translated():
            client.auth.admin.sign_out(access_token, "global")
    except NotPermitted:
        return


def request_code(process: Process, *, email: str) -> None:
    """Have a reset code mailed, if the address is known; whether it is, nobody is told."""
    client = connect(process.settings, process.pool)
    with translated():
        client.auth.reset_password_for_email(clean_email(email))


def reset_password(process: Process, *, email: str, code: str, password: str) -> Session:
    """Change the password by a mailed code, which works once, and sign in. Every other session of theirs ends."""
    client = connect(process.settings, process.pool)
    check_password(password)
    digits = re.sub(r"\s", "", code)
    if not digits:
        raise InvalidInput("The code from the mail is missing.")
    with translated():
        answer = client.auth.verify_otp({"email": clean_email(email), "token": digits, "type": "recovery"})
        session = _session(answer.session)
        client.auth.update_user({"password": password})
        client.auth.admin.sign_out(session.access_token, "others")
    return require_membership(process, session)


def require_membership(process: Process, session: Session) -> Session:
    """`session` itself. Raises NotPermitted, with the session revoked, when its owner belongs to no company."""
    client = connect(process.settings, process.pool, access_token=session.access_token)
    if read(client.table("profiles").select("id").limit(1)):
        return session
    sign_out(process, session.access_token)
    raise NotPermitted(NOT_INVITED, hint=ASK_ADMIN)


def clean_email(text: str) -> str:
    email = text.strip().lower()
    if not ADDRESS.fullmatch(email):
        raise InvalidInput("Please give a whole e-mail address, such as name@company.com.")
    return email


def check_password(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise InvalidInput(f"A password has at least {MIN_PASSWORD} characters.")
    if len(password.encode()) > MAX_PASSWORD_BYTES:
        raise InvalidInput(f"A password has at most {MAX_PASSWORD_BYTES} characters.")


def _session(issued: Any) -> Session:
    """Our value for Supabase's session."""
    if issued is None:
        raise Unavailable("The sign-in service gave no session.", hint="Try again in a moment.")
    return Session(
        access_token=issued.access_token,
        refresh_token=issued.refresh_token,
        expires_at=time.time() + issued.expires_in,
    )
