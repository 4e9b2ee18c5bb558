"""axe on every page: nothing serious that an empty page of Streamlit does not have."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from lib.server.page_urls import PagePath
from tests.e2e.browsers import PHONE
from tests.e2e.conftest import wait_until_idle
from tests.e2e.test_navigation import open_run_of_team
from tests.support.server import AppServer

DESK = {"width": 1440, "height": 900}
BLOCKERS = ("serious", "critical")
OPENED_BY_ID = (PagePath.RUN, PagePath.CUSTOMER)
LOOK_RULES = ("color-contrast", "scrollable-region-focusable", "target-size")
"""What may be otherwise on a dark phone; the other rules are about the same elements."""
OPEN = "address => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')) }"
GENERATED = re.compile(r' (?:class|id|for|style|aria-labelledby)="[^"]*"|(?<=href=")[^"]*')


@pytest.fixture
def empty_page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of Streamlit with a menu and nothing else."""
    server = AppServer.start({}, log=tmp_path / "empty", entry=str(Path(__file__).with_name("empty_app.py")))
    page = browser.new_page(viewport=DESK, color_scheme="light")
    end = time.monotonic() + 60
    while not is_served(server.url):
        assert time.monotonic() < end, server.log.read_text()
        time.sleep(0.1)
    page.goto(server.url)
    page.wait_for_selector("[data-testid=stSidebarNavItems] li")
    yield page
    page.close()
    server.stop()


def is_served(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_stcore/health").is_success
    except httpx.TransportError:
        return False


def find_violations(page: Page, **options: Any) -> set[tuple[str, str]]:
    """Rule and element, without the names Streamlit generates for classes and ids."""
    result = Axe().run(page, options={"resultTypes": ["violations"], **options}).response
    return {
        (f"{violation['id']}: {violation['help']}", GENERATED.sub("", node["html"])[:300])
        for violation in result["violations"]
        if violation["impact"] in BLOCKERS
        for node in violation["nodes"]
    }


def find_violations_in_both_looks(page: Page) -> set[tuple[str, str]]:
    """On a wide light page, and on a dark phone."""
    found = find_violations(page)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    settle(page)
    found |= find_violations(page, runOnly=LOOK_RULES)
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    return found


def open_page(page: Page, address: str) -> None:
    if address.startswith("/auth/"):
        page.goto(address)
        return
    page.evaluate(OPEN, address)  # to load it anew would load the whole application
    page.wait_for_function(
        "place => window.zenPage?.place === place", arg=address.split("&slide=")[0].removeprefix("/")
    )
    settle(page)


def settle(page: Page) -> None:
    """Wait until a page of Zen is drawn; one of HTML alone is."""
    if "/auth/" not in page.url:
        page.wait_for_selector("[data-testid=stMain]")
        wait_until_idle(page)


def list_addresses(page: Page) -> Iterator[str]:
    """Every page; those opened by an id at the first open run of the team and its customer."""
    open_run_of_team(page)
    yield page.url.removeprefix(page.url.split("/run?")[0])
    yield str(page.get_by_role("heading", level=1).get_by_role("link").get_attribute("href"))
    yield from (f"/{address}" for address in PagePath if address not in OPENED_BY_ID)
    yield from ("/auth/profile", "/auth/password")


def test_no_page_has_a_serious_violation_of_its_own(sign_in: Callable[..., Page], empty_page: Page) -> None:
    known = find_violations_in_both_looks(empty_page)
    page = sign_in("dan")
    page.set_viewport_size(DESK)
    found = {}
    for address in list_addresses(page):
        open_page(page, address)
        if new := find_violations_in_both_looks(page) - known:
            found[address] = new
    assert found == {}
