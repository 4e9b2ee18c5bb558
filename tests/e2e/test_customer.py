"""The page of a customer in a browser: open it from Today, edit a contact, undo, write a note."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import wait_until_idle

CUSTOMER_URL = re.compile(r"/customer\?id=[0-9a-f-]{36}$")


def open_customer(page: Page) -> str:
    """Open the first customer of Today by its name; returns the name."""
    link = page.get_by_test_id("stMain").locator("a.zen-link").first
    name = link.inner_text()
    link.click()
    expect(page).to_have_url(CUSTOMER_URL)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    wait_until_idle(page)
    return name


def test_a_customer_is_opened_from_today_without_loading_the_app_again(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    page.evaluate("window.isSameTab = true")
    before = page.evaluate("history.length")
    name = open_customer(page)
    expect(page).to_have_title(f"{name} · Zen")
    assert page.evaluate("window.isSameTab")
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(page).to_have_title("Today · Zen")


def test_a_contact_is_edited_undone_and_a_note_written(
    sign_in: Callable[..., Page], picture: Callable[..., None]
) -> None:
    page = sign_in("alice")
    open_customer(page)
    picture(page, "customer")
    contact = page.locator("[class*=st-key-list_row-contact]").first
    contact.get_by_role("button").click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Job title").fill("Chief of tests")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).not_to_be_visible()
    expect(contact).to_contain_text("Chief of tests")
    notice = page.locator(".st-key-act_notice")
    notice.get_by_role("button", name="Undo").click()
    expect(contact).not_to_contain_text("Chief of tests")

    page.get_by_label("Write a note").fill("They want the order form by Friday.")
    page.get_by_role("button", name="Save note").click()
    expect(notice).to_contain_text("Saved the note.")
    expect(page.locator(".zen-entry").first).to_contain_text("They want the order form by Friday.")
    notice.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("They want the order form by Friday.").first).not_to_be_visible()


def test_the_page_fits_a_phone(sign_in: Callable[..., Page], picture: Callable[..., None]) -> None:
    page = sign_in("alice", phone=True)
    open_customer(page)
    picture(page, "customer-phone")
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("element => element.scrollWidth <= element.clientWidth")
