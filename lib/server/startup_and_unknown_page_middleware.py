from starlette.types import ASGIApp, Receive, Scope, Send

from lib.auth.middleware import is_page_request
from lib.server.embedded_supabase import EmbeddedSupabase, StartupPhase
from lib.server.page_urls import is_page_path
from lib.server.startup_page import render_startup_page
from lib.server.unknown_address_page import render_unknown_address_page


class StartupPageMiddleware:
    """Until Supabase answers, show the progress of the start instead of pages and forms."""

    def __init__(self, app: ASGIApp, *, supabase: EmbeddedSupabase) -> None:
        self.app = app
        self.supabase = supabase

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.supabase.phase is not StartupPhase.OK and (is_page_request(scope) or _is_sign_in_form_request(scope)):
            await render_startup_page(self.supabase)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class UnknownAddressMiddleware:
    """Answer a page request for an address that no page has.

    Streamlit would answer it with its own HTML, which shows a box of Streamlit's or, below a folder, nothing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_page_request(scope) and not is_page_path(scope["path"]):
            await render_unknown_address_page()(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_sign_in_form_request(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["path"].startswith("/auth/") and not scope["path"].endswith(".css")
