"""Requests that are not answered: a page with one sentence, or a websocket that is not opened."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lib.auth.html_pages import render_template_page
from lib.errors import ZenError
from lib.server.unknown_address_page import environment

WEBSOCKET_CLOSED = {"type": "websocket.close", "code": 1008}


async def refuse_request(error: ZenError, status: int, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a page that shows `error`; refuse a websocket, before it is opened, without words."""
    if scope["type"] == "websocket":
        await receive()
        await send(WEBSOCKET_CLOSED)
        return
    await render_refusal_page(error, status)(scope, receive, send)


def render_refusal_page(error: ZenError, status: int) -> Response:
    response = render_template_page("refused_request.html", status=status, environment=environment, error=error)
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response
