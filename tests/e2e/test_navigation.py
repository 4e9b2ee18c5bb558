"""History, tab titles, dialogs and notices as a browser has them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import wait_until_idle

RUN_URL = re.compile(r"/run\?execution=[0-9a-f-]{36}")


def open_run(page: Page, number: int = 0) -> str:
    """Open a run from Today; returns its customer."""
    page.get_by_role("link", name="Resume").nth(number).click()
    expect(page).to_have_url(RUN_URL)
    expect(page.locator(".st-key-run_footer")).to_be_visible()
    wait_until_idle(page)
    return page.get_by_role("heading", level=1).inner_text()


def open_run_of_team(page: Page) -> None:
    """As a manager: open the run of the team that is due first."""
    page.goto("/team?show=open")
    page.locator("[data-testid=stMain]").get_by_role("link", name="Open").first.click()
    expect(page).to_have_url(RUN_URL)
    expect(page.locator(".st-key-run_footer")).to_be_visible()
    wait_until_idle(page)


def open_dialog(page: Page, name: str) -> None:
    page.get_by_role("button", name="Actions", exact=True).first.click()
    page.get_by_role("menuitem", name=name).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    wait_until_idle(page)


def reopen_run(page: Page) -> None:
    """Open the ended run on screen again, for the tests that follow."""
    page.get_by_role("button", name="Reopen", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("It was ended for a test.")
    dialog.get_by_role("button", name="Reopen", exact=True).click()
    expect(dialog).not_to_be_visible()
    wait_until_idle(page)


def history_length(page: Page) -> int:
    return int(page.evaluate("history.length"))


def test_each_page_and_slide_is_one_entry_of_the_history(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    wait_until_idle(page)
    before = history_length(page)
    open_run(page)
    assert history_length(page) == before + 1
    opened_at = page.url
    pills = page.locator(".st-key-run-steps [role=radio]")
    pills.nth(0).click()
    wait_until_idle(page)
    assert history_length(page) == before + 2
    page.go_back()
    expect(page).to_have_url(opened_at)
    wait_until_idle(page)
    page.go_back()
    expect(page).to_have_title("Today · Zen")
    expect(page.get_by_role("link", name="Resume").first).to_be_visible()


def test_back_from_a_run_opened_by_a_button_finds_the_address_of_today(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    page.goto("/")
    wait_until_idle(page)
    today, before = page.url, history_length(page)
    page.get_by_role("button", name="Open", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"/run\?"))
    expect(page.locator(".st-key-run_footer")).to_be_visible()
    wait_until_idle(page)
    opened_at = page.url
    page.go_back()
    expect(page).to_have_title("Today · Zen")
    wait_until_idle(page)
    assert page.url == today
    page.go_forward()
    expect(page.locator(".st-key-run_footer")).to_be_visible()
    assert page.url == opened_at
    assert history_length(page) == before + 1


def test_back_from_a_run_opened_without_a_slide_leaves_it(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    wait_until_idle(page)
    open_run(page)
    execution = page.url.split("&")[0]
    page.goto("/inbox")
    wait_until_idle(page)
    page.goto(execution)
    expect(page.locator(".st-key-run_footer")).to_be_visible()
    wait_until_idle(page)
    first = page.get_by_role("heading", level=2).first.inner_text()
    page.locator(".st-key-run-steps [role=radio]").nth(1).click()
    wait_until_idle(page)
    page.go_back()
    expect(page.get_by_role("heading", name=first, level=2)).to_be_visible()
    wait_until_idle(page)
    page.go_back()
    expect(page).to_have_url(re.compile("/inbox$"))


def find_menu_link(page: Page, name: str) -> Locator:
    """A page in the menu; beside Inbox stands how much waits."""
    return page.get_by_role("link", name=re.compile(rf"^{name}( \d+)?$")).first


def test_back_and_forward_find_every_page_as_it_was(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    page.goto("/")
    wait_until_idle(page)
    visited = [(page.url, page.title())]

    def visit(click: Callable[[], None], address: str) -> None:
        click()
        expect(page).to_have_url(re.compile(address))
        wait_until_idle(page)
        visited.append((page.url, page.title()))

    def follow(name: str) -> Callable[[], None]:
        return find_menu_link(page, name).click

    def press(name: str) -> Callable[[], None]:
        return page.get_by_role("button", name=name).first.click

    visit(follow("Inbox"), "/inbox$")
    visit(follow("Workflows"), "/workflows$")
    visit(press("Open"), r"/workflows\?workflow=")
    visit(press("All workflows"), "/workflows$")
    visit(follow("Conversations"), "/conversations$")
    visit(press("How do I tell Odette"), r"/conversations\?thread=")
    visit(follow("Actions"), "/actions$")
    assert len({title for _, title in visited}) == 7, (
        "every page has a title of its own, the catalogue one for both visits"
    )
    for go, steps in ((page.go_back, visited[-2::-1]), (page.go_forward, visited[1:])):
        for address, title in steps:
            go()
            expect(page).to_have_url(address)
            expect(page).to_have_title(title)
            wait_until_idle(page)


def test_tabs_are_named_after_page_and_customer(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    expect(page).to_have_title("Today · Zen")
    for name in ("Inbox", "Workflows", "Conversations", "Actions"):
        find_menu_link(page, name).click()
        expect(page).to_have_title(f"{name} · Zen")
    page.goto("/")
    wait_until_idle(page)
    customer = open_run(page)
    expect(page).to_have_title(re.compile(rf"^{re.escape(customer)} – .+ · Zen$"))


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_escape_closes_a_dialog_and_keeps_what_was_typed(sign_in: Callable[..., Page], phone: bool) -> None:
    page = sign_in("alice", phone=phone)
    wait_until_idle(page)
    open_run(page)
    open_dialog(page, "Escalate")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    wait_until_idle(page)
    assert page.get_by_text("was not sent").count() == 0, "nothing was typed"
    open_dialog(page, "Escalate")
    page.get_by_role("dialog").get_by_role("textbox", name="Your request").press_sequentially("May we?")
    page.keyboard.press("Escape")
    expect(page.get_by_text("was not sent. What you typed is kept.")).to_be_in_viewport()
    page.get_by_role("button", name="Continue").click()
    request = page.get_by_role("dialog").get_by_role("textbox", name="Your request")
    expect(request).to_have_value("May we?")
    wait_until_idle(page)
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_text("was not sent. What you typed is kept.")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("was not sent. What you typed is kept.")).not_to_be_visible()


def test_escape_closes_every_dialog_of_a_run(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    wait_until_idle(page)
    open_run(page)
    page.get_by_role("button", name="Actions", exact=True).first.click()
    expect(page.get_by_role("menuitem").first).to_be_visible()
    names = [name.split("\n")[-1] for name in page.get_by_role("menuitem").all_inner_texts()]
    page.keyboard.press("Escape")
    assert len(names) >= 5
    for name in names:
        open_dialog(page, name)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).not_to_be_visible()
        wait_until_idle(page)
        assert page.get_by_text("was not sent").count() == 0, f"{name}: nothing was typed"


def test_what_was_typed_in_a_dialog_survives_the_browsers_back(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    wait_until_idle(page)
    customer = open_run(page)
    open_dialog(page, "Escalate")
    request = page.get_by_role("dialog").get_by_role("textbox", name="Your request")
    request.fill("May we?")
    request.blur()
    wait_until_idle(page)
    page.go_back()
    expect(page).to_have_title("Today · Zen")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    assert page.get_by_text("was not sent").count() == 0, "it belongs to the run"
    page.go_forward()
    expect(page.get_by_text(f"for {customer} was not sent. What you typed is kept.")).to_be_visible()


def test_an_unknown_address_leads_to_today(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    page.goto("/workflows/builder")
    expect(page.get_by_role("heading", name="There is no page here")).to_be_visible()
    page.get_by_role("link", name="Go to Today").click()
    expect(page).to_have_title("Today · Zen")


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_completing_is_confirmed_in_view_and_in_focus(sign_in: Callable[..., Page], phone: bool) -> None:
    page = sign_in("bob", phone=phone)
    wait_until_idle(page)
    open_run(page, -1)
    page.goto(re.sub("&slide=.*|$", "&slide=summary", page.url, count=1))
    expect(page.get_by_role("heading", name="Summary and outcome")).to_be_visible()
    wait_until_idle(page)
    outcome = page.get_by_role("radio", name="No decision")
    if not outcome.is_checked():
        outcome.click()
        wait_until_idle(page)
    why = page.get_by_role("textbox", name=re.compile("Why"))
    why.fill("They have not answered.")
    why.blur()
    wait_until_idle(page)
    page.get_by_role("button", name="Complete", exact=True).click()
    anyway = page.get_by_role("button", name="Complete anyway")
    leave = page.get_by_role("button", name="Complete without these changes")
    done = page.get_by_text("Completed on")
    expect(anyway.or_(leave).or_(done).first).to_be_visible()
    if anyway.is_visible():
        expect(anyway).to_be_in_viewport()
        anyway.click()
        expect(leave.or_(done).first).to_be_visible()
    if leave.is_visible():
        expect(leave).to_be_in_viewport()
        leave.click()
    expect(done).to_be_in_viewport()
    wait_until_idle(page)
    expect(done).to_be_in_viewport()
    assert page.evaluate("document.activeElement.className").count("st-key-run_ending"), "it is heard as well"
    reopen_run(page)
