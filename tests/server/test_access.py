"""Who may reach the server, by which names and addresses, and what is closed to everyone."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from lib import local
from lib.auth.session_cookies import PLAIN_NAME
from lib.errors import InvalidInput
from lib.server.access_control import MAX_ADDRESS_BYTES, AccessMiddleware
from lib.server.server_settings import ServerSettings, load_server_settings
from lib.server.upload_permits import FILES_PER_PERMIT, get_upload_permits
from tests.conftest import server_environment
from tests.support.nginx import find_nginx, run_nginx
from tests.support.server import AppServer

EMBEDDED, HOSTED = True, False


async def answer(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    if scope["type"] == "websocket":
        websocket = WebSocket(scope, receive, send)
        await websocket.accept()
        await websocket.close()
        return
    await PlainTextResponse("answered")(scope, receive, send)


def ask(
    app: ASGIApp, *, client: str = "127.0.0.1", host: str = "localhost:8501", path: str = "/", **headers: str
) -> httpx.Response:
    return TestClient(app, client=(client, 5000)).get(path, headers={"Host": host, **headers})


def is_websocket_opened(app: ASGIApp, *, client: str = "127.0.0.1", **headers: str) -> bool:
    browser = TestClient(app, client=(client, 5000))
    try:
        with browser.websocket_connect("/_stcore/stream", headers={"Host": "localhost:8501", **headers}):
            return True
    except WebSocketDisconnect:
        return False


def guard(*, is_embedded: bool, **settings: str) -> ASGIApp:
    return AccessMiddleware(answer, settings=ServerSettings(**settings), is_embedded=is_embedded)  # type: ignore[arg-type]


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_on_the_embedded_supabase_this_machine_is_answered(client: str) -> None:
    app = guard(is_embedded=EMBEDDED)
    assert ask(app, client=client).text == "answered"
    assert is_websocket_opened(app, client=client)


@pytest.mark.parametrize("client", ["192.168.1.7", "2001:db8::7", "::ffff:10.0.0.1", "not-an-address"])
def test_on_the_embedded_supabase_another_machine_reads_how_to_be_let_in(client: str) -> None:
    app = guard(is_embedded=EMBEDDED)
    page = ask(app, client=client)
    assert page.status_code == 403
    assert "This Zen answers only the machine it runs on." in page.text
    assert "ZEN_ALLOWED_CLIENTS" in page.text
    assert not is_websocket_opened(app, client=client)


@pytest.mark.parametrize(
    ("allowed", "client", "expected"),
    [("*", "8.8.8.8", 200), ("10.0.0.0/8, ::1", "10.3.2.1", 200), ("10.0.0.0/8", "11.3.2.1", 403)],
)
def test_a_setting_names_the_clients_that_are_answered(allowed: str, client: str, expected: int) -> None:
    for is_embedded in (EMBEDDED, HOSTED):
        assert ask(guard(is_embedded=is_embedded, allowed_clients=allowed), client=client).status_code == expected


def test_on_hosted_supabase_everyone_is_answered_by_every_name() -> None:
    assert ask(guard(is_embedded=HOSTED), client="8.8.8.8", host="zen.example").text == "answered"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8501", "127.0.0.1:80", "[::1]:8501", "10.1.1.1", "a.localhost"]
)
def test_on_the_embedded_supabase_addresses_and_localhost_are_its_names(host: str) -> None:
    assert ask(guard(is_embedded=EMBEDDED), host=host).text == "answered"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8501", "a@localhost", "", "localhost:x"]
)
def test_a_foreign_name_that_leads_to_the_embedded_supabase_is_refused(host: str) -> None:
    page = ask(guard(is_embedded=EMBEDDED), host=host)
    assert page.status_code == 403
    assert "ZEN_ALLOWED_HOSTS" in page.text


@pytest.mark.parametrize(
    ("allowed", "host", "expected"),
    [
        ("zen.example", "Zen.Example.:443", 200),
        ("zen.example", "localhost", 403),
        ("*.zen.example", "a.zen.example", 200),
        ("*.zen.example", "zen.example", 403),
        ("*.zen.example", "evilzen.example", 403),
        ("*", "anything.example", 200),
    ],
)
def test_a_setting_lists_the_names(allowed: str, host: str, expected: int) -> None:
    assert ask(guard(is_embedded=HOSTED, allowed_hosts=allowed), host=host).status_code == expected


def test_a_page_of_another_origin_opens_no_websocket() -> None:
    app = guard(is_embedded=HOSTED)
    assert is_websocket_opened(app, Origin="http://localhost:8501")
    assert is_websocket_opened(app)
    for origin in ("http://localhost:3000", "https://evil.example", "null", "http://127.0.0.1:8501"):
        assert not is_websocket_opened(app, Origin=origin), origin


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/interact",
        "/_stcore/agent/openapi.json",
        "/_stcore/script-health-check",
        "/_stcore/upload_file/a/b",
        "/_stcore/bidi-components/other.find/find_element.js",
    ],
)
def test_endpoints_for_operators_are_closed(path: str) -> None:
    page = ask(guard(is_embedded=EMBEDDED), path=path)
    assert (page.status_code, "There is no page here." in page.text) == (404, True)


def upload(app: ASGIApp, session_id: str, method: str = "PUT", **headers: str) -> int:
    browser = TestClient(app, client=("127.0.0.1", 5000))
    path = f"/_stcore/upload_file/{session_id}/file"
    return browser.request(method, path, headers={"Host": "localhost:8501", **headers}).status_code


def test_a_tab_that_shows_the_uploader_may_send_a_few_files() -> None:
    app = guard(is_embedded=EMBEDDED)
    assert upload(app, "tab") == 404
    get_upload_permits().allow_uploads("tab", "cookie")
    own = {"Origin": "http://localhost:8501"}
    assert [upload(app, "tab", **own) for _ in range(FILES_PER_PERMIT + 1)] == [200] * FILES_PER_PERMIT + [404]
    assert upload(app, "tab", "DELETE", **own) == 200
    assert upload(app, "another") == 404
    get_upload_permits().allow_uploads("tab", "cookie")
    assert upload(app, "tab", **own) == 200
    assert [upload(app, "tab", method) for method in ("GET", "POST", "OPTIONS")] == [404, 404, 404]


def test_signing_out_ends_the_uploads_of_the_tabs_of_that_browser() -> None:
    app = guard(is_embedded=EMBEDDED)
    get_upload_permits().allow_uploads("tab", "theirs")
    get_upload_permits().allow_uploads("other", "another")
    browser = TestClient(app, client=("127.0.0.1", 5000), cookies={PLAIN_NAME: "theirs"})
    browser.post("/auth/sign-out", headers={"Host": "localhost:8501"})
    assert (upload(app, "tab"), upload(app, "other")) == (404, 200)


def test_a_page_of_another_origin_sends_no_file() -> None:
    get_upload_permits().allow_uploads("tab", "cookie")
    assert upload(guard(is_embedded=EMBEDDED), "tab", Origin="https://evil.example") == 403


def test_metrics_are_opened_by_a_setting() -> None:
    assert ask(guard(is_embedded=HOSTED, has_metrics="1"), path="/_stcore/metrics").text == "answered"
    assert ask(guard(is_embedded=HOSTED, has_metrics="1"), path="/_stcore/agent/interact").status_code == 404


def test_what_a_page_needs_of_streamlit_is_open() -> None:
    for path in ("/_stcore/health", "/_stcore/host-config", "/_stcore/bidi-components/zen.find/find_element.js"):
        assert ask(guard(is_embedded=EMBEDDED), path=path).text == "answered"


def test_an_address_or_headers_too_long_are_a_sentence() -> None:
    app = guard(is_embedded=EMBEDDED)
    page = ask(app, path=f"/run?execution={'x' * MAX_ADDRESS_BYTES}")
    assert (page.status_code, "This address is too long." in page.text) == (414, True)
    page = ask(app, Cookie=f"a={'x' * 40_000}")
    assert (page.status_code, "The headers of this request are too large." in page.text) == (431, True)


def test_a_wrong_list_of_clients_is_named_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEN_ALLOWED_CLIENTS", "the neighbours")
    monkeypatch.setenv("ZEN_MAX_PAGES", "0")
    monkeypatch.setenv("ZEN_METRICS", "perhaps")
    with pytest.raises(InvalidInput) as raised:
        load_server_settings()
    assert "ZEN_ALLOWED_CLIENTS is neither * nor a list of addresses" in raised.value.message
    assert "ZEN_MAX_PAGES is not a whole number above 0." in raised.value.message
    assert "ZEN_METRICS is neither true nor false." in raised.value.message


@pytest.fixture(scope="module")
def embedded_app(stack: local.LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app as on its embedded Supabase."""
    with AppServer.running(stack.app_environment, log=tmp_path_factory.mktemp("embedded") / "log") as server:
        yield server


def test_a_forwarded_address_counts_for_nothing_by_default(embedded_app: AppServer) -> None:
    """uvicorn by itself would believe a program on this machine, and the request would come from there."""
    for name in ("X-Forwarded-For", "x-forwarded-for"):
        page = httpx.get(f"{embedded_app.url}/auth/sign-in", headers={name: "8.8.8.8"})
        assert page.status_code == 200


def test_behind_a_named_proxy_the_forwarded_address_counts(stack: local.LocalStack, tmp_path: Path) -> None:
    environment = stack.app_environment | {"FORWARDED_ALLOW_IPS": "127.0.0.1"}
    with AppServer.running(environment, log=tmp_path / "log") as server:
        page = httpx.get(f"{server.url}/auth/sign-in", headers={"X-Forwarded-For": "8.8.8.8"})
        assert page.status_code == 403
        assert httpx.get(f"{server.url}/auth/sign-in", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 200


def test_a_proxy_on_this_machine_works_by_default(embedded_app: AppServer, tmp_path: Path) -> None:
    if find_nginx() is None:
        pytest.skip("No nginx on this machine: apt-get install nginx-light")
    with run_nginx([embedded_app.url], tmp_path) as url:
        assert httpx.get(f"{url}/auth/sign-in").status_code == 200


def test_operator_endpoints_of_the_running_app_are_closed(stack: local.LocalStack, app: AppServer) -> None:
    assert server_environment(stack)["ZEN_LOCAL"] == ""
    for path in ("metrics", "agent/openapi.json", "script-health-check"):
        assert httpx.get(f"{app.url}/_stcore/{path}").status_code == 404
    assert httpx.get(f"{app.url}/_stcore/host-config").status_code == 200


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_a_probe_asks_by_the_address_of_the_process(path: str) -> None:
    app = guard(is_embedded=HOSTED, allowed_hosts="zen.example")
    assert ask(app, host="10.0.0.7:8501", path=path).text == "answered"
    assert ask(app, host="10.0.0.7:8501").status_code == 403
