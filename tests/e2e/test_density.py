"""The density a person chooses in their profile."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import wait_until_idle

COUNT_ROWS = """() => [...document.querySelectorAll('.zen-book tbody tr')]
  .filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"""


def choose_density(page: Page, label: str) -> None:
    page.goto("/auth/profile")
    page.get_by_label(label).check()
    page.locator("section").filter(has_text="Density").get_by_role("button", name="Save").click()
    expect(page.get_by_label(label)).to_be_checked()


def count_book_rows(page: Page) -> int:
    page.goto("/book")
    expect(page.locator(".zen-book")).to_be_visible()
    wait_until_idle(page)
    return int(page.evaluate(COUNT_ROWS))


def test_compact_shows_half_as_many_rows_again(sign_in: Callable[..., Page]) -> None:
    page = sign_in("carol")
    page.set_viewport_size({"width": 1440, "height": 900})
    calm = count_book_rows(page)
    choose_density(page, "Compact")
    assert count_book_rows(page) >= 1.5 * calm > 0
    choose_density(page, "Calm")
    assert count_book_rows(page) == calm
