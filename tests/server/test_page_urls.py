"""Addresses of pages, and the page of our own for any other address."""

import httpx
import pytest

from lib.server.page_urls import PagePath
from tests.support.companies import PASSWORD, Company
from tests.support.server import AppServer

HTML = {"Accept": "text/html"}
UNKNOWN = ("/customers", "/workflows/builder", "/anything/deep", "/notes.css", "/index.php", "/inbox/x", "/healthx")


@pytest.fixture
def signed_in(app: AppServer, company: Company) -> httpx.Cookies:
    form = {"email": company.csm.email, "password": PASSWORD}
    return httpx.post(f"{app.url}/auth/sign-in", data=form, headers={"Origin": app.url}).cookies


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_address_is_a_page_of_ours_with_the_way_to_today(
    app: AppServer, signed_in: httpx.Cookies, path: str
) -> None:
    page = httpx.get(f"{app.url}{path}", headers=HTML, cookies=signed_in)
    assert page.status_code == 404
    assert "There is no page here" in page.text
    assert '<a href="/">Go to Today</a>' in page.text


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_address_is_behind_sign_in(app: AppServer, path: str) -> None:
    page = httpx.get(f"{app.url}{path}", headers=HTML)
    assert (page.status_code, page.headers["location"]) == (303, f"/auth/sign-in?next={path}")


def test_an_unknown_address_below_auth_is_the_same_page(app: AppServer) -> None:
    page = httpx.get(f"{app.url}/auth/builder", headers=HTML)
    assert (page.status_code, "There is no page here" in page.text) == (404, True)


@pytest.mark.parametrize("address", PagePath)
def test_every_page_answers_at_its_address(app: AppServer, signed_in: httpx.Cookies, address: PagePath) -> None:
    page = httpx.get(f"{app.url}/{address}", headers=HTML, cookies=signed_in)
    assert page.status_code == 200
    assert "There is no page here" not in page.text


def test_files_and_health_are_no_pages(app: AppServer, signed_in: httpx.Cookies) -> None:
    for path in ("/health", "/ready", "/assets/zen.css", "/assets/run_page.js", "/auth/style.css"):
        assert httpx.get(f"{app.url}{path}", headers=HTML, cookies=signed_in).status_code == 200, path
