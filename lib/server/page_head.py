from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.auth.middleware import is_page_request
from lib.server.static_files import build_static_url

END_OF_HEAD = b"</head>"


class PageHeadMiddleware:
    """Load zen.css and theme.js from the head of Streamlit's page.

    A stylesheet that the script asks for comes after what it hides and measures was drawn: on a first visit the whole
    page moved up by 72 pixels, and to the right once the menu came (`tests/bench/vitals.py`). Streamlit reads the theme
    once, when it starts.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_page_request(scope):
            await self.app(scope, receive, send)
            return
        # Compressed, the page could not be written into; it is 8 kB.
        plain = {**scope, "headers": [each for each in scope["headers"] if each[0] != b"accept-encoding"]}
        await self.app(plain, receive, _HeadWriter(send).send)


class _HeadWriter:
    """Hold an HTML response back until all of it is there, and send it with both in its head."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html_response(message):
            self._start = message
        elif self._start and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_page_with_head(self._start)
        else:
            await self._send(message)

    async def _send_page_with_head(self, start: Message) -> None:
        body = self._body.replace(END_OF_HEAD, build_head_html().encode() + END_OF_HEAD, 1)
        headers = MutableHeaders(scope=start)
        if body != self._body:
            headers["Content-Length"] = str(len(body))
            # They are those of Streamlit's file, which stays the same when the stylesheet changes.
            for name in ("etag", "last-modified"):
                del headers[name]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def build_head_html() -> str:
    stylesheet, script = (build_static_url(name) for name in ("zen.css", "theme.js"))
    return f'<link rel="stylesheet" href="{stylesheet}"><script src="{script}"></script>'


def _is_html_response(start: Message) -> bool:
    return MutableHeaders(scope=start).get("content-type", "").startswith("text/html")
