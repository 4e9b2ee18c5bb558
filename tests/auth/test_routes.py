"""The forms over real HTTP: the app is a process of its own, the client knows nothing but cookies and pages."""

import re
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import httpx
import pytest

from lib.app_context import get_app_context
from lib.auth.browser_sessions import (
    create_browser_session,
    delete_browser_session,
    fetch_browser_session,
    load_fresh_browser_session,
)
from lib.auth.service import sign_in
from lib.errors import SignedOut
from tests.conftest import Connection
from tests.database.factories import Sql
from tests.support.companies import PASSWORD, Company, sign_up, unused_email
from tests.support.mailed_codes import wait_for_code
from tests.support.server import AppServer

HTML = {"Accept": "text/html"}


@pytest.fixture
def browser(app: AppServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, headers={"Origin": app.url, **HTML}, timeout=30) as client:
        yield client


def submit_sign_in(browser: httpx.Client, email: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
    return browser.post("/auth/sign-in", data={"email": email, "password": password, **fields})


def read_message(response: httpx.Response) -> str:
    """What the page says above its form."""
    found = re.search(r'class="message[^>]*>(.*?)</div>', response.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def set_cookie(response: httpx.Response, name: str = "session") -> Morsel[str]:
    """The cookie the response sets, by the end of its name."""
    cookies = (SimpleCookie(header) for header in response.headers.get_list("set-cookie"))
    return next(cookie for jar in cookies for cookie in jar.values() if cookie.key.endswith(f"zen_{name}"))


def is_signed_in(browser: httpx.Client) -> bool:
    return browser.get("/auth/sign-in").status_code == 303


def test_signing_in_sets_a_cookie_that_no_script_can_read(browser: httpx.Client, company: Company) -> None:
    response = submit_sign_in(browser, company.csm.email)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    cookie = set_cookie(response)
    assert cookie.key == "zen_session"
    assert len(cookie.value) == 43
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert fetch_browser_session(get_app_context(), cookie.value).person


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(app: AppServer, company: Company) -> None:
    headers = {"Origin": app.url.replace("http:", "https:"), "X-Forwarded-Proto": "https"}
    form = {"email": company.csm.email, "password": PASSWORD}
    cookie = set_cookie(httpx.post(f"{app.url}/auth/sign-in", data=form, headers=headers, timeout=30))
    assert cookie.key == "__Host-zen_session"
    assert cookie["secure"]
    assert cookie["httponly"]


def test_each_sign_in_gives_a_new_cookie_and_drops_the_one_before(browser: httpx.Client, company: Company) -> None:
    first = set_cookie(submit_sign_in(browser, company.csm.email)).value
    second = set_cookie(submit_sign_in(browser, company.csm.email)).value
    assert first != second
    with pytest.raises(SignedOut):
        fetch_browser_session(get_app_context(), first)


def test_a_wrong_password_and_an_unknown_address_are_told_alike(browser: httpx.Client, company: Company) -> None:
    wrong, unknown = (
        submit_sign_in(browser, company.csm.email, "not the password"),
        submit_sign_in(browser, unused_email()),
    )
    assert wrong.status_code == unknown.status_code == 401
    assert read_message(wrong) == read_message(unknown) == "This email address and password do not match."
    assert f'value="{company.csm.email}"' in wrong.text
    assert "zen_session" not in wrong.headers["set-cookie"]


def test_somebody_without_a_company_is_told_and_keeps_no_session(browser: httpx.Client, sql: Connection) -> None:
    email = unused_email()
    sign_up(email)
    refused = submit_sign_in(browser, email)
    assert read_message(refused).startswith("You do not belong to a company yet.")
    assert "zen_session" not in browser.cookies
    owner = "select id from auth.users where email = %s"
    stored = sql.execute(f"select count(*) from private.browser_sessions where user_id = ({owner})", [email]).fetchone()
    assert stored == (0,)


@pytest.mark.parametrize(
    "path",
    [
        "sign-in",
        "sign-out",
        "join",
        "join-code",
        "invitations",
        "leave",
        "other-browsers",
        "browser",
        "name",
        "locale",
        "density",
        "theme",
        "time-zone",
        "forgot",
        "reset",
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {},
        {"Origin": "{own}", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "{own}", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused(app: AppServer, path: str, headers: dict[str, str]) -> None:
    sent = {name: value.format(own=app.url) for name, value in headers.items()}
    response = httpx.post(f"{app.url}/auth/{path}", data={"email": "a@b.test", "password": PASSWORD}, headers=sent)
    assert response.status_code == 403
    assert read_message(response) == "This form was sent from another site. Open Zen and try again."


def test_a_flood_is_refused_before_it_is_read(app: AppServer) -> None:
    response = httpx.post(f"{app.url}/auth/sign-in", data={"email": "x" * 20_000}, headers={"Origin": app.url})
    assert response.status_code == 413


def test_a_signed_out_request_comes_back_to_its_deep_link(browser: httpx.Client, company: Company) -> None:
    sent_away = browser.get("/run?execution=5&note=a%20b%26c")
    assert sent_away.status_code == 303
    form = browser.get(sent_away.headers["location"]).text
    target = re.search(r'name="next" value="([^"]*)"', form)
    assert target
    back = submit_sign_in(browser, company.csm.email, next=target[1].replace("&amp;", "&"))
    assert back.headers["location"] == "/run?execution=5&note=a%20b%26c"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/ /evil.example",
        "/auth/sign-out",
        "/" * 3000,
        "evil",
        "",
    ],
)
def test_next_leads_nowhere_but_to_this_site(browser: httpx.Client, company: Company, target: str) -> None:
    assert submit_sign_in(browser, company.csm.email, next=target).headers["location"] == "/"


def test_what_the_app_itself_needs_is_not_sent_to_sign_in(browser: httpx.Client) -> None:
    for path in ("/_stcore/health", "/health", "/ready", "/auth/style.css", "/auth/join"):
        assert browser.get(path).status_code == 200


def test_a_second_process_knows_the_session(browser: httpx.Client, app: AppServer, company: Company) -> None:
    cookie = set_cookie(submit_sign_in(browser, company.csm.email)).value
    assert is_signed_in(browser)
    assert load_fresh_browser_session(
        get_app_context(), cookie
    ).person  # this very process, which never saw the sign-in


def test_a_session_that_has_ended_is_told_and_its_cookie_taken_away(browser: httpx.Client, company: Company) -> None:
    cookie = set_cookie(submit_sign_in(browser, company.csm.email)).value
    delete_browser_session(get_app_context(), cookie)
    response = browser.get("/auth/sign-in?next=/run")
    assert read_message(response) == "Your session has ended. Sign in again. What you saved is safe."
    assert set_cookie(response)["max-age"] == "0"
    assert browser.get("/run").headers["location"] == "/auth/sign-in?next=/run"


def test_signing_out_ends_every_tab_and_browser(app: AppServer, company: Company) -> None:
    with httpx.Client(base_url=app.url, headers={"Origin": app.url}) as desk, httpx.Client(base_url=app.url) as phone:
        phone.headers["Origin"] = app.url
        cookies = [set_cookie(submit_sign_in(client, company.csm.email)).value for client in (desk, phone)]
        signed_out = desk.post("/auth/sign-out")
        assert signed_out.headers["Clear-Site-Data"] == '"storage"', "what a tab keeps is its person's"
        assert read_message(desk.get(signed_out.headers["location"])) == "You are signed out."
        assert "zen_session" not in desk.cookies
        assert not is_signed_in(phone)
    for cookie in cookies:
        with pytest.raises(SignedOut):
            fetch_browser_session(get_app_context(), cookie)


def test_signing_out_by_a_link_is_not_possible(browser: httpx.Client, company: Company) -> None:
    submit_sign_in(browser, company.csm.email)
    assert browser.get("/auth/sign-out").status_code == 200
    assert is_signed_in(browser)


def test_a_password_is_reset_by_a_mailed_code(browser: httpx.Client, company: Company, mail_folder: Path) -> None:
    member = company.csm
    elsewhere = create_browser_session(get_app_context(), member.session)
    asked = browser.post("/auth/forgot", data={"email": member.email})
    assert read_message(asked) == "The code is on its way."
    form = {"email": member.email, "code": wait_for_code(mail_folder, member.email), "password": "a new password"}
    response = browser.post("/auth/reset", data=form)
    assert response.status_code == 303
    assert is_signed_in(browser)
    with pytest.raises(SignedOut):
        fetch_browser_session(get_app_context(), elsewhere)
    assert submit_sign_in(browser, member.email).status_code == 401
    assert sign_in(get_app_context(), email=member.email, password="a new password")
    again = browser.post("/auth/reset", data=form)
    assert read_message(again) == "This code is wrong, used or expired. Check it, or ask for a new one."


def test_asking_for_a_code_tells_nobody_who_is_known(browser: httpx.Client, company: Company) -> None:
    known, unknown = (
        browser.post("/auth/forgot", data={"email": email}) for email in (company.csm.email, unused_email())
    )
    assert (known.status_code, read_message(known)) == (unknown.status_code, read_message(unknown))


def test_pages_carry_no_script_and_are_kept_by_nobody(browser: httpx.Client) -> None:
    for path in ("sign-in", "join", "join-code", "forgot", "reset", "sign-out"):
        response = browser.get(f"/auth/{path}")
        assert response.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert "script" not in response.text.lower()
        assert response.headers["x-content-type-options"] == "nosniff"


def test_what_is_typed_comes_back_escaped(browser: httpx.Client) -> None:
    response = submit_sign_in(browser, '"><script>alert(1)</script>', next='/"><script>')
    assert "<script>" not in response.text


def test_a_page_clears_the_cookie_of_a_session_that_has_ended_and_no_other(
    browser: httpx.Client, company: Company, sql: Sql
) -> None:
    submit_sign_in(browser, company.csm.email)
    assert not browser.get("/auth/ended").headers.get_list("set-cookie")
    assert is_signed_in(browser)
    sql.execute("delete from private.browser_sessions where user_id = %s", [company.csm.id])
    ended = browser.get("/auth/ended")
    assert (ended.status_code, ended.content) == (204, b"")
    assert set_cookie(ended)["max-age"] == "0"
    assert browser.cookies.get("zen_session") is None
    assert not browser.get("/auth/ended").headers.get_list("set-cookie")


@pytest.mark.parametrize("password", ["", "\0"])
def test_no_password_is_no_fault_of_the_server(browser: httpx.Client, company: Company, password: str) -> None:
    for email in (company.csm.email, unused_email()):
        assert submit_sign_in(browser, email, password).status_code in (400, 401, 403, 422)
