"""The door to Supabase: one client per browser session, over one pool of connections.

A client shared between people would answer everyone as whoever signed in last, so `connect` makes a new one each time;
only the HTTP pool is shared, which makes that cost microseconds.
"""

import httpx
from supabase import Client as Client
from supabase import ClientOptions, create_client

from lib.settings import Settings

TIMEOUT = httpx.Timeout(10.0, connect=3.0)


def make_pool() -> httpx.Client:
    """The process's connections to Supabase. HTTP/1.1: httpx's synchronous HTTP/2 is not safe across threads."""
    return httpx.Client(http2=False, timeout=TIMEOUT, limits=httpx.Limits(max_connections=40), follow_redirects=True)


def connect(settings: Settings, pool: httpx.Client, *, access_token: str | None = None) -> Client:
    """A client that acts as the holder of `access_token`, or as nobody in particular (anon) without one.

    It never refreshes or stores a session by itself: `lib.auth` does both, in the database.
    """
    headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
    options = ClientOptions(auto_refresh_token=False, persist_session=False, headers=headers, httpx_client=pool)
    return create_client(settings.url, settings.publishable_key, options)
