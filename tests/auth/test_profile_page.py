"""One's profile over real HTTP: what a person sets for themselves, and the browsers they are signed in with."""

import re

import httpx
import pytest

from lib.app_context import get_app_context
from lib.auth.browser_sessions import fetch_browser_session
from lib.auth.time_zone import list_time_zones
from lib.errors import SignedOut
from tests.auth.test_routes import is_signed_in, read_message, set_cookie, submit_sign_in
from tests.conftest import Connection
from tests.support.companies import Company
from tests.support.server import AppServer


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


def test_a_person_chooses_their_time_zone_or_follows_the_browser(
    browser: httpx.Client, company: Company, sql: Connection
) -> None:
    submit_sign_in(browser, company.csm.email)
    stored = "select time_zone, has_own_time_zone from public.profiles where id = %s"
    assert '<option value="">That of my browser (UTC)</option>' in browser.get("/auth/profile").text
    assert browser.post("/auth/time-zone", data={"time_zone": "Asia/Kolkata"}).headers["location"] == "/auth/profile"
    assert '<option value="Asia/Kolkata" selected>Kolkata (UTC+05:30)</option>' in browser.get("/auth/profile").text
    assert sql.execute(stored, [company.csm.id]).fetchone() == ("Asia/Kolkata", True)
    for unknown in ("Nowhere/Land", "../etc/passwd", "x" * 2000):
        refused = read_message(browser.post("/auth/time-zone", data={"time_zone": unknown}))
        assert "Choose a time zone from the list." in refused
    browser.post("/auth/time-zone", data={"time_zone": ""})
    assert sql.execute(stored, [company.csm.id]).fetchone() == ("Asia/Kolkata", False)
    assert sql.execute(stored, [company.manager.id]).fetchone() == ("UTC", False)


def test_every_time_zone_offered_is_one_of_the_database(sql: Connection) -> None:
    offered = {name for _, names in list_time_zones() for name in names}
    known = {name for (name,) in sql.execute("select name from pg_timezone_names").fetchall()}
    assert len(offered) > 300
    assert offered - known == set()


def test_a_person_chooses_the_theme_of_their_own_pages(
    browser: httpx.Client, company: Company, sql: Connection
) -> None:
    submit_sign_in(browser, company.csm.email)
    stored = "select theme from public.profiles where id = %s"
    assert 'value="system" checked' in browser.get("/auth/profile").text
    assert browser.post("/auth/theme", data={"theme": "dark"}).headers["location"] == "/auth/profile"
    for page in ("/auth/profile", "/auth/password"):
        assert '<html lang="en" data-theme="dark">' in browser.get(page).text
    assert sql.execute(stored, [company.csm.id]).fetchone() == ("dark",)
    assert sql.execute(stored, [company.manager.id]).fetchone() == ("system",)
    for unknown in ({"theme": "sepia"}, {}):
        assert "Choose light, dark or system." in read_message(browser.post("/auth/theme", data=unknown))


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
