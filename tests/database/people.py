from lib.auth import process
from lib.db.client import Client, connect
from tests.support.companies import PASSWORD, new_email


def not_signed_in() -> Client:
    here = process.current()
    return connect(here.settings, here.pool)


def without_company() -> Client:
    """Somebody who signed up uninvited."""
    here = process.current()
    session = not_signed_in().auth.sign_up({"email": new_email(), "password": PASSWORD}).session
    assert session
    return connect(here.settings, here.pool, access_token=session.access_token)
