"""How many pages may be open at once: each costs memory and a share of the processor."""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.auth.middleware import is_page_request
from lib.auth.session_cookies import read_session_cookie
from lib.errors import Unavailable
from lib.server.access_control import is_this_machine
from lib.server.request_refusals import refuse_request
from lib.server.server_settings import ServerSettings

STREAM = "/_stcore/stream"

SERVER_FULL = Unavailable(
    "Too many pages of Zen are open right now.", hint="Nothing is lost. Try again in a few minutes."
)
BROWSER_FULL = Unavailable(
    "Zen is open in too many tabs of this browser.", hint="Close some of them, then load this page again."
)
ADDRESS_FULL = Unavailable(
    "Too many pages of Zen are open from your network.", hint="Close some of them, then load this page again."
)


@dataclass(frozen=True)
class PageLimit:
    """At most `max_pages` open pages that are counted under `key`; else `error`, with its HTTP status."""

    key: str
    max_pages: int
    error: Unavailable
    status: int


class PageLimitMiddleware:
    """Count open pages of this process, of each browser and of each address; open none beyond the limits.

    Whoever loads a page is told before. Its websocket, which comes later, is refused without words.
    """

    def __init__(self, app: ASGIApp, *, settings: ServerSettings) -> None:
        self.app = app
        self.settings = settings
        self.open_pages: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_stream = scope["type"] == "websocket" and scope["path"] == STREAM
        if not is_stream and not is_page_request(scope):
            await self.app(scope, receive, send)
            return
        limits = list_page_limits(scope, self.settings)
        reached = next((limit for limit in limits if self.open_pages[limit.key] >= limit.max_pages), None)
        if reached is not None:
            await refuse_request(reached.error, reached.status, scope, receive, send)
        elif is_stream:
            await self._serve_and_count_page(limits, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _serve_and_count_page(self, limits: list[PageLimit], scope: Scope, receive: Receive, send: Send) -> None:
        keys = [limit.key for limit in limits]
        self.open_pages.update(keys)
        try:
            await self.app(scope, receive, send)
        finally:
            self.open_pages.subtract(keys)
            self.open_pages = +self.open_pages  # without those at zero


def list_page_limits(scope: Scope, settings: ServerSettings) -> list[PageLimit]:
    """The limits of a page of this browser and address, the narrowest first."""
    limits = []
    cookie = read_session_cookie(HTTPConnection(scope).cookies)
    if cookie:
        key = f"browser {sha256(cookie.encode(errors='replace')).hexdigest()}"
        limits.append(PageLimit(key, settings.max_pages_per_browser, BROWSER_FULL, 429))
    client = scope.get("client")
    # A proxy on this machine stands for everybody behind it.
    if client is not None and not is_this_machine(client[0]):
        limits.append(PageLimit(f"address {client[0]}", settings.max_pages_per_address, ADDRESS_FULL, 429))
    return [*limits, PageLimit("server", settings.max_pages, SERVER_FULL, 503)]
