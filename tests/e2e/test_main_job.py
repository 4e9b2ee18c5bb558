"""The main job, from the morning's first thing to a completed run, in a real browser on real data."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Locator, Page, WebSocketRoute, expect

from tests.e2e.conftest import find_row, wait_until_idle

FOCUSED_NAME = """() => {
  const focused = document.activeElement
  return focused.ariaLabel || focused.labels?.[0]?.innerText || focused.innerText || ''
}"""
GOAL = "Two years, signed a week before the deadline."


def expect_heading(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, level=2)).to_be_visible()
    wait_until_idle(page)


def find_question(page: Page, label: str) -> Locator:
    """The text box or number of a question that says `label` somewhere."""
    return page.get_by_role("textbox", name=re.compile(label)).or_(
        page.get_by_role("spinbutton", name=re.compile(label))
    )


def fill_question(page: Page, label: str, text: str) -> None:
    box = find_question(page, label)
    box.fill(text)
    box.blur()
    wait_until_idle(page)


def choose_option(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    box = page.get_by_role("combobox", name=re.compile(label))
    box.click()
    box.press("ArrowDown")
    page.get_by_role("option", name=option).first.click()
    wait_until_idle(page)


def pick_from_list(page: Page, option: str) -> None:
    page.get_by_role("radio", name=option, exact=True).click()
    wait_until_idle(page)


def press_next(page: Page) -> None:
    page.get_by_role("button", name="Next:").click()
    wait_until_idle(page)


def test_from_the_first_thing_of_the_day_to_a_completed_run(
    sign_in: Callable[..., Page], picture: Callable[..., None]
) -> None:
    page = sign_in("alice")
    expect(page.get_by_text("Three things matter today")).to_be_visible()
    picture(page, "today", tall=1680)
    find_row(page, "Fennimore Logistics").get_by_role("button", name="Open", exact=True).click()

    expect(page).to_have_url(re.compile(r"/run\?workflow=standard-renewal&customer=[0-9a-f-]{36}"))
    expect(page.get_by_role("heading", name="Fennimore Logistics", level=1)).to_be_visible()
    fill_question(page, "good renewal", GOAL)
    expect(page.locator(".st-key-run_saved")).to_contain_text("Saved")
    picture(page, "run", tall=1180)

    page.reload()
    expect(find_question(page, "good renewal")).to_have_value(GOAL)

    press_next(page)
    expect_heading(page, "Review the account")
    press_next(page)
    expect(page.get_by_text("Needs an answer.")).to_be_visible()
    fill_question(page, "stands out", "A third of the seats is in use.")
    page.keyboard.press("Alt+PageDown")

    expect_heading(page, "Contract terms")
    pick_from_list(page, "Yes")
    choose_option(page, "renewal (heading|going)", re.compile("."))
    press_next(page)

    expect_heading(page, "Assess the risk")
    pick_from_list(page, "High")
    fill_question(page, "Why", "The sponsor has not answered since September.")
    press_next(page)

    expect_heading(page, "Pricing strategy")
    pick_from_list(page, "Seats in use")
    picture(page, "run-pricing", tall=1960)
    press_next(page)

    expect_heading(page, "Prepare the quote")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the quote").click()
    assert re.fullmatch(
        r"quote-(draft-)?Fennimore-Logistics-Q-\w{4}-\w{4}-r\d+\.pdf", download.value.suggested_filename
    )
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    press_next(page)

    expect_heading(page, "Draft the email")
    press_next(page)
    expect_heading(page, "Schedule the call")
    page.go_back()
    expect_heading(page, "Draft the email")
    page.go_forward()
    expect_heading(page, "Schedule the call")
    press_next(page)

    expect_heading(page, "Summary and outcome")
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("Needs an answer.")).to_be_visible()
    pick_from_list(page, "Renewed for less")
    expect(page.get_by_text("Needs an answer.")).not_to_be_visible()
    fill_question(page, "ARR from now on", "61000")
    fill_question(page, "Why", "They gave back the seats nobody used.")
    picture(page, "run-summary", tall=1900)
    page.get_by_role("button", name="Complete").dblclick()
    expect(page.get_by_text("This changes the book")).to_be_in_viewport()
    wait_until_idle(page)
    page.get_by_role("button", name="Complete and add the contract").dblclick()
    expect(page.get_by_text("Completed on")).to_be_visible()
    expect(page.get_by_text("Undo takes all of it back")).to_be_visible()
    wait_until_idle(page)
    page.get_by_text("What happened in this run").click()
    expect(page.get_by_text("completed the run: renewed for less")).to_be_visible()
    picture(page, "run-completed")

    page.get_by_role("link", name="Back to Today").first.click()
    expect(page.get_by_text("Completed this week: 3")).to_be_visible()
    expect(page.get_by_text("Fennimore Logistics", exact=True)).not_to_be_visible()


def test_a_deep_link_leads_through_the_sign_in_page_to_its_slide(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    page.get_by_role("link", name="Resume").first.click()
    expect(page).to_have_url(re.compile(r"/run\?.*slide="))
    deep = re.sub("slide=.*", "slide=summary", page.url)
    page.evaluate("sessionStorage.setItem('kept', 'words of hers')")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("out=everywhere"))
    assert page.evaluate("sessionStorage.getItem('kept')") is None, "whoever signs in here next finds nothing"
    page.goto(deep)
    expect(page).to_have_url(re.compile("/auth/sign-in"))
    page.fill("input[name=email]", "alice@larkfield.example")
    page.fill("input[name=password]", "calm-monday")
    page.click("button[type=submit]")
    expect_heading(page, "Summary and outcome")


def test_two_tabs_meet_and_choose(sign_in: Callable[..., Page], picture: Callable[..., None]) -> None:
    alice, carol = sign_in("alice"), sign_in("carol")
    alice.get_by_role("link", name="Resume").first.click()
    expect(alice).to_have_url(re.compile(r"/run\?.*slide="))
    deep = re.sub("slide=.*", "slide=greeting", alice.url)
    for page in (alice, carol):
        page.goto(deep)
        expect(find_question(page, "worries")).to_be_visible()
        wait_until_idle(page)
    fill_question(carol, "worries", "Carol's worry")
    fill_question(alice, "worries", "Alice's worry")
    expect(alice.get_by_text("Carol Adeyemi saved this slide")).to_be_visible()
    expect(find_question(alice, "worries")).to_have_value("Alice's worry")
    picture(alice, "run-conflict", tall=1500)
    alice.get_by_role("button", name="Take theirs").click()
    expect(find_question(alice, "worries")).to_have_value("Carol's worry")


@pytest.mark.parametrize("is_reached", [True, False], ids=["server reached", "server not reached"])
def test_unsent_text_is_asked_about_and_restored_after_a_reload(sign_in: Callable[..., Page], is_reached: bool) -> None:
    page, asked, sockets, cut = sign_in("alice"), [], [], []

    def carry(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        sockets.append(socket)
        socket.on_message(lambda message: None if socket in cut else server.send(message))

    def go(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.route_web_socket(re.compile("/_stcore/stream"), carry)
    page.on("dialog", go)
    page.get_by_role("link", name="Resume").first.click()
    expect(page).to_have_url(re.compile(r"/run\?.*slide="))
    page.goto(re.sub("slide=.*", "slide=greeting", page.url))
    expect(find_question(page, "worries")).to_be_visible()
    wait_until_idle(page)
    typed = f"Typed and not left: {is_reached}."
    find_question(page, "worries").fill("")
    find_question(page, "worries").press_sequentially(typed)
    cut += [] if is_reached else sockets
    page.reload()
    expect(find_question(page, "worries")).to_have_value(typed)
    wait_until_idle(page)
    assert asked == ["beforeunload"]
    page.reload()
    expect(find_question(page, "worries")).to_have_value(typed)
    assert asked == ["beforeunload"], "what is kept is not asked about"


def test_dark_and_on_a_phone(sign_in: Callable[..., Page], picture: Callable[..., None]) -> None:
    for name, options, tall in (("dark", {"dark": True}, 1680), ("phone", {"phone": True}, None)):
        page = sign_in("alice", **options)
        expect(page.get_by_text(re.compile("matters? today"))).to_be_visible()
        picture(page, f"today-{name}", tall=tall)
        page.get_by_role("link", name="Resume").first.click()
        expect(page).to_have_url(re.compile(r"/run\?.*slide="))
        page.goto(re.sub("slide=.*", "slide=review-account", page.url))
        expect_heading(page, "Review the account")
        picture(page, f"run-{name}", tall=tall)
        if name == "phone":
            page.goto(re.sub("slide=.*", "slide=schedule-call", page.url))
            expect_heading(page, "Schedule the call")
            expect(page.get_by_role("radio", name="Call")).to_be_in_viewport(ratio=1)
            assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out sideways"


def test_everything_is_reached_by_keyboard(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    page.get_by_role("link", name="Resume").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/run\?.*slide="))
    wait_until_idle(page)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''"))
    seen = "\n".join(reached)
    for name in ("Next:", "Back", "Refresh", "What happened in this run"):
        assert name in seen, name

    page = sign_in("bob")
    complete_run_by_keyboard(page)
    press_tab_until(page, "^Undo$", most=6)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Completed on")).not_to_be_visible()


def complete_run_by_keyboard(page: Page) -> None:
    """From Today to the end of a run with Tab, Enter, Space and what is typed."""
    press_tab_until(page, "^Resume$")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-run_footer")).to_be_visible()
    wait_until_idle(page)
    while (title := page.get_by_role("heading", level=2).first.inner_text()) != "Summary and outcome":
        press_tab_until(page, "^Next:", most=30)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=2).first).not_to_have_text(title)
        wait_until_idle(page)
    press_tab_until(page, "^Renewed$", most=3)
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Renewed", exact=True)).to_be_checked()
    wait_until_idle(page)
    press_tab_until(page, "^ARR from now on", most=4)
    page.keyboard.type("80000")
    press_tab_until(page, "^Complete$", most=12)
    wait_until_idle(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("This changes the book")).to_be_in_viewport()
    wait_until_idle(page)
    press_tab_until(page, "^Complete and add the contract$", most=6)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Completed on")).to_be_visible()
    wait_until_idle(page)


def press_tab_until(page: Page, name: str, *, most: int = 60) -> None:
    """Press Tab until what has the focus is named so; its icon stands on a line of its own."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = str(page.evaluate(FOCUSED_NAME)).strip()
        if len(focused) < 100 and re.search(name, focused, re.MULTILINE):
            return
    raise AssertionError(f"{name} is not reached by {most} tabs.")
