"""Which passwords may be set, and changing one's own over real HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from lib.app_context import get_app_context
from lib.auth.browser_sessions import create_browser_session, fetch_browser_session
from lib.auth.passwords import MIN_PASSWORD, load_common_passwords, validate_password
from lib.auth.service import sign_in
from lib.demo.people import PASSWORD as DEMO_PASSWORD
from lib.errors import InvalidInput, NotPermitted, SignedOut
from tests.auth.test_routes import HTML, is_signed_in, read_message, set_cookie, submit_sign_in
from tests.support.companies import PASSWORD, Company
from tests.support.server import AppServer

NEW_PASSWORD = "Ein neues Wort, 3 Möwen"


@pytest.fixture
def browser(app: AppServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, headers={"Origin": app.url, **HTML}, timeout=30) as client:
        yield client


def submit_change(browser: httpx.Client, current: str, password: str) -> httpx.Response:
    return browser.post("/auth/password", data={"current": current, "password": password})


def test_the_common_passwords_are_three_thousand_that_the_other_rules_allow() -> None:
    common = load_common_passwords()
    assert len(common) >= 3_000
    assert all(len(each) >= MIN_PASSWORD for each in common)


@pytest.mark.parametrize("password", ["password", "12345678", "PassWord1", "qwertyuiop", "iloveyou"])
def test_a_common_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="one of the most common"):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["aaaa bbbb", "ÄÖÜäöü\U0001f512é ", "        x", "x" * 72, PASSWORD, DEMO_PASSWORD]
)
def test_any_characters_make_a_password(password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize("password", ["1234567", "é" * 37])
def test_a_password_that_is_too_short_or_cut_off_by_bcrypt_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="Use a password of at"):
        validate_password(password)


def test_a_person_changes_their_password_and_is_signed_out_elsewhere(browser: httpx.Client, company: Company) -> None:
    member, elsewhere = company.csm, create_browser_session(get_app_context(), company.csm.session)
    before = set_cookie(submit_sign_in(browser, member.email)).value
    assert 'href="/auth/password"' in browser.get("/auth/profile").text
    changed = submit_change(browser, PASSWORD, NEW_PASSWORD)
    assert set_cookie(changed).value != before
    page = browser.get(changed.headers["location"])
    assert read_message(page) == "Your password is changed. You are signed out in every other browser."
    for cookie in (before, elsewhere):
        with pytest.raises(SignedOut):
            fetch_browser_session(get_app_context(), cookie)
    with pytest.raises(NotPermitted):
        sign_in(get_app_context(), email=member.email, password=PASSWORD)
    with pytest.raises(NotPermitted):
        sign_in(get_app_context(), email=member.email, password=NEW_PASSWORD.upper())
    assert sign_in(get_app_context(), email=member.email, password=NEW_PASSWORD)


@pytest.mark.parametrize(
    ("current", "password", "sentence"),
    [
        ("not the password", NEW_PASSWORD, "This is not your current password."),
        ("", NEW_PASSWORD, "Enter your current password."),
        (PASSWORD, "short", "Use a password of at least 8 characters."),
        (PASSWORD, "Sunshine", "This password is one of the most common"),
        (PASSWORD, PASSWORD, "This is the password you already have."),
    ],
)
def test_a_refused_change_is_told_and_changes_nothing(
    browser: httpx.Client, company: Company, current: str, password: str, sentence: str
) -> None:
    submit_sign_in(browser, company.csm.email)
    refused = submit_change(browser, current, password)
    assert (refused.status_code, sentence in read_message(refused)) == (422, True)
    assert is_signed_in(browser)
    assert sign_in(get_app_context(), email=company.csm.email, password=PASSWORD)


def test_the_current_password_is_guessed_ten_times(browser: httpx.Client, company: Company) -> None:
    submit_sign_in(browser, company.csm.email)
    answers = [submit_change(browser, "a guess", NEW_PASSWORD).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_nobody_changes_a_password_without_a_session_or_from_another_site(
    browser: httpx.Client, company: Company
) -> None:
    assert submit_change(browser, PASSWORD, NEW_PASSWORD).headers["location"] == "/auth/sign-in"
    submit_sign_in(browser, company.csm.email)
    form = {"current": PASSWORD, "password": NEW_PASSWORD}
    assert browser.post("/auth/password", data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert sign_in(get_app_context(), email=company.csm.email, password=PASSWORD)


@pytest.mark.parametrize("path", ["sign-in", "reset", "join-code"])
def test_password_fields_hide_what_is_typed_and_take_pasted_text(browser: httpx.Client, path: str) -> None:
    page = browser.get(f"/auth/{path}").text
    assert 'name="password" type="password"' in page
    assert "onpaste" not in page
    assert 'autocomplete="off"' not in page
