"""A client past row-level security, for operator's tools on a terminal only: seeding, cleaning up, inspecting.

The app never imports this; it runs with the publishable key and the person's own token (see `lib.db.client`).
"""

import httpx
from supabase import Client, ClientOptions, create_client

from lib.errors import InvalidInput


def connect_privileged(url: str, key: str, pool: httpx.Client) -> Client:
    """A client with the secret key. Raises InvalidInput for a URL or key that cannot be one."""
    if not url.startswith(("http://", "https://")):
        raise InvalidInput("SUPABASE_URL is not an address.", hint="It begins with https://.")
    options = ClientOptions(auto_refresh_token=False, persist_session=False, httpx_client=pool)
    return create_client(url.rstrip("/"), key, options)
