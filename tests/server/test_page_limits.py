"""How many pages one server, one browser and one address may have open."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from lib.server.page_limits import PageLimitMiddleware
from lib.server.server_settings import ServerSettings

HTML = {"Accept": b"text/html"}


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        websocket = WebSocket(scope, receive, send)
        await websocket.accept()
        await websocket.receive()  # until it is closed
        return
    await PlainTextResponse("answered")(scope, receive, send)


@pytest.fixture
def app() -> PageLimitMiddleware:
    return PageLimitMiddleware(
        answer, settings=ServerSettings(max_pages=6, max_pages_per_browser=2, max_pages_per_address=4)
    )


@pytest.fixture
def tabs() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def name_browser(cookie: str) -> dict[str, bytes]:
    return {"Cookie": f"zen_session={cookie}".encode()} if cookie else {}


def open_tab(app: PageLimitMiddleware, cookie: str = "", client: str = "127.0.0.1") -> AbstractContextManager[Any]:
    browser = TestClient(app, client=(client, 1))
    return browser.websocket_connect("/_stcore/stream", headers=name_browser(cookie))


def load_page(app: PageLimitMiddleware, cookie: str = "", client: str = "127.0.0.1") -> httpx.Response:
    return TestClient(app, client=(client, 1)).get("/", headers=HTML | name_browser(cookie))


def test_a_browser_may_have_so_many_pages(app: PageLimitMiddleware, tabs: ExitStack) -> None:
    for _ in range(2):
        assert load_page(app, "alice").text == "answered"
        last = tabs.enter_context(open_tab(app, "alice"))
    page = load_page(app, "alice")
    assert page.status_code == 429
    assert "Zen is open in too many tabs of this browser." in page.text
    with pytest.raises(WebSocketDisconnect), open_tab(app, "alice"):
        pass
    assert load_page(app, "bob").text == "answered"
    last.close()
    tabs.close()
    assert load_page(app, "alice").text == "answered"
    assert not app.open_pages, "what is closed is not counted"


def test_an_address_may_have_so_many_pages_with_whatever_cookies(app: PageLimitMiddleware, tabs: ExitStack) -> None:
    for number in range(4):
        tabs.enter_context(open_tab(app, f"cookie{number}", client="10.0.0.9"))
    page = load_page(app, "another", client="10.0.0.9")
    assert page.status_code == 429
    assert "Too many pages of Zen are open from your network." in page.text
    assert load_page(app, "another", client="10.0.0.8").text == "answered"


def test_a_proxy_on_this_machine_is_no_address(app: PageLimitMiddleware, tabs: ExitStack) -> None:
    for number in range(5):
        tabs.enter_context(open_tab(app, f"cookie{number}"))
    assert load_page(app, "another").text == "answered"


def test_a_server_has_so_many_pages_and_says_when_to_come_back(app: PageLimitMiddleware, tabs: ExitStack) -> None:
    for number in range(6):
        tabs.enter_context(open_tab(app, f"cookie{number}"))
    page = load_page(app, "another")
    assert (page.status_code, page.headers["retry-after"]) == (503, "60")
    assert "Too many pages of Zen are open right now." in page.text
    with pytest.raises(WebSocketDisconnect), open_tab(app, "another"):
        pass
    health = TestClient(app).get("/health", headers=HTML)
    assert health.text == "answered", "no page"


def test_a_cookie_of_odd_characters_is_counted_as_any_other(app: PageLimitMiddleware) -> None:
    with open_tab(app, "caf\u00e9"):
        assert load_page(app, "caf\u00e9").text == "answered"
