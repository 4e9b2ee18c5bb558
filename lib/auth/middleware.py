"""What stands before every page: the starting page, the way to sign-in, and headers for HTML.

Whether a cookie is still good is not asked here, only whether there is one: the gate asks, once, on the page.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.auth.cookies import cookie_value, sign_in_url
from lib.auth.startup import Phase, Startup, startup
from lib.auth.views import starting_page

OWN = ("/auth/", "/health", "/_stcore/", "/static/", "/media/", "/component/", "/app/")
PAGE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Door:
    def __init__(self, app: ASGIApp, *, startup: Startup = startup) -> None:
        self.app = app
        self.startup = startup

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self._answer(scope)
        if answer is not None:
            await answer(scope, receive, _with_page_headers(send))
            return
        await self.app(scope, receive, _with_page_headers(send))

    def _answer(self, scope: Scope) -> Response | None:
        """The response that takes a page's place; None where the app itself answers."""
        path = scope["path"]
        is_form = path.startswith("/auth/") and not path.endswith(".css")
        if not (is_form or _is_page(scope)):
            return None
        if self.startup.phase is not Phase.OK:
            return starting_page(self.startup)
        if is_form or cookie_value(HTTPConnection(scope).cookies):
            return None
        return RedirectResponse(sign_in_url(path, scope["query_string"].decode("latin-1")), status_code=303)


def _is_page(scope: Scope) -> bool:
    wants_html = "text/html" in Headers(scope=scope).get("accept", "")
    return scope["method"] in ("GET", "HEAD") and wants_html and not scope["path"].startswith(OWN)


def _with_page_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                for name, value in PAGE_HEADERS.items():
                    headers.setdefault(name, value)
        await send(message)

    return send_with_headers
