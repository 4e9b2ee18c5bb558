"""Headers that every response has, whoever made it."""

from collections.abc import Callable

import httpx
import pytest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from lib.server.content_security_policy import build_page_policy
from lib.server.security_headers import SecurityHeadersMiddleware
from tests.support.companies import PASSWORD, Company
from tests.support.server import AppServer

HTTPS = {"X-Forwarded-Proto": "https"}
PATHS = (
    "/auth/sign-in",
    "/auth/style.css",
    "/auth/nothing",
    "/",
    "/nothing",
    "/health",
    "/ready",
    "/assets/unsaved_text.js",
    "/assets/zen.css",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
)


def answer_with(content_type: str) -> TestClient:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(b"x", headers={"content-type": content_type})(scope, receive, send)

    return TestClient(SecurityHeadersMiddleware(answer))


@pytest.mark.parametrize("path", PATHS)
def test_every_response_says_its_type_and_charset_and_is_not_sniffed(app: AppServer, path: str) -> None:
    response = httpx.get(f"{app.url}{path}", headers={"Accept": "text/html", "Cookie": "zen_session=x"})
    content_type = response.headers["content-type"]
    assert "charset=utf-8" in content_type.lower() or content_type == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("path", PATHS)
def test_over_https_every_response_asks_for_https_for_a_year(app: AppServer, path: str) -> None:
    response = httpx.get(f"{app.url}{path}", headers={"Accept": "text/html", **HTTPS})
    seconds = response.headers["strict-transport-security"].removeprefix("max-age=").split(";")[0]
    assert int(seconds) >= 365 * 24 * 3600
    assert "strict-transport-security" not in httpx.get(f"{app.url}{path}").headers


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("image/svg+xml", "image/svg+xml; charset=utf-8"),
        ("text/plain; charset=iso-8859-1", "text/plain; charset=iso-8859-1"),
        ("application/json", "application/json"),
        ("application/pdf", "application/pdf"),
    ],
)
def test_text_without_a_charset_is_utf8(content_type: str, expected: str) -> None:
    assert answer_with(content_type).get("/").headers["content-type"] == expected


def test_over_https_every_cookie_is_secure_and_bound_to_the_host(
    app: AppServer, new_company: Callable[..., Company]
) -> None:
    form = {"email": new_company().csm.email, "password": PASSWORD}
    headers = {"Accept": "text/html", "Origin": app.url.replace("http:", "https:"), **HTTPS}
    responses = [httpx.post(f"{app.url}/auth/sign-in", data=form, headers=headers)]
    responses += [httpx.get(f"{app.url}{path}", headers=headers) for path in PATHS]
    cookies = [cookie for response in responses for cookie in response.headers.get_list("set-cookie")]
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-zen_session", "__Host-zen_browser"}
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie
        assert {"httponly", "secure"} <= {part.strip().lower() for part in cookie.split(";")}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/.git/config", 200),
        ("/streamlit_app.py", 200),
        ("/.streamlit/secrets.toml", 200),
        ("/assets/../router.py", 200),
    ],
)
def test_neither_source_nor_settings_are_served(app: AppServer, path: str, status: int) -> None:
    answer = httpx.get(f"{app.url}{path}", headers={"Cookie": "zen_session=x"})
    assert (answer.status_code, "<title>Streamlit</title>" in answer.text) == (status, status == 200)
    assert not any(each in answer.text for each in ("repositoryformatversion", "import ", "SUPABASE_URL"))


def test_directories_are_not_listed_and_trace_is_refused(app: AppServer) -> None:
    assert httpx.get(f"{app.url}/assets/").status_code == 404
    assert httpx.request("TRACE", f"{app.url}/auth/sign-in").status_code == 405


@pytest.mark.parametrize("path", ["/auth/sign-in", "/", "/nothing"])
def test_a_page_is_not_framed_and_tells_other_sites_nothing(app: AppServer, path: str) -> None:
    headers = httpx.get(f"{app.url}{path}", headers={"Accept": "text/html", "Cookie": "zen_session=x"}).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"


def test_a_page_loads_runs_and_sends_nothing_of_another_origin() -> None:
    rules = dict(rule.split(" ", 1) for rule in build_page_policy().split("; "))
    own = {"'none'", "'self'"}
    scripts = {source for source in rules.pop("script-src").split() if not source.startswith("'sha256-")}
    assert scripts == {"'self'", "'wasm-unsafe-eval'"}
    assert set(rules.pop("style-src").split()) == {"'self'", "'unsafe-inline'"}
    for name in ("img-src", "font-src", "media-src", "worker-src"):
        assert set(rules.pop(name).split()) <= own | {"data:", "blob:"}, name
    assert {name: sources for name, sources in rules.items() if sources not in own} == {}
    assert {"default-src", "connect-src", "frame-src", "object-src", "base-uri", "form-action"} <= rules.keys()
