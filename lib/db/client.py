"""Supabase clients: a new one for each browser session, over one connection pool of the process.

supabase-py stores the last signed-in session on the client: a client shared between people would act for whoever
signed in last. With the pool shared, a new client costs microseconds.
"""

import httpx
from supabase import Client as Client
from supabase import ClientOptions, create_client

from lib.settings import Settings

TIMEOUT = httpx.Timeout(10.0, connect=3.0)


def create_http_pool() -> httpx.Client:
    """The process's connections to Supabase. HTTP/1.1: httpx's synchronous HTTP/2 is not thread-safe."""
    return httpx.Client(http2=False, timeout=TIMEOUT, limits=httpx.Limits(max_connections=40), follow_redirects=True)


def create_supabase_client(settings: Settings, pool: httpx.Client, *, access_token: str | None = None) -> Client:
    """A client of the token's owner; without a token, of nobody (role `anon`).

    It neither refreshes nor stores a session: `lib.auth` does both, in the database.
    """
    headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
    options = ClientOptions(auto_refresh_token=False, persist_session=False, headers=headers, httpx_client=pool)
    return create_client(settings.url, settings.publishable_key, options)
