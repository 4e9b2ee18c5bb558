"""The builder by the keyboard alone: clone, change, preview, publish, start a run, move it and put it back."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import wait_until_idle

STOCK = "standard-renewal"
MAX_TABS = 150
IS_FOCUSED = "element => element === document.activeElement"


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus."""
    expect(target).to_be_visible()
    for _ in range(MAX_TABS):
        if target.evaluate(IS_FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{MAX_TABS} tabs do not reach {target}")


def press(page: Page, name: str | re.Pattern[str], role: str = "button") -> None:
    tab_to(page, page.get_by_role(role, name=name, exact=isinstance(name, str)).last)  # type: ignore[arg-type]
    page.keyboard.press("Enter")
    wait_until_idle(page)


def pick(page: Page, label: str, words: str | None = None) -> None:
    """Choose the option that has `words`, else the first."""
    tab_to(page, page.get_by_role("combobox", name=label))
    page.keyboard.press("ArrowDown")
    words = words or page.get_by_role("option").first.inner_text()
    page.keyboard.type(words)
    expect(page.get_by_role("option").first).to_contain_text(words)
    page.keyboard.press("Enter")
    wait_until_idle(page)


def choose_tab(page: Page, name: str) -> None:
    """Choose a tab of the editor by the arrow keys of its group, which is one stop of the Tab key."""
    tabs = page.locator(".st-key-builder_tabs")
    tab_to(page, tabs.get_by_role("radio", checked=True))
    chosen = tabs.get_by_role("radio", name=re.compile(name))
    for _ in range(3):
        if chosen.evaluate(IS_FOCUSED):
            break
        page.keyboard.press("ArrowRight")
    expect(chosen).to_be_focused()
    page.keyboard.press("Space")
    expect(chosen).to_be_checked()
    wait_until_idle(page)


def type_over(page: Page, label: str, text: str) -> None:
    tab_to(page, page.get_by_role("textbox", name=label))
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    wait_until_idle(page)


def wait_for_outline(page: Page) -> None:
    page.wait_for_selector(".zen-outline-slides li")
    wait_until_idle(page)


def open_workflow(page: Page) -> None:
    page.goto(f"/workflows?workflow={STOCK}")
    wait_until_idle(page)


def find_slide(page: Page, place: int) -> Locator:
    return page.locator(".zen-outline-choose").nth(place)


def publish(page: Page, version: int) -> None:
    press(page, "Publish…")
    press(page, "Publish")
    expect(page.get_by_text(f"is published as version {version}")).to_be_visible()


# Frank's company is no other test's: its standard renewal may change.
def test_a_manager_builds_publishes_and_moves_a_run_by_keyboard(sign_in: Callable[..., Page]) -> None:
    page = sign_in("frank")
    open_workflow(page)
    press(page, "Clone")
    wait_for_outline(page)
    slides = page.locator(".zen-outline-slides li .zen-outline-title")
    before = slides.all_inner_texts()

    # Two slides go; the focus stays in the list, at the slide that came into the place.
    tab_to(page, find_slide(page, 0))
    page.keyboard.press("ArrowDown")
    expect(find_slide(page, 1)).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Delete")
        wait_until_idle(page)
        expect(find_slide(page, 1)).to_be_focused()
    assert slides.all_inner_texts() == [before[0], *before[3:]]

    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    wait_until_idle(page)
    expect(find_slide(page, 0)).to_be_focused()
    type_over(page, "Lead", "By keyboard: {{ customer.name }} first.")
    pick(page, "Preview with")
    expect(page.locator(".st-key-builder_slide")).to_contain_text("By keyboard:")

    choose_tab(page, "Chat")
    press(page, "Add a question")
    type_over(page, "Question", "Not now")
    pick(page, "Answer comes from", "Proposes an action")
    pick(page, "Action", "Snooze")
    expect(page.get_by_text("to solve before it can be published")).to_have_count(0)
    publish(page, 1)

    press(page, "Open it in Workflows", role="link")
    pick(page, "For a customer")
    press(page, "Open")
    expect(page.get_by_text("By keyboard:")).to_be_visible()
    press(page, "Start the run")
    open_workflow(page)
    press(page, "Edit")
    wait_for_outline(page)
    tab_to(page, find_slide(page, 0))
    page.keyboard.press("Enter")
    wait_until_idle(page)
    type_over(page, "Lead", "By keyboard, again.")
    publish(page, 2)

    press(page, "Choose all")
    press(page, "Move them")
    expect(page.get_by_text("1 run moved.")).to_be_visible()
    press(page, re.compile("^Undo for"))
    expect(page.get_by_text("1 run moved.")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Runs to move")).to_be_visible()
