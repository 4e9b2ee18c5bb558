"""The first click after the process of a tab has died does what it would have done before, on every page."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.cluster import Cluster, find_execution_id, kill, open_browser, sign_in
from tests.e2e.conftest import wait_until_idle
from tests.e2e.test_navigation import open_run_of_team

Step = Callable[[Page], None]


def expect_dialog(page: Page) -> None:
    expect(page.get_by_role("dialog")).to_be_visible()


def choose_snooze(page: Page) -> None:
    page.get_by_role("button", name="Actions", exact=True).first.click()
    page.get_by_role("menuitem", name="Snooze", exact=True).click()


def choose_hand_over(page: Page) -> None:
    page.get_by_role("button", name="Actions for").first.click()
    page.get_by_role("menuitem", name="Hand over the book").click()


def click_button(name: str | re.Pattern[str]) -> Step:
    return lambda page: page.get_by_role("button", name=name).first.click()


def expect_address(pattern: str) -> Step:
    return lambda page: expect(page).to_have_url(re.compile(pattern))


def expect_heading(name: str) -> Step:
    return lambda page: expect(page.get_by_role("heading", name=name)).to_be_visible()


FIRST_CLICKS: list[tuple[str, Step, Step]] = [
    ("/", click_button("Open"), expect_address("/run?")),
    (
        "/",
        click_button(re.compile("Show .* more")),
        lambda page: expect(page.get_by_text("more can wait")).to_be_hidden(),
    ),
    ("/team", choose_hand_over, expect_dialog),
    ("/inbox", click_button("Hand back"), expect_dialog),
    ("/workflows", click_button("Open"), expect_address("workflow=")),
    ("/workflows?workflow=standard-renewal", click_button("All workflows"), expect_address("/workflows$")),
    ("/conversations", click_button("How do I tell Odette"), expect_address("thread=")),
    ("/actions", click_button("New action"), expect_heading("New action")),
    ("/run?execution={run}&slide=greeting", click_button("Next:"), expect_address("slide=(?!greeting)")),
    ("/run?execution={run}&slide=greeting", choose_snooze, expect_dialog),
]


def open_tabs(context: BrowserContext) -> list[Page]:
    first = context.new_page()
    first.goto("/auth/sign-in")
    sign_in(first, "carol")
    open_run_of_team(first)
    run = find_execution_id(first)
    tabs = [first] + [context.new_page() for _ in FIRST_CLICKS[1:]]
    for page, (address, _, _) in zip(tabs, FIRST_CLICKS, strict=True):
        page.goto(address.format(run=run))
        wait_until_idle(page)
    return tabs


def expect_first_clicks_to_work(tabs: list[Page]) -> None:
    lost = []
    for page, (address, click, expect_result) in zip(tabs, FIRST_CLICKS, strict=True):
        page.bring_to_front()
        click(page)
        try:
            expect_result(page)
        except AssertionError:
            lost.append(address)
    assert not lost


def test_first_click_counts_once_the_only_process_was_killed_and_started_again(
    cluster: Cluster, browser: Browser
) -> None:
    with open_browser(browser, cluster.servers[0].url) as context:
        tabs = open_tabs(context)
        kill(cluster.servers[0])
        cluster.start_again(cluster.servers[0])
        expect_first_clicks_to_work(tabs)


def test_first_click_counts_after_each_process_behind_the_proxy_was_killed(cluster: Cluster, browser: Browser) -> None:
    with open_browser(browser, cluster.url) as context:
        tabs = open_tabs(context)
        for number in (0, 1):
            kill(cluster.servers[number])
            cluster.start_again(cluster.servers[number])
        expect_first_clicks_to_work(tabs)
