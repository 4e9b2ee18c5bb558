"""Settings and HTTP pool of this process, shared by every person it serves."""

import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from threading import Lock

import httpx

from lib.db.client import Client, create_http_pool, create_supabase_client
from lib.errors import Unavailable
from lib.settings import Settings, load_settings

MAX_REJECTED_TOKENS = 10_000


class RejectedTokens:
    """Access tokens that Supabase refused or that were signed out here: they are not used again."""

    def __init__(self) -> None:
        self._hashes: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, access_token: str) -> bool:
        return _hash_token(access_token) in self._hashes

    def add_token(self, access_token: str) -> None:
        with self._lock:
            self._hashes[_hash_token(access_token)] = None
            while len(self._hashes) > MAX_REJECTED_TOKENS:
                self._hashes.popitem(last=False)

    def add_token_if_refused(self, response: httpx.Response) -> None:
        """For the HTTP pool: remember the token of a request that was answered with 401."""
        scheme, _, token = response.request.headers.get("authorization", "").partition(" ")
        if response.status_code == 401 and scheme == "Bearer":
            self.add_token(token)


def _hash_token(access_token: str) -> bytes:
    return sha256(access_token.encode()).digest()


@dataclass(frozen=True)
class AppContext:
    settings: Settings
    pool: httpx.Client
    rejected_tokens: RejectedTokens = field(default_factory=RejectedTokens)

    def __post_init__(self) -> None:
        hooks = self.pool.event_hooks
        self.pool.event_hooks = {**hooks, "response": [*hooks["response"], self.rejected_tokens.add_token_if_refused]}

    def create_client(self, *, access_token: str | None = None) -> Client:
        """A Supabase client of the token's owner; without a token, of nobody (role `anon`)."""
        return create_supabase_client(self.settings, self.pool, access_token=access_token)


@cache
def get_app_context() -> AppContext:
    """The context of this process. Raises Unavailable while the embedded Supabase starts."""
    settings = load_settings()
    if settings is None:
        raise Unavailable("Zen is starting.", hint="This page opens by itself in a moment.")
    return AppContext(settings, create_http_pool(), _get_rejected_tokens())


@cache
def _get_rejected_tokens() -> RejectedTokens:
    """One for the process: a client made before `configure_supabase` still reports the tokens it was refused."""
    return RejectedTokens()


def configure_supabase(environment: Mapping[str, str]) -> None:
    """Use the Supabase that `environment` names, from the next `get_app_context()` on."""
    # In os.environ, not in this module: with its file watcher on, Streamlit imports `lib` anew for pages.
    os.environ.update(environment)
    get_app_context.cache_clear()
