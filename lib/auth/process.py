"""What one server process holds: its settings and its connections to Supabase, and nothing about people.

The environment carries the settings of an embedded Supabase from the server's start to the pages, because it is the
one thing every copy of this module sees: Streamlit imports `lib` anew when a file changes.
"""

import os
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from functools import cache

import httpx

from lib.db.client import make_pool
from lib.errors import Unavailable
from lib.local import LocalStack
from lib.settings import Settings, load_settings, read_environment

LOCAL_MARK = "ZEN_LOCAL"


@dataclass(frozen=True)
class Process:
    settings: Settings
    pool: httpx.Client


def named_settings() -> Settings | None:
    """The settings of the Supabase in use; None while none is named. Raises InvalidInput for wrong ones."""
    environment = read_environment()
    settings = load_settings(environment)
    return replace(settings, is_local=environment.get(LOCAL_MARK) == "1") if settings else None


@cache
def current() -> Process:
    """This process's settings and pool. Raises Unavailable until the embedded Supabase is up."""
    settings = named_settings()
    if settings is None:
        raise Unavailable("Zen is starting.", hint="This page opens by itself in a moment.")
    return Process(settings, make_pool())


def use(stack: LocalStack, environment: MutableMapping[str, str] = os.environ) -> None:
    """Make `stack` the Supabase of this process."""
    environment.update(
        {
            "SUPABASE_URL": stack.url,
            "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key,
            "ZEN_SESSION_SECRET": stack.session_secret,
            LOCAL_MARK: "1",
        }
    )
    current.cache_clear()
