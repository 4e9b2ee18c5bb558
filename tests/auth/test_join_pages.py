"""Joining, leaving and removing over real HTTP: the client knows nothing but cookies and pages."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from lib.app_context import get_app_context
from lib.auth.browser_sessions import fetch_browser_session
from tests.auth.test_routes import read_message, submit_sign_in
from tests.support.companies import PASSWORD, Company, sign_up, unused_email
from tests.support.mailed_codes import read_codes, wait_for_code


def enter_code(browser: httpx.Client, folder: Path, email: str, password: str = PASSWORD) -> httpx.Response:
    before = len(read_codes(folder, email.lower()))
    asked = browser.post("/auth/join", data={"email": email})
    assert read_message(asked) == "The code is on its way."
    code = wait_for_code(folder, email.lower(), after=before)
    return browser.post("/auth/join-code", data={"email": email, "code": code, "password": password})


def read_choices(page: httpx.Response) -> dict[str, str]:
    """The invitations one can accept: id by what the button says."""
    return {label: each for each, label in re.findall(r'name="invitation" value="([^"]+)">([^<]*)</button>', page.text)}


def test_an_invited_person_enters_the_code_and_chooses_the_company(
    browser: httpx.Client, company: Company, mail_folder: Path
) -> None:
    email = unused_email()
    company.invite(email, company.manager.role, "Bob Ngata")
    response = enter_code(browser, mail_folder, email.upper())
    assert (response.status_code, response.headers["location"]) == (303, "/auth/invitations")
    page = browser.get("/auth/invitations")
    assert f"<strong>{company.name}</strong> invited you as manager." in page.text
    assert 'value="Bob Ngata"' in page.text
    chosen = {"full_name": "Robert Ngata", "invitation": read_choices(page)[f"Join {company.name}"]}
    assert browser.post("/auth/invitations", data=chosen).headers["location"] == "/"
    person = fetch_browser_session(get_app_context(), browser.cookies["zen_session"]).person
    assert person is not None
    assert (person.full_name, person.email, person.company_id) == ("Robert Ngata", email, company.id)
    assert submit_sign_in(browser, email).status_code == 303


def test_two_companies_that_invited_are_both_offered(
    browser: httpx.Client, new_company: Callable[..., Company], mail_folder: Path
) -> None:
    email = unused_email()
    for name in ("Someone <Else>", "Acme"):
        new_company(name).invite(email)
    enter_code(browser, mail_folder, email)
    assert list(read_choices(browser.get("/auth/invitations"))) == ["Join Someone &lt;Else&gt;", "Join Acme"]


def test_the_password_of_a_stranger_who_signed_up_first_no_longer_signs_in(
    browser: httpx.Client, company: Company, mail_folder: Path
) -> None:
    email = unused_email()
    company.invite(email)
    sign_up(email, full_name="Mallory")
    enter_code(browser, mail_folder, email, "a password of her own")
    page = browser.get("/auth/invitations")
    assert "Mallory" not in page.text
    browser.post("/auth/invitations", data={"full_name": "Bea", "invitation": read_choices(page).popitem()[1]})
    browser.cookies.clear()
    assert submit_sign_in(browser, email, PASSWORD).status_code == 401
    assert submit_sign_in(browser, email, "a password of her own").status_code == 303


def test_a_code_without_an_invitation_is_told_and_keeps_no_session(browser: httpx.Client, mail_folder: Path) -> None:
    email = unused_email()
    response = enter_code(browser, mail_folder, email)
    assert read_message(response).startswith("No company has invited this email address.")
    assert "zen_session" not in browser.cookies


def test_a_wrong_code_is_told_and_sets_no_password(browser: httpx.Client, company: Company) -> None:
    form = {"email": company.csm.email, "code": "000000", "password": "a new password"}
    response = browser.post("/auth/join-code", data=form)
    assert read_message(response) == "This code is wrong, used or expired. Check it, or ask for a new one."
    assert submit_sign_in(browser, company.csm.email).status_code == 303


def test_an_invitation_of_somebody_else_cannot_be_sent_along(
    browser: httpx.Client, company: Company, mail_folder: Path
) -> None:
    email = unused_email()
    company.invite(email)
    enter_code(browser, mail_folder, email)
    for sent, sentence in (
        (str(company.invite(unused_email())), "This invitation is no longer open."),
        ("nonsense", "Choose an invitation."),
        ("", "Choose an invitation."),
    ):
        refused = browser.post("/auth/invitations", data={"full_name": "Bea", "invitation": sent})
        assert read_message(refused).startswith(sentence)


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("nobody", PASSWORD, "Enter a full email address, such as name@company.com."),
        ("bob@\u212aelvin.test", PASSWORD, "Enter a full email address, such as name@company.com."),
        ("bob@zen.test", "short", "Use a password of at least 8 characters."),
        ("bob@zen.test", "é" * 40, "Use a password of at most 72 characters."),
    ],
)
def test_what_cannot_be_used_is_told(browser: httpx.Client, email: str, password: str, sentence: str) -> None:
    response = browser.post("/auth/join-code", data={"email": email, "password": password, "code": "123456"})
    assert (response.status_code, read_message(response)) == (422, sentence)


def test_asking_to_join_tells_nobody_who_is_known_or_invited(browser: httpx.Client, company: Company) -> None:
    invited = unused_email()
    company.invite(invited)
    answers = [browser.post("/auth/join", data={"email": e}) for e in (company.csm.email, invited, unused_email())]
    assert {(each.status_code, read_message(each)) for each in answers} == {(200, "The code is on its way.")}


def test_somebody_without_a_company_is_led_to_their_invitations(
    browser: httpx.Client, company: Company, mail_folder: Path
) -> None:
    email = unused_email()
    company.invite(email)
    enter_code(browser, mail_folder, email)
    assert browser.get("/auth/sign-in").headers["location"] == "/auth/invitations"
    assert browser.get("/auth/profile").headers["location"] == "/auth/invitations"


@pytest.mark.parametrize("path", ["invitations", "profile"])
def test_pages_of_a_person_lead_anybody_else_to_sign_in(browser: httpx.Client, path: str) -> None:
    assert browser.get(f"/auth/{path}").headers["location"] == "/auth/sign-in"


def test_a_person_leaves_their_company_and_keeps_nothing(browser: httpx.Client, company: Company) -> None:
    assert company.admin
    submit_sign_in(browser, company.csm.email)
    unconfirmed = browser.post("/auth/leave", data={"successor": ""})
    assert read_message(unconfirmed) == "Tick the box to confirm."
    left = browser.post("/auth/leave", data={"successor": "", "confirmed": "yes"})
    assert left.headers["location"] == "/auth/invitations"
    assert "You do not belong to a company yet." in browser.get("/auth/invitations").text


def test_the_last_admin_is_told_why_they_cannot_leave(browser: httpx.Client, company: Company) -> None:
    submit_sign_in(browser, company.admin.email)
    refused = browser.post("/auth/leave", data={"confirmed": "yes"})
    assert read_message(refused) == "A company needs at least one admin. Make a colleague an admin first."


def test_the_profile_removes_nobody_else(browser: httpx.Client, company: Company) -> None:
    submit_sign_in(browser, company.admin.email)
    assert "Remove" not in browser.get("/auth/profile").text
    assert browser.post("/auth/remove", data={"member": str(company.csm.id), "confirmed": "yes"}).status_code in (
        404,
        405,
    )
