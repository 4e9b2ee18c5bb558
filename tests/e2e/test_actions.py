"""Actions on runs in the browser: snooze, escalate, skip, and undo."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from playwright.sync_api import Page, expect

from lib.local import find_running_stack
from tests.e2e.conftest import find_renewal, find_row, wait_until_idle
from tests.support.server import AppServer


@pytest.fixture
def book(demo: AppServer, demo_folder: Path) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The demo book's database, past the policies: to let time pass."""
    running = find_running_stack(folder=demo_folder)
    assert running is not None
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        yield connection


def open_action(page: Page, what: str, *, of: int = 0) -> None:
    page.get_by_role("button", name="Actions", exact=True).nth(of).click()
    page.get_by_role("menuitem", name=what).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    wait_until_idle(page)


def fill_textbox(page: Page, label: str, text: str) -> None:
    box = page.get_by_role("dialog").get_by_role("textbox", name=label, exact=True)
    box.fill(text)
    box.blur()
    wait_until_idle(page)


def submit_dialog(page: Page, verb: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=verb, exact=True).click()
    expect(page.get_by_role("dialog")).not_to_be_visible()
    wait_until_idle(page)


def test_what_is_snoozed_leaves_today_waits_in_the_inbox_and_comes_back(
    sign_in: Callable[..., Page], picture: Callable[..., None], book: psycopg.Connection[tuple[object, ...]]
) -> None:
    page = sign_in("bob")
    name = find_row(page, "as planned").get_by_role("heading", level=3).inner_text()
    customer = re.split(r"\s+\S*Health", name)[0].strip()
    open_action(page, "Snooze")
    page.get_by_role("dialog").get_by_role("button", name="Tomorrow").or_(
        page.get_by_role("dialog").get_by_role("radio", name="Tomorrow")
    ).first.click()
    wait_until_idle(page)
    fill_textbox(page, "Why", "They are at a fair.")
    picture(page, "snooze")
    submit_dialog(page, "Snooze")
    expect(page.get_by_text("Snoozed until")).to_be_visible()
    expect(page.get_by_role("heading", name=customer)).not_to_be_visible()

    page.get_by_role("link", name=re.compile("snoozed")).click()
    expect(page.get_by_text("They are at a fair.")).to_be_visible()
    wait_until_idle(page)
    picture(page, "inbox")

    book.execute(
        "update public.workflow_snoozes set until_at = now() - interval '1 minute' where reason like '%a fair.'"
    )
    page.goto("/")
    woken = find_row(page, "They are at a fair.")
    expect(woken.get_by_text("Snoozed because")).to_be_visible()
    wait_until_idle(page)
    woken.get_by_role("button", name="Open", exact=True).click()
    expect(page).to_have_url(re.compile(r"/run\?.*slide="))
    expect(page.get_by_text("as you planned")).to_be_visible()


def test_an_escalation_goes_to_the_manager_and_comes_back_decided(
    sign_in: Callable[..., Page], picture: Callable[..., None]
) -> None:
    bob, carol = sign_in("bob"), sign_in("carol")
    find_row(bob, "Calder Rail").get_by_role("button", name="Open", exact=True).click()
    expect(bob).to_have_url(re.compile(r"/run\?"))
    wait_until_idle(bob)
    open_action(bob, "Escalate")
    box = bob.get_by_role("dialog").get_by_role("combobox", name="Assign to")
    box.click()
    bob.get_by_role("option", name=re.compile("Carol Adeyemi")).click()
    wait_until_idle(bob)
    fill_textbox(bob, "Your request", "May we offer 15 % for two years?")
    submit_dialog(bob, "Escalate")
    expect(bob.get_by_text("Escalated to Carol Adeyemi").first).to_be_visible()

    carol.goto("/")
    expect(carol.get_by_text("Escalated to you by Bob Lindqvist").first).to_be_visible()
    customer = bob.get_by_role("heading", level=1).inner_text()
    carol.goto(f"/inbox?customer={quote(customer)}")
    carol.get_by_role("button", name="Acknowledge").first.click()
    expect(carol.get_by_text("clock has stopped")).to_be_visible()
    wait_until_idle(carol)
    carol.get_by_role("button", name="Hand back").first.click()
    fill_textbox(carol, "Decision", "Yes, 15 %, signed this year.")
    submit_dialog(carol, "Hand back")

    bob.goto("/")
    expect(bob.get_by_text("Handed back by Carol Adeyemi")).to_be_visible()
    expect(bob.get_by_text("Yes, 15 %, signed this year.")).to_be_visible()
    picture(bob, "today-decided", tall=1400)
    find_row(bob, "Handed back by").get_by_role("button", name="Open", exact=True).click()
    expect(bob.get_by_text("Handed back by Carol Adeyemi")).to_be_visible()
    wait_until_idle(bob)
    picture(bob, "run-decided", tall=1180)
    bob.goto("/")
    expect(find_row(bob, customer).get_by_text("slides done")).to_be_visible()
    expect(bob.get_by_text("Handed back by Carol Adeyemi")).not_to_be_visible()


def test_a_skipped_slide_is_resumed_and_a_skip_is_undone(sign_in: Callable[..., Page]) -> None:
    page = sign_in("bob")
    find_renewal(page).click()
    expect(page).to_have_url(re.compile(r"/run\?.*slide="))
    page.goto(re.sub("slide=.*", "slide=contract-terms", page.url))
    wait_until_idle(page)
    for undo_with in ("Resume", "Undo"):
        title = page.get_by_role("heading", level=2).first.inner_text()
        open_action(page, "Skip this slide")
        page.get_by_role("dialog").get_by_text("No data for this").click()
        wait_until_idle(page)
        submit_dialog(page, "Skip")
        expect(page.get_by_role("heading", name=title, level=2)).not_to_be_visible()
        if undo_with == "Undo":
            page.get_by_role("button", name="Undo").first.click()
            expect(page.get_by_text(re.compile("Undid “"))).to_be_visible()
        page.goto(re.sub("slide=.*", "slide=contract-terms", page.url))
        wait_until_idle(page)
        if undo_with != "Undo":
            expect(page.get_by_text("This slide is skipped")).to_be_visible()
            page.get_by_role("button", name=undo_with).click()
        expect(page.get_by_text("This slide is skipped")).not_to_be_visible()
        wait_until_idle(page)
