"""Whatever a form, an address or a cookie holds, the answer is a page with a sentence, never "unavailable"."""

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from tests.support.companies import PASSWORD, Company, unused_email
from tests.support.server import AppServer

HTML = {"Accept": "text/html"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FORMS = {
    "/auth/sign-in": ("email", "password", "next", "demo"),
    "/auth/join": ("email", "full_name"),
    "/auth/join-code": ("email", "code", "password"),
    "/auth/forgot": ("email",),
    "/auth/reset": ("email", "code", "password"),
    "/auth/password": ("current", "password"),
}
ODD = {"NUL": "%00", "surrogate": "%ED%A0%80", "not UTF-8": "%FF%FE", "escape": "%1B%9B", "overlong": "a" * 8000}


@pytest.fixture
def browser(app: AppServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, headers={"Origin": app.url, **HTML}, timeout=30) as client:
        yield client


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("path", FORMS)
def test_an_odd_field_of_a_form_is_answered_with_its_page(browser: httpx.Client, path: str, odd: str) -> None:
    usual = {"email": unused_email(), "password": "long enough 1", "full_name": "Nobody", "code": "123456"}
    for name in FORMS[path]:
        fields = {each: usual.get(each, "") for each in FORMS[path] if each != "demo"}
        body = "&".join(f"{each}={quote(value)}" for each, value in fields.items() if each != name)
        answer = browser.post(path, content=f"{body}&{name}={quote(usual.get(name, ''))}{odd}".encode(), headers=FORM)
        assert answer.status_code < 500, (path, name, answer.text)
        assert "<html" in answer.text or answer.status_code == 303


def test_a_nul_in_a_form_is_left_out(browser: httpx.Client, company: Company) -> None:
    fields = f"email={quote(company.csm.email)}%00&password={quote(PASSWORD)}%00"
    assert browser.post("/auth/sign-in", content=fields.encode(), headers=FORM).status_code == 303


@pytest.mark.parametrize("odd", ["%00", "%ED%A0%80", "%FF"])
def test_an_odd_address_is_answered_with_a_page(browser: httpx.Client, odd: str) -> None:
    for path in (
        "/auth/sign-in?next=/run",
        "/auth/sign-in?out=",
        "/auth/join?email=",
        "/run?execution=",
        "/",
        "/inbox/",
    ):
        assert browser.get(f"{path}{odd}").status_code in (200, 303, 404), path


@pytest.mark.parametrize("value", [b"\xed\xa0\x80", b"\xff", b"a" * 9000, b'"\\000"'])
def test_an_odd_cookie_is_nobodys(browser: httpx.Client, value: bytes) -> None:
    for path in ("/auth/sign-in", "/"):
        answer = browser.get(path, headers={"Cookie": b"zen_session=" + value})
        assert answer.status_code in (200, 303, 400, 401, 431), path
