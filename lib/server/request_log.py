import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.auth.middleware import NOT_PAGES, PROBES
from lib.log_context import begin_request_log_context

log = logging.getLogger(__name__)

REQUEST_ID_HEADER = "X-Request-ID"
QUIET_PATHS = tuple(path for path in NOT_PAGES if path != "/auth/")


class RequestLogMiddleware:
    """Give each request an id, that of the proxy if it sends one, and log how requests for pages and forms ended.

    The query is not logged: it may hold a code of sign-in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, began = begin_request_log_context(Headers(scope=scope).get(REQUEST_ID_HEADER, "")), time.monotonic()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            if scope["path"] not in PROBES and not scope["path"].startswith(QUIET_PATHS):
                milliseconds = (time.monotonic() - began) * 1000
                log.info("%s %s %s in %.0f ms", scope["method"], scope["path"], status, milliseconds)
