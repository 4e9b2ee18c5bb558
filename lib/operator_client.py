"""The client of the operator's commands and of the worker. The app never imports this."""

import os

import httpx

from lib.db.client import Client
from lib.db.privileged_client import create_privileged_client
from lib.errors import InvalidInput


def create_operator_client(*, seconds: float = 10.0) -> Client:
    """A client with the secret key, not bound by row-level security. `seconds`: how long an answer may take.

    Raises InvalidInput without a key.
    """
    environment = os.environ
    url = environment.get("SUPABASE_URL", "").strip()
    key = environment.get("SUPABASE_SECRET_KEY", "").strip()
    if not url and not key:
        url, key = _find_local_stack_keys()
    if not url or not key:
        missing = "SUPABASE_SECRET_KEY" if url else "SUPABASE_URL"
        raise InvalidInput(f"{missing} is not set.", hint="This tool needs both; it is not part of the app.")
    # A redirect would take the header with the key to another server.
    pool = httpx.Client(timeout=httpx.Timeout(seconds, connect=3.0), follow_redirects=False)
    return create_privileged_client(url, key, pool)


def _find_local_stack_keys() -> tuple[str, str]:
    from lib import local

    running = local.find_running_stack()
    if running is None:
        raise InvalidInput(
            "There is no Supabase to work on: SUPABASE_URL and SUPABASE_SECRET_KEY are not set, and none runs here.",
            hint="Set both, or start the local one with python -m lib.local up.",
        )
    return running.url, running.secret_key
