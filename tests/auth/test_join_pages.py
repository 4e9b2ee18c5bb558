"""Joining, leaving and removing over real HTTP: the client knows nothing but cookies and pages."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from lib.app_context import get_app_context
from lib.auth.browser_sessions import fetch_browser_session
from lib.errors import SignedOut
from tests.auth.test_routes import HTML, is_signed_in, read_message, set_cookie, submit_sign_in
from tests.conftest import Connection
from tests.support.companies import PASSWORD, Company, sign_up, unused_email
from tests.support.mailed_codes import read_codes, wait_for_code
from tests.support.server import AppServer


@pytest.fixture
def browser(app: AppServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, headers={"Origin": app.url, **HTML}, timeout=30) as client:
        yield client


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


def test_the_profile_lists_the_browsers_and_signs_out_of_the_others(app: AppServer, company: Company) -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    with httpx.Client(base_url=app.url, timeout=30) as desk, httpx.Client(base_url=app.url, timeout=30) as phone:
        for client, agent in ((desk, firefox), (phone, "Mozilla/5.0 (iPhone) Version/19.0 Mobile/15E Safari/604.1")):
            client.headers.update({"Origin": app.url, "User-Agent": agent})
            submit_sign_in(client, company.csm.email)
        page = desk.get("/auth/profile").text
        assert "Firefox on Linux, this one" in page
        assert "Safari on iPhone" in page
        assert read_message(desk.post("/auth/other-browsers")) == "You are signed out in every other browser."
        assert (is_signed_in(desk), is_signed_in(phone)) == (True, False)


def test_a_person_changes_their_name_and_a_blank_one_is_refused(browser: httpx.Client, company: Company) -> None:
    submit_sign_in(browser, company.csm.email)
    assert browser.post("/auth/name", data={"full_name": "Alice Prud'homme"}).headers["location"] == "/auth/profile"
    assert 'value="Alice Prud&#39;homme"' in browser.get("/auth/profile").text
    assert "Enter your name." in read_message(browser.post("/auth/name", data={"full_name": "  "}))


def test_a_person_has_numbers_written_their_own_way_or_as_their_company(
    browser: httpx.Client, company: Company, sql: Connection
) -> None:
    submit_sign_in(browser, company.csm.email)
    stored = "select locale from public.profiles where id = %s"
    assert browser.post("/auth/locale", data={"locale": "de_DE"}).headers["location"] == "/auth/profile"
    assert '<option value="de_DE" selected>' in browser.get("/auth/profile").text
    assert sql.execute(stored, [company.csm.id]).fetchone() == ("de_DE",)
    assert sql.execute(stored, [company.manager.id]).fetchone() == (None,)
    assert "Choose a language and region" in read_message(browser.post("/auth/locale", data={"locale": "xx_XX"}))
    browser.post("/auth/locale", data={"locale": ""})
    assert sql.execute(stored, [company.csm.id]).fetchone() == (None,)


def test_a_person_chooses_the_density_of_their_own_pages(
    browser: httpx.Client, company: Company, sql: Connection
) -> None:
    submit_sign_in(browser, company.csm.email)
    stored = "select density from public.profiles where id = %s"
    assert 'value="calm" checked' in browser.get("/auth/profile").text
    assert browser.post("/auth/density", data={"density": "compact"}).headers["location"] == "/auth/profile"
    assert 'value="compact" checked' in browser.get("/auth/profile").text
    assert sql.execute(stored, [company.csm.id]).fetchone() == ("compact",)
    assert sql.execute(stored, [company.manager.id]).fetchone() == ("calm",)
    assert "Choose calm or compact." in read_message(browser.post("/auth/density", data={"density": "tiny"}))
    assert "Choose calm or compact." in read_message(browser.post("/auth/density", data={}))


def test_the_profile_signs_out_of_one_other_browser(app: AppServer, company: Company) -> None:
    clients = [httpx.Client(base_url=app.url, headers={"Origin": app.url}, timeout=30) for _ in range(3)]
    for client in clients:
        submit_sign_in(client, company.csm.email)
    first, *others = clients
    ids = re.findall(r'name="browser" value="([^"]+)"', first.get("/auth/profile").text)
    assert len(ids) == 2
    assert read_message(first.post("/auth/browser", data={"browser": ids[0]})) == "That browser is signed out."
    assert is_signed_in(first)
    assert sorted(is_signed_in(each) for each in others) == [False, True]
    for client in clients:
        client.close()


def test_nobody_signs_a_colleague_out(app: AppServer, browser: httpx.Client, company: Company) -> None:
    submit_sign_in(browser, company.csm.email)
    with (
        httpx.Client(base_url=app.url, headers={"Origin": app.url}, timeout=30) as colleague,
        httpx.Client(base_url=app.url, headers={"Origin": app.url}, timeout=30) as phone,
    ):
        for client in (colleague, phone):
            submit_sign_in(client, company.other_csm.email)
        (theirs,) = re.findall(r'name="browser" value="([^"]+)"', colleague.get("/auth/profile").text)
        browser.post("/auth/browser", data={"browser": theirs})
        assert theirs in colleague.get("/auth/profile").text


def test_a_person_has_ten_browsers_at_most(app: AppServer, company: Company, sql: Connection) -> None:
    cookies = []
    for _ in range(11):
        with httpx.Client(base_url=app.url, headers={"Origin": app.url}, timeout=30) as client:
            cookies.append(set_cookie(submit_sign_in(client, company.csm.email)).value)
    stored = sql.execute("select count(*) from private.browser_sessions where user_id = %s", [company.csm.id])
    assert stored.fetchone() == (10,)
    with pytest.raises(SignedOut):
        fetch_browser_session(get_app_context(), cookies[0])
