"""Largest paint, time from a click to the next paint, and layout shift, over sixty clicks in a headless Chromium.

`python -m tests.bench.vitals` starts the app on its own Supabase with the demo book; about two minutes. Each page is
loaded by its address and clicked at: what chooses, opens and turns pages on it, then links of the menu. Prints the
value that three of four stay under, and the worst of each. Waits until the page is idle before the next click.
"""

import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from lib.demo.people import DEMO_PEOPLE
from lib.server.page_urls import PagePath
from tests.bench.__main__ import a_customer, a_slide, app
from tests.e2e.conftest import wait_until_idle

CLICKS = 60
OBSERVERS = Path(__file__).with_name("vitals.js")
VIEW = {"width": 1440, "height": 900}

# What may be clicked without writing anything.
HARMLESS = ", ".join((
    "[data-testid=stMain] [data-testid=stButtonGroup] button", "[data-testid=stMain] [data-testid=stTab]",
    "[data-testid=stMain] [data-testid=stExpander] summary", "[data-testid=stMain] [data-testid=stPopover] button",
    "[data-testid=stMain] [data-testid=stPagination] button",
))  # fmt: skip
ON_A_PAGE = 3
"""Of the clicks on each page so many are on the page itself, where it has them; the others are on the menu."""

MENU = "[data-testid=stSidebarNavLink]"

CSM_PAGES = (
    PagePath.TODAY, PagePath.INBOX, PagePath.WORKFLOWS, PagePath.RUN, PagePath.CONVERSATIONS,
    PagePath.ACTIONS, PagePath.BOOK, PagePath.CUSTOMER,
)  # fmt: skip
ADMIN_PAGES = (
    PagePath.TEAM, PagePath.FORECAST, PagePath.PEOPLE, PagePath.IMPORT, PagePath.SETTINGS,
    PagePath.AUDIT, PagePath.PRIVACY,
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """A page from its load on: milliseconds to the largest paint and of each click, and the worst window of shifts."""

    page: str
    paint: float
    clicks: dict[str, float]
    shift: float
    shifted: str


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("No Chromium on this machine: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, app(Path(folder), "lite") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
        print_vitals(list(visit_pages(browser, url)))
        browser.close()


def visit_pages(browser: Browser, url: str) -> Iterator[Visit]:
    queries = {PagePath.RUN: a_slide(url), PagePath.CUSTOMER: a_customer()}
    left, pages = CLICKS, len(CSM_PAGES) + len(ADMIN_PAGES)
    for email, addresses in ((DEMO_PEOPLE[0].email, CSM_PAGES), (DEMO_PEOPLE[3].email, ADMIN_PAGES)):
        page = sign_in(browser, url, email)
        for address in addresses:
            clicks = -(-left // pages)
            visit = visit_page(page, f"{url}/{address}?{queries.get(address, '')}", address or "today", clicks)
            left, pages = left - clicks, pages - 1
            yield visit
        page.context.close()


def visit_page(page: Page, url: str, name: str, clicks: int) -> Visit:
    page.goto(url)
    page.wait_for_selector("[data-testid=stMainBlockContainer]")
    wait_until_idle(page)
    paint = page.evaluate("vitals.paint")
    done: dict[str, float] = {}
    for number in range(clicks):
        target = choose(page, number)
        label = f"{number + 1} on {name}: {' '.join(target.inner_text().split())[:40] or target.get_attribute('class')}"
        page.evaluate("vitals.clicks = {}")
        target.click()
        wait_until_idle(page)
        done[label] = max(page.evaluate("Object.values(vitals.clicks)"), default=0)  # under 16 ms none is reported
        page.keyboard.press("Escape")
    worst = max(page.evaluate("vitals.shifts"), key=lambda window: window["value"], default=None)
    shift, names = (worst["value"], worst["names"]) if worst else (0, [])
    return Visit(name, paint, done, shift, ", ".join(sorted(set(names)))[:120])


def choose(page: Page, number: int) -> Locator:
    """Another thing to click each time: first on the page, then on the menu."""
    found = page.locator(HARMLESS).filter(visible=True)
    if number < min(ON_A_PAGE, found.count()):
        return found.nth(number * found.count() // ON_A_PAGE)
    links = page.locator(MENU).filter(visible=True)
    return links.nth((3 * number + len(page.url)) % links.count())


def sign_in(browser: Browser, url: str, email: str) -> Page:
    page = browser.new_context(base_url=url, viewport=VIEW, timezone_id="America/Chicago").new_page()
    page.add_init_script(path=OBSERVERS)
    page.set_default_timeout(60_000)
    person = next(person for person in DEMO_PEOPLE if person.email == email)
    page.goto("/auth/sign-in")
    page.fill("input[name=email]", person.email)
    page.fill("input[name=password]", person.password)
    page.click("button[type=submit]")
    page.wait_for_selector("[data-testid=stMainBlockContainer]")
    return page


def print_vitals(visits: list[Visit]) -> None:
    print(f"{'page':<14} {'LCP ms':>7} {'INP ms':>7} {'CLS':>6}  what moved")
    for visit in visits:
        slowest = max(visit.clicks.values(), default=0)
        print(f"{visit.page:<14} {visit.paint:>7.0f} {slowest:>7.0f} {visit.shift:>6.3f}  {visit.shifted}")
    clicks = {label: spent for visit in visits for label, spent in visit.clicks.items()}
    label = max(clicks, key=lambda each: clicks[each])
    print(f"p75 of {len(visits)} pages: LCP {p75(visit.paint for visit in visits):.0f} ms (goal 2,500)")
    print(
        f"p75 of {len(clicks)} clicks: INP {p75(clicks.values()):.0f} ms (goal 200); worst {clicks[label]:.0f}, {label}"
    )
    print(f"p75 of {len(visits)} pages: CLS {p75(visit.shift for visit in visits):.3f} (goal 0.1)")


def p75(values: Iterator[float]) -> float:
    return statistics.quantiles(values, n=4, method="inclusive")[2]


if __name__ == "__main__":
    main()
