"""Answers that are not finished: typed, left, found again, and typed in two tabs at once."""

import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.cluster import find_execution_id
from tests.e2e.conftest import find_renewal, wait_until_idle
from tests.e2e.test_actions import book as book
from tests.e2e.test_work_is_not_lost import find_text, save_text, type_without_leaving

Book = psycopg.Connection[tuple[object, ...]]
STEP = """
    select status, answers ->> 'concern' from public.workflow_step_executions
    where execution_id = %s and slide_id = 'greeting'"""


def open_greeting(page: Page) -> str:
    """Open the first slide of a run from Today; returns the run's id."""
    find_renewal(page).click()
    expect(page).to_have_url(re.compile(r"/run\?.*execution="))
    run = find_execution_id(page)
    open_slide(page, run)
    return run


def open_slide(page: Page, run: str) -> None:
    page.goto(f"/run?execution={run}&slide=greeting")
    expect(find_text(page)).to_be_visible()
    wait_until_idle(page)


def leave_by_link(page: Page) -> None:
    page.get_by_role("link", name="Inbox").click()
    expect(page).to_have_url(re.compile("/inbox"))


def leave_by_slide(page: Page) -> None:
    page.locator(".st-key-run-steps [role=radio]").nth(1).click()
    expect(page).not_to_have_url(re.compile("slide=greeting"))


def reload_page(page: Page) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()


@pytest.mark.parametrize("leave", [leave_by_link, leave_by_slide, reload_page], ids=lambda leave: leave.__name__)
def test_an_answer_left_in_the_middle_of_typing_is_found_again(
    sign_in: Callable[..., Page], book: Book, leave: Callable[[Page], None]
) -> None:
    page = sign_in("bob")
    run = open_greeting(page)
    save_text(page, f"They worry: {leave.__name__}.")
    type_without_leaving(page, " And typed")
    leave(page)
    wait_until_idle(page)
    open_slide(page, run)
    text = f"They worry: {leave.__name__}. And typed"
    expect(find_text(page)).to_have_value(text)
    expect(page.locator("html:not([data-zen-unsaved])")).to_be_attached()
    stored = book.execute(STEP, [run]).fetchone()
    assert stored
    assert stored[1] == text

    tab = page.context.new_page()
    open_slide(tab, run)
    expect(find_text(tab)).to_have_value(text)


@pytest.mark.parametrize("choice", ["Keep these", "Take the others"])
def test_two_tabs_of_one_person_show_both_drafts_and_lose_neither_unasked(
    sign_in: Callable[..., Page], book: Book, choice: str
) -> None:
    one, other = f"First tab: {choice}.", f"Second tab: {choice}."
    kept = other if choice == "Keep these" else one
    first = sign_in("bob")
    run = open_greeting(first)
    second = first.context.new_page()
    open_slide(second, run)
    save_text(first, one)
    second.bring_to_front()
    find_text(second).fill(other)
    find_text(second).blur()
    expect(second.get_by_text("You saved this slide in another tab")).to_be_visible()
    conflict = second.locator(".st-key-run_conflict")
    expect(conflict.get_by_text(one)).to_be_visible()
    expect(conflict.get_by_text(other)).to_be_visible()
    expect(find_text(second)).to_have_value(other)
    stored = book.execute(STEP, [run]).fetchone()
    assert stored
    assert stored[1] == one

    conflict.get_by_role("button", name=choice).click()
    expect(conflict).not_to_be_visible()
    expect(find_text(second)).to_have_value(kept)
    expect(second.locator("html:not([data-zen-unsaved])")).to_be_attached()
    wait_until_idle(second)
    first.bring_to_front()
    first.reload()
    expect(find_text(first)).to_have_value(kept)
