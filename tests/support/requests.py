from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from lib.app_context import get_app_context


@contextmanager
def record_requests() -> Iterator[list[str]]:
    """The requests this process sends to Supabase meanwhile, as "POST /rest/v1/rpc/…"."""
    sent: list[str] = []

    def note(request: httpx.Request) -> None:
        sent.append(f"{request.method} {request.url.path}")

    hooks = get_app_context().pool.event_hooks
    get_app_context().pool.event_hooks = {**hooks, "request": [*hooks["request"], note]}
    try:
        yield sent
    finally:
        get_app_context().pool.event_hooks = hooks


@contextmanager
def break_supabase() -> Iterator[None]:
    """Every request of this process fails meanwhile, as it does when nothing listens any more."""

    def fail(request: httpx.Request) -> None:
        raise httpx.ConnectError("connection refused", request=request)

    hooks = get_app_context().pool.event_hooks
    get_app_context().pool.event_hooks = {**hooks, "request": [fail]}
    try:
        yield
    finally:
        get_app_context().pool.event_hooks = hooks
