from lib.auth import process
from lib.db.client import Client, connect
from tests.support.companies import PASSWORD, unused_email


def anonymous_client() -> Client:
    here = process.current()
    return connect(here.settings, here.pool)


def uninvited_client() -> Client:
    """Somebody who signed up uninvited."""
    here = process.current()
    session = anonymous_client().auth.sign_up({"email": unused_email(), "password": PASSWORD}).session
    assert session
    return connect(here.settings, here.pool, access_token=session.access_token)
