from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.server.content_security_policy import FILE_POLICY, build_page_policy

EVERY_RESPONSE = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
PAGE_HEADERS = {
    "Content-Security-Policy": build_page_policy(),
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FILE_HEADERS = {"Content-Security-Policy": FILE_POLICY}


class SecurityHeadersMiddleware:
    """Add EVERY_RESPONSE, PAGE_HEADERS to HTML and FILE_HEADERS to downloads, unless a response sets them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _choose_headers(scope["path"], headers.get("content-type", "")).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _choose_headers(path: str, content_type: str) -> dict[str, str]:
    if path.startswith("/media/"):
        return EVERY_RESPONSE | FILE_HEADERS
    return EVERY_RESPONSE | PAGE_HEADERS if content_type.startswith("text/html") else EVERY_RESPONSE
