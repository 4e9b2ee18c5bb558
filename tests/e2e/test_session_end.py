"""When a session ends, answers of every kind that were not saved come back for the same person."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lib.local import release_stack, start_stack
from lib.local.paths import LocalPaths
from tests.conftest import quiet
from tests.e2e.cluster import find_execution_id, open_browser, sign_in
from tests.e2e.conftest import find_renewal, wait_until_idle
from tests.e2e.test_actions import book as book
from tests.e2e.test_typed_numbers import DISCOUNT, type_into_cell
from tests.support.server import AppServer

ENDED = "Your session has ended."
STORED = "sessionStorage.getItem('zen-unsaved-answers')"
Book = psycopg.Connection[tuple[object, ...]]


def open_run(page: Page, name: str = "bob", slide: str = "prepare-quote") -> str:
    """Returns the address of the slide."""
    page.goto("/auth/sign-in")
    sign_in(page, name)
    find_renewal(page).click()
    expect(page).to_have_url(re.compile("execution="))
    address = f"/run?execution={find_execution_id(page)}&slide={slide}"
    page.goto(address)
    expect(page.get_by_role("button", name="Next:")).to_be_visible()
    wait_until_idle(page)
    return address


def sign_out_in_another_tab(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    expect(other).to_have_url(re.compile("out=everywhere"))
    other.close()


def sign_in_again(page: Page, name: str = "bob") -> None:
    expect(page.get_by_role("heading", name=ENDED)).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, name)


def find_session_cookies(page: Page) -> list[str]:
    return [cookie["name"] for cookie in page.context.cookies() if cookie["name"].endswith("zen_session")]


def find_term(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("Term in months"))


def answer_number(page: Page) -> Callable[[], None]:
    value = "18" if find_term(page).input_value() != "18" else "19"
    find_term(page).fill(value)
    find_term(page).blur()
    return lambda: expect(find_term(page)).to_have_value(value)


def answer_choice(page: Page) -> Callable[[], None]:
    chosen = page.locator(".st-key-slide_form [role=radio]:not([aria-checked=true])").first
    name = chosen.inner_text()
    chosen.click()
    return lambda: expect(page.locator(".st-key-slide_form").get_by_role("radio", name=name).first).to_be_checked()


def answer_rows(page: Page) -> Callable[[], None]:
    type_into_cell(page, DISCOUNT, "4.5")
    return lambda: expect(page.get_by_role("cell", name="4.5%", exact=True).first).to_be_visible()


@pytest.mark.parametrize(
    ("slide", "answer"),
    [("prepare-quote", answer_number), ("contract-terms", answer_choice), ("prepare-quote", answer_rows)],
    ids=["number", "choice", "rows"],
)
def test_an_answer_that_met_the_end_of_the_session_is_saved_after_signing_in_again(
    demo: AppServer, browser: Browser, slide: str, answer: Callable[[Page], Callable[[], None]]
) -> None:
    with open_browser(browser, demo.url) as context:
        page = context.new_page()
        open_run(page, slide=slide)
        sign_out_in_another_tab(page)
        expect_answer = answer(page)
        sign_in_again(page)
        expect_answer()
        wait_until_idle(page)
        expect(page.locator(".st-key-run_saved")).to_contain_text("Saved")
        assert page.evaluate(STORED) is None, "the database has it"
        page.reload()
        expect_answer()


@pytest.mark.parametrize(
    ("choice", "mine_typed", "theirs_saved"), [("Keep mine", "41", "42"), ("Take theirs", "43", "44")]
)
def test_an_answer_that_meets_another_one_is_shown_beside_it_and_not_put_over_it(
    demo: AppServer, browser: Browser, choice: str, mine_typed: str, theirs_saved: str
) -> None:
    with open_browser(browser, demo.url) as mine, open_browser(browser, demo.url) as theirs:
        page, carol = mine.new_page(), theirs.new_page()
        address = open_run(page)
        sign_out_in_another_tab(page)
        find_term(page).fill(mine_typed)
        find_term(page).blur()
        expect(page.get_by_role("heading", name=ENDED)).to_be_visible()
        carol.goto("/auth/sign-in")
        sign_in(carol, "carol")
        carol.goto(address)
        expect(find_term(carol)).to_be_visible()
        wait_until_idle(carol)
        find_term(carol).fill(theirs_saved)
        find_term(carol).blur()
        wait_until_idle(carol)

        sign_in_again(page)
        expect(page.get_by_text("Carol Adeyemi saved this slide")).to_be_visible()
        expect(find_term(page)).to_have_value(mine_typed)
        carol.reload()
        expect(find_term(carol)).to_have_value(theirs_saved)
        wait_until_idle(page)
        page.get_by_role("button", name=choice).click()
        expect(page.get_by_text("Carol Adeyemi saved this slide")).to_be_hidden()
        wait_until_idle(page)
        assert page.evaluate(STORED) is None
        page.reload()
        expect(find_term(page)).to_have_value(mine_typed if choice == "Keep mine" else theirs_saved)


def test_another_person_in_the_tab_gets_no_answer(demo: AppServer, browser: Browser) -> None:
    with open_browser(browser, demo.url) as context:
        page = context.new_page()
        open_run(page)
        before = find_term(page).input_value()
        sign_out_in_another_tab(page)
        find_term(page).fill("77")
        find_term(page).blur()
        sign_in_again(page, "carol")
        expect(find_term(page)).to_have_value(before)
        wait_until_idle(page)
        assert page.evaluate(STORED) is None


def change_jwt_secret(folder: Path) -> None:
    """Restart the gateway with another secret: every token signed before is refused."""
    paths = LocalPaths(folder)
    keys = json.loads(paths.keys.read_text())
    paths.keys.write_text(json.dumps(keys | {"jwt_secret": token_hex(32)}))
    release_stack(start_stack(folder=folder, report=quiet))


def test_a_changed_jwt_secret_is_not_noticed_while_the_session_can_be_renewed(
    demo: AppServer, browser: Browser, demo_folder: Path
) -> None:
    with open_browser(browser, demo.url) as context:
        page = context.new_page()
        open_run(page)
        value = "22" if find_term(page).input_value() != "22" else "23"
        change_jwt_secret(demo_folder)
        find_term(page).fill(value)
        find_term(page).blur()
        wait_until_idle(page)
        expect(page.locator(".st-key-run_saved")).to_contain_text("Saved")
        page.reload()
        expect(find_term(page)).to_have_value(value)


def test_a_changed_jwt_secret_that_ends_the_session_leads_back_to_the_answers(
    demo: AppServer, browser: Browser, demo_folder: Path, book: Book
) -> None:
    with open_browser(browser, demo.url) as context:
        page = context.new_page()
        address = open_run(page)
        value = "25" if find_term(page).input_value() != "25" else "26"
        change_jwt_secret(demo_folder)
        book.execute("delete from auth.refresh_tokens")
        assert find_session_cookies(page)
        find_term(page).fill(value)
        # The page that says so clears its cookie, by a request of its own.
        with page.expect_response("**/auth/ended") as cleared:
            find_term(page).blur()
            expect(page.get_by_role("heading", name=ENDED)).to_be_visible()
        assert cleared.value.status == 204
        assert find_session_cookies(page) == []
        page.reload()
        expect(page).to_have_url(re.compile("/auth/sign-in"))
        sign_in(page, "bob")
        expect(page).to_have_url(re.compile(re.escape(address)))
        expect(find_term(page)).to_have_value(value)
        wait_until_idle(page)
        expect(page.locator(".st-key-run_saved")).to_contain_text("Saved")
