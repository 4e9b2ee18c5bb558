"""Prices typed and pasted in a real browser, in two locales of a person; the browser has the other one."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import wait_until_idle
from tests.e2e.test_actions import book as book
from tests.e2e.test_main_job import fill_question, find_question

Book = psycopg.Connection[tuple[object, ...]]
RUN = """
    select e.id
    from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
    join public.profiles p on p.id = e.owner_id join public.contracts c on c.customer_id = e.customer_id
    where p.email like 'alice@%' and e.status = 'active' and c.annual_price_per_seat between 100 and 4000
      and v.slide_sequence @> array['prepare-quote', 'summary']
    order by e.id"""
ANSWERS = "select answers from public.workflow_step_executions where execution_id = %s and slide_id = %s"

# The editor of a cell sets its selection, or its cursor behind the text, once it is open.
IS_READY_TO_TYPE = """() => {
  const editor = document.activeElement
  return editor?.matches('.gdg-input') && editor.selectionEnd === editor.value.length
}"""

SIGNS = {"de_DE": ",", "en_US": "."}
BROWSER_LOCALES = {"de_DE": "en-US", "en_US": "de-DE"}
SEATS, PRICE, DISCOUNT = 1, 2, 3


@pytest.fixture
def sign_in_with_locale(sign_in: Callable[..., Page], book: Book) -> Iterator[Callable[[str], Page]]:
    """Alice, signed in, with a locale of her own."""
    save = "update public.profiles set locale = %s where email like 'alice@%%'"

    def sign_in_person(locale: str) -> Page:
        book.execute(save, [locale])
        return sign_in("alice", locale=BROWSER_LOCALES[locale])

    yield sign_in_person
    book.execute(save, [None])


def open_slide(page: Page, run: str, slide: str) -> None:
    page.goto(f"/run?execution={run}&slide={slide}")
    wait_until_idle(page)


def read_answers(book: Book, run: str, slide: str) -> dict[str, Any]:
    found = book.execute(ANSWERS, [run, slide]).fetchone()
    return json.loads(json.dumps(found[0]), parse_float=Decimal) if found else {}


def expect_line(page: Page, book: Book, run: str, **cells: Any) -> None:
    """Wait until the first line is saved with these cells: the grid sends an edit after a moment."""
    for _ in range(50):
        line = (read_answers(book, run, "prepare-quote").get("lines") or [{}])[0]
        if {key: line.get(key) for key in cells} == cells:
            return
        page.wait_for_timeout(100)
    assert line == {**line, **cells}


def focus_cell(page: Page, column: int) -> None:
    """Select a cell of the first row of the grid."""
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    grid.click(position={"x": 100, "y": 52})
    for _ in range(3):  # the grid may be scrolled
        page.keyboard.press("ArrowLeft")
    for _ in range(column):
        page.keyboard.press("ArrowRight")


def type_into_cell(page: Page, column: int, text: str) -> None:
    focus_cell(page, column)
    page.keyboard.press("Enter")
    editor = page.locator(".gdg-input")
    editor.wait_for()
    page.wait_for_function(IS_READY_TO_TYPE)
    page.keyboard.press("Control+A")
    page.keyboard.type(text, delay=30)
    expect(editor).to_have_value(text)
    page.keyboard.press("Enter")
    editor.wait_for(state="detached")
    wait_until_idle(page)


def paste_into_cell(page: Page, column: int, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    focus_cell(page, column)
    page.keyboard.press("Control+V")
    wait_until_idle(page)


@pytest.mark.parametrize("locale", SIGNS)
def test_numbers_are_what_was_typed_and_pasted(
    sign_in_with_locale: Callable[[str], Page], book: Book, picture: Callable[..., None], locale: str
) -> None:
    run, sign = str(book.execute(RUN).fetchone()[0]), SIGNS[locale]  # type: ignore[index]
    page = sign_in_with_locale(locale)
    open_slide(page, run, "prepare-quote")
    for enter in (type_into_cell, paste_into_cell):
        enter(page, SEATS, "120")
        for text, discount in (("7,5", "7.5"), ("12,5 %", "12.5"), (".5", "0.5"), ("12.25%", "12.25")):
            enter(page, DISCOUNT, text)
            expect_line(page, book, run, seats=120, discount=Decimal(discount))
        for text in (f"500{sign}50", "501,50", "502.50", f"$ 503{sign}50"):
            enter(page, PRICE, text)
            expect_line(page, book, run, price=Decimal(text.strip("$ ").replace(",", ".")))
    enter(page, PRICE, "50050")
    expect_line(page, book, run, price="50050")
    expect(page.get_by_text("is far from the list price of")).to_be_visible()
    picture(page, f"typed-numbers-{locale}", tall=1680)
    page.get_by_role("button", name=f"500{sign}50", exact=True).click()
    expect_line(page, book, run, price=Decimal("500.50"))


@pytest.mark.parametrize(("locale", "shown"), [("de_DE", "41.066,50"), ("en_US", "41,066.50")])
def test_an_amount_is_what_was_typed_and_is_shown_as_the_locale_writes_it(
    sign_in_with_locale: Callable[[str], Page], book: Book, locale: str, shown: str
) -> None:
    run = str(book.execute(RUN).fetchone()[0])  # type: ignore[index]
    page = sign_in_with_locale(locale)
    open_slide(page, run, "summary")
    for text in ("41066,50", "41.066,50", "41,066.50", "41066.50", "41 066,50"):
        fill_question(page, "ARR from now on", "")
        fill_question(page, "ARR from now on", text)
        expect(find_question(page, "ARR from now on")).to_have_value(shown)
        assert read_answers(book, run, "summary")["amount"] == Decimal("41066.50")
    unclear = shown[:-3].translate({ord("."): ",", ord(","): "."})  # 41,066 in German, 41.066 in English
    fill_question(page, "ARR from now on", unclear)
    expect(page.get_by_text("Is unclear. Did you mean")).to_be_visible()
    expect(find_question(page, "ARR from now on")).to_have_value(unclear)
    page.get_by_role("button", name=f"{shown[:-2]}00", exact=True).click()
    wait_until_idle(page)
    assert read_answers(book, run, "summary")["amount"] == 41066
    expect(find_question(page, "ARR from now on")).to_have_value(f"{shown[:-2]}00")
