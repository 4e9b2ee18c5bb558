"""The density and the theme a person chooses in their profile."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import wait_until_idle

COUNT_ROWS = """() => [...document.querySelectorAll('.zen-book tbody tr')]
  .filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"""

LIGHT_PAPER, DARK_PAPER = "rgb(251, 250, 247)", "rgb(22, 24, 27)"


def choose_density(page: Page, label: str) -> None:
    page.goto("/auth/profile")
    page.get_by_label(label).check()
    page.locator("section").filter(has_text="Density").get_by_role("button", name="Save").click()
    expect(page.get_by_label(label)).to_be_checked()


def choose_theme(page: Page, label: str) -> None:
    page.goto("/auth/profile")
    page.get_by_label(label).check()
    page.locator("section").filter(has_text="Theme").get_by_role("button", name="Save").click()
    expect(page.get_by_label(label)).to_be_checked()


def expect_paper(page: Page, colour: str) -> None:
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", colour)


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


def test_a_theme_holds_in_every_browser_whatever_the_device(sign_in: Callable[..., Page]) -> None:
    here, there = sign_in("carol"), sign_in("carol", dark=True)
    expect_paper(here, LIGHT_PAPER)
    expect_paper(there, DARK_PAPER)
    choose_theme(here, "Dark")
    expect(here.locator("html")).to_have_css("background-color", DARK_PAPER)
    for address in ("/", "/book"):
        here.goto(address)
        expect_paper(here, DARK_PAPER)
    choose_theme(here, "Light")
    there.goto("/")
    expect_paper(there, LIGHT_PAPER)
    choose_theme(here, "As on this device")
    for page, paper in ((here, LIGHT_PAPER), (there, DARK_PAPER)):
        page.goto("/")
        expect_paper(page, paper)
