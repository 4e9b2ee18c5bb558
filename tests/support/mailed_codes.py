"""Codes that the embedded Supabase would mail, and sessions that began with one."""

import time
from pathlib import Path

from lib.app_context import get_app_context
from lib.auth.model import Session
from lib.auth.service import prove_address, request_join_code
from lib.db.client import Client
from tests.support.companies import PASSWORD


def read_codes(folder: Path, email: str) -> list[str]:
    """All codes mailed to the address, oldest first."""
    mail = folder / "mail.log"
    lines = mail.read_text().splitlines() if mail.exists() else []
    return [line[-6:] for line in lines if f"mail to {email}:" in line]


def wait_for_code(folder: Path, email: str, *, after: int = 0) -> str:
    """The newest code to the address, once more than `after` were mailed: a page does not wait for its mail."""
    deadline = time.monotonic() + 20
    while len(codes := read_codes(folder, email)) <= after:
        assert time.monotonic() < deadline, f"no code was mailed to {email}"
        time.sleep(0.02)
    return codes[-1]


def sign_in_by_code(folder: Path, email: str, *, password: str = PASSWORD) -> Client:
    """Someone who has shown that the mailbox is theirs, and set a password."""
    return get_app_context().create_client(access_token=open_session_by_code(folder, email, password).access_token)


def open_session_by_code(folder: Path, email: str, password: str = PASSWORD) -> Session:
    """The session of somebody who has entered the code mailed to them."""
    context = get_app_context()
    before = len(read_codes(folder, email))
    request_join_code(context, email=email)
    code = wait_for_code(folder, email, after=before)
    return prove_address(context, email=email, code=code, password=password)
