"""The forecast in a browser: give a call, see it in the sums, open the rows behind them; and the page on paper."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import wait_until_idle

AMOUNT = re.compile(r"\$([\d,]+)")


def read_own_call(row: Locator) -> int:
    """What the CSM's call on a renewal expects, in dollars; 0 without a call."""
    text = row.locator(".zen-facts > div").filter(has_text="CSM's call").inner_text()
    found = AMOUNT.search(text)
    return int(found[1].replace(",", "")) if found else 0


def open_sum_of_own_calls(page: Page) -> int:
    """Open the table of the chart; what the CSM's calls of all four quarters expect together."""
    page.get_by_text("Show as table").click()
    table = page.get_by_role("table")
    expect(table).to_be_visible()
    column = table.get_by_role("columnheader").all_inner_texts().index("CSM's call")
    total = table.get_by_role("row").filter(has_text="Four quarters").get_by_role("cell").nth(column).inner_text()
    return int(total.strip("$").replace(",", ""))


def test_a_call_is_given_counts_in_the_sum_and_stands_in_its_row(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    page.goto("/forecast")
    wait_until_idle(page)
    row = page.locator("[class*=st-key-list_row-renewal]").filter(has=page.get_by_role("button")).first
    before, own = open_sum_of_own_calls(page), read_own_call(row)
    row.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Likely").click()
    expect(dialog).to_contain_text("More likely than not to renew.")
    dialog.get_by_label("ARR afterwards").fill("12345")
    dialog.get_by_role("textbox", name=re.compile("^(Reason|Why)")).fill("They said so on the phone.")
    dialog.get_by_role("button", name="Save call").click()
    expect(dialog).not_to_be_visible()
    expect(row).to_contain_text("Likely · $12,345")
    wait_until_idle(page)
    assert open_sum_of_own_calls(page) == before - own + 12_345


def test_on_paper_there_is_the_page_without_menu_and_buttons(sign_in: Callable[..., Page]) -> None:
    page = sign_in("alice")
    page.goto("/forecast")
    wait_until_idle(page)
    row = page.locator("[class*=st-key-list_row-renewal]").filter(has=page.locator("button")).first
    expect(row.locator("button").first).to_be_visible()
    page.emulate_media(media="print")
    expect(row).to_be_visible()
    expect(row.locator("button").first).to_be_hidden()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
