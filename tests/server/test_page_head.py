"""The stylesheet and the theme in the head of Streamlit's page: what is drawn first is where it stays."""

import httpx
import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.testclient import TestClient

from lib.server.page_head import PageHeadMiddleware, build_head_html
from lib.server.static_files import build_static_url
from tests.support.server import AppServer

BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip", "Cookie": "zen_session=x"}
HEAD = f"{build_head_html()}</head>"


def get_through(response: Response, path: str = "/", headers: dict[str, str] = BROWSER) -> httpx.Response:
    client = TestClient(PageHeadMiddleware(response), follow_redirects=False)
    return client.get(path, headers=headers)


@pytest.mark.parametrize("path", ["/", "/book?from=50", "/customer"])
def test_every_page_loads_the_stylesheet_from_its_head(app: AppServer, path: str) -> None:
    response = httpx.get(f"{app.url}{path}", headers=BROWSER)
    assert HEAD in response.text
    assert "etag" not in response.headers  # of Streamlit's file, which stays when the stylesheet changes
    for name, content in (("zen.css", "text/css"), ("theme.js", "application/javascript")):
        assert build_static_url(name) in response.text
        assert httpx.get(f"{app.url}{build_static_url(name)}").headers["content-type"].startswith(content)


def test_a_page_that_comes_in_pieces_is_written_into_as_a_whole() -> None:
    pieces = [b"<head><title>Zen</title></he", b"ad><body>", b"</body>"]
    response = get_through(StreamingResponse(iter(pieces), media_type="text/html"))
    assert response.text == f"<head><title>Zen</title>{HEAD}<body></body>"
    assert int(response.headers["content-length"]) == len(response.content)


def test_what_is_no_page_stays_as_it_is() -> None:
    assert get_through(PlainTextResponse("a </head>")).text == "a </head>"
    assert get_through(Response("no head", media_type="text/html")).text == "no head"
    assert get_through(Response("</head>", media_type="text/html"), "/auth/sign-in").text == "</head>"
    assert get_through(Response("</head>", media_type="text/html"), headers={"Accept": "*/*"}).text == "</head>"
    assert get_through(RedirectResponse("/auth/sign-in")).status_code == 307


def test_the_page_is_asked_for_without_compression() -> None:
    async def answer(scope, receive, send):  # type: ignore[no-untyped-def]
        names = ",".join(name.decode() for name, _ in scope["headers"])
        await Response(f"<head></head>{names}", media_type="text/html")(scope, receive, send)

    text = TestClient(PageHeadMiddleware(answer)).get("/", headers=BROWSER).text
    assert HEAD in text
    assert "accept-encoding" not in text
