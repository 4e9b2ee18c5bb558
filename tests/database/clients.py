from lib.app_context import get_app_context
from lib.db.client import Client, create_supabase_client
from tests.support.companies import PASSWORD, unused_email


def anonymous_client() -> Client:
    here = get_app_context()
    return create_supabase_client(here.settings, here.pool)


def uninvited_client() -> Client:
    """Somebody who signed up uninvited."""
    here = get_app_context()
    session = anonymous_client().auth.sign_up({"email": unused_email(), "password": PASSWORD}).session
    assert session
    return create_supabase_client(here.settings, here.pool, access_token=session.access_token)
