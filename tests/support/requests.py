from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import httpx

SUPABASE_PATHS = ("/rest/v1/", "/auth/v1/")


@contextmanager
def record_requests() -> Iterator[list[str]]:
    """The requests this process sends to Supabase meanwhile, as "POST /rest/v1/rpc/…"."""
    sent: list[str] = []
    with intercept_requests(lambda request: sent.append(f"{request.method} {request.url.path}")):
        yield sent


@contextmanager
def break_supabase() -> Iterator[None]:
    """Every request of this process fails meanwhile, as it does when nothing listens any more."""

    def fail(request: httpx.Request) -> None:
        raise httpx.ConnectError("connection refused", request=request)

    with intercept_requests(fail):
        yield


@contextmanager
def intercept_requests(see: Callable[[httpx.Request], None]) -> Iterator[None]:
    """Show each request to Supabase before it is sent, whichever pool a client was made with."""
    send = httpx.Client.send

    def see_and_send(client: httpx.Client, request: httpx.Request, **options: object) -> httpx.Response:
        if request.url.path.startswith(SUPABASE_PATHS):
            see(request)
        return send(client, request, **options)

    with patch.object(httpx.Client, "send", see_and_send):
        yield
