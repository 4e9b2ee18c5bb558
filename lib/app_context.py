"""Settings and HTTP pool of this process, shared by every person it serves."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from lib.db.client import Client, create_http_pool, create_supabase_client
from lib.errors import Unavailable
from lib.settings import Settings, load_settings


@dataclass(frozen=True)
class AppContext:
    settings: Settings
    pool: httpx.Client

    def create_client(self, *, access_token: str | None = None) -> Client:
        """A Supabase client of the token's owner; without a token, of nobody (role `anon`)."""
        return create_supabase_client(self.settings, self.pool, access_token=access_token)


@cache
def get_app_context() -> AppContext:
    """The context of this process. Raises Unavailable while the embedded Supabase starts."""
    settings = load_settings()
    if settings is None:
        raise Unavailable("Zen is starting.", hint="This page opens by itself in a moment.")
    return AppContext(settings, create_http_pool())


def configure_supabase(environment: Mapping[str, str]) -> None:
    """Use the Supabase that `environment` names, from the next `get_app_context()` on."""
    # In os.environ, not in this module: with its file watcher on, Streamlit imports `lib` anew for pages.
    os.environ.update(environment)
    get_app_context.cache_clear()
