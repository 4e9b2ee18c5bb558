"""A Supabase client past row-level security, for command lines only: seeding, cleaning up, inspecting.

The app never imports this module: it acts with the publishable key and the person's own token (`lib.db.client`).
"""

import httpx
from supabase import Client, ClientOptions, create_client

from lib.errors import InvalidInput


def create_privileged_client(url: str, key: str, pool: httpx.Client) -> Client:
    """A client that uses the secret key. Raises InvalidInput for a URL that is none."""
    if not url.startswith(("http://", "https://")):
        raise InvalidInput("SUPABASE_URL is not an address.", hint="It begins with https://.")
    options = ClientOptions(auto_refresh_token=False, persist_session=False, httpx_client=pool)
    return create_client(url.rstrip("/"), key, options)
