import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.auth.request_origin import is_https_request
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
# Subdomains are not Zen's to decide about: the proxy may add them.
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}

_TEXT_WITHOUT_CHARSET = re.compile(r"(?:text/[^;]+|application/(?:javascript|xml)|[^;]+\+xml)\s*")


class SecurityHeadersMiddleware:
    """Add EVERY_RESPONSE, PAGE_HEADERS to HTML, FILE_HEADERS to downloads and HTTPS_HEADERS over HTTPS.

    What a response sets itself stays. Text without a charset is UTF-8.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_https = scope["type"] == "http" and is_https_request(Headers(scope=scope), scheme=scope["scheme"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                content_type = headers.get("content-type", "")
                for name, value in _choose_headers(scope["path"], content_type, is_https=is_https).items():
                    headers.setdefault(name, value)
                if _TEXT_WITHOUT_CHARSET.fullmatch(content_type):
                    headers["Content-Type"] = f"{content_type}; charset=utf-8"
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _choose_headers(path: str, content_type: str, *, is_https: bool) -> dict[str, str]:
    headers = EVERY_RESPONSE | HTTPS_HEADERS if is_https else EVERY_RESPONSE
    if path.startswith("/media/"):
        return headers | FILE_HEADERS
    return headers | PAGE_HEADERS if content_type.startswith("text/html") else headers
