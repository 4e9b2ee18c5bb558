from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.auth.auth_urls import build_sign_in_url
from lib.auth.session_cookies import read_session_cookie

PROBES = ("/health", "/ready")
NOT_PAGES = ("/auth/", "/assets/", "/_stcore/", "/static/", "/media/", "/component/", "/app/")


class AuthMiddleware:
    """Redirect a page request without a session cookie to the sign-in page.

    It does not look whether the cookie is valid: the gate on the page does, once for each browser session.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_page_request(scope) and not read_session_cookie(HTTPConnection(scope).cookies):
            url = build_sign_in_url(scope["path"], scope["query_string"].decode("latin-1"))
            await RedirectResponse(url, status_code=303)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def is_page_request(scope: Scope) -> bool:
    """True if a browser asks for a page of the app: not for a form, a file or a websocket."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path = scope["path"]
    if path in PROBES or path.startswith(NOT_PAGES):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")
