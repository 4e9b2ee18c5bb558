"""The book in a browser: find, sort, tick rows by the keyboard, act on several, export, open a customer; on a phone."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import wait_until_idle


def open_book(page: Page, query: str = "") -> None:
    page.goto(f"/book{query}")
    page.wait_for_selector(".zen-book")
    wait_until_idle(page)


def list_names(page: Page) -> list[str]:
    return page.locator("td.zen-book-name").all_inner_texts()


def test_a_manager_finds_sorts_ticks_and_exports(sign_in, picture):
    page = sign_in("carol")
    page.get_by_role("link", name="Book", exact=True).click()
    page.wait_for_selector(".zen-book")
    wait_until_idle(page)
    picture(page, "book")

    page.get_by_role("button", name="ARR", exact=True).click()
    expect(page).to_have_url(re.compile(r"sort=arr\.desc"))
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("ARR")
    largest = list_names(page)[0]

    boxes = page.locator(".zen-book tbody input[type=checkbox]")
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("2 selected")).to_be_visible()
    expect(boxes.nth(0)).to_be_checked()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_text("2 selected, 2 on other pages")).to_be_visible()
    page.get_by_role("button", name="Previous", exact=True).click()
    expect(page.locator(".zen-book tbody input:checked")).to_have_count(2)
    page.get_by_role("button", name="Start a workflow").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 customers")
    dialog.get_by_role("button", name="Cancel").click()

    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Customer,Owner,ARR")
    assert len(lines) > 50
    page.keyboard.press("Escape")

    page.locator("td.zen-book-name a").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/customer\?id="))
    wait_until_idle(page)
    expect(page.get_by_text(largest).first).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/book\?sort=arr\.desc"))


def test_filters_stay_in_a_link_and_renewals_open_their_rows(sign_in):
    page = sign_in("carol")
    open_book(page, "?health=red")
    shown = list_names(page)
    page.reload()
    page.wait_for_selector(".zen-book")
    wait_until_idle(page)
    assert list_names(page) == shown
    page.get_by_text("Renewals", exact=True).click()
    page.wait_for_selector(".zen-renewals")
    page.locator(".zen-open").first.click()
    expect(page).to_have_url(re.compile(r"(deadline|ends)=20"))


def test_on_a_phone_each_row_is_a_card_within_the_screen(sign_in, picture):
    page = sign_in("carol", phone=True)
    open_book(page)
    expect(page.locator(".zen-book thead")).to_be_hidden()
    widths = page.evaluate(
        "[...document.querySelectorAll('.zen-book td')].map(each => each.getBoundingClientRect().right)"
    )
    assert max(widths) <= 390
    picture(page, "book-phone")


def test_the_book_is_dark_where_the_browser_is(sign_in, picture):
    page = sign_in("carol", dark=True)
    open_book(page)
    picture(page, "book-dark")
