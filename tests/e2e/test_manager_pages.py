"""What a manager edits, and what an empty company sees, clicked in a real browser."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from lib.local import find_running_stack
from tests.e2e.cluster import open_browser
from tests.e2e.conftest import wait_until_idle
from tests.e2e.test_actions import book as book
from tests.e2e.test_chat import chat, open_chat, say, shows
from tests.support.model_server import ModelServer, ScriptedReply
from tests.support.server import AppServer

Book = psycopg.Connection[tuple[object, ...]]
PASSWORD = "correct horse battery"
STOCK = "complete-strategic-account-plan-for-obsidian-black"
WITHOUT_DIGITS = str.maketrans("0123456789", "ghijklmnop")  # a figure is not published


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name, exact=isinstance(name, str)).last.click()
    wait_until_idle(page)


def fill(page: Page, label: str, text: str) -> None:
    box = page.get_by_role("textbox", name=label).last
    box.fill(text)
    box.blur()
    wait_until_idle(page)


def clone(page: Page) -> None:
    page.goto(f"/workflows?workflow={STOCK}")
    wait_until_idle(page)
    press(page, "Clone")
    page.wait_for_url(re.compile(r"/builder\?draft="))
    draft = page.url.partition("draft=")[2].partition("&")[0]
    page.goto(f"/workflows?workflow={draft}")
    wait_until_idle(page)


def test_a_clone_is_discarded_by_its_author_or_published_by_a_manager(sign_in: Callable[..., Page]) -> None:
    csm, manager = sign_in("alice"), sign_in("carol")
    clone(csm)
    expect(csm.get_by_role("button", name="Discard draft")).to_be_visible()
    expect(csm.get_by_role("button", name="Publish")).to_have_count(0)
    press(csm, re.compile("Discard draft"))
    press(csm, "Discard")
    expect(csm).to_have_url(re.compile("/workflows$"))

    clone(manager)
    manager.get_by_role("link", name="Open in builder").click()
    wait_until_idle(manager)
    press(manager, "Publish…")
    fill(manager, "What is new in it", "A first version of our own.")
    press(manager, "Publish")
    expect(manager.get_by_text("is published as version 1")).to_be_visible()
    manager.get_by_role("link", name="Open it in Workflows").click()
    wait_until_idle(manager)
    press(manager, "All workflows")
    manager.get_by_role("radio", name="Your company's").click()
    wait_until_idle(manager)
    expect(manager.get_by_text("strategic").first).to_be_visible()


def test_an_action_is_made_by_a_manager_changed_and_read_by_a_csm(sign_in: Callable[..., Page]) -> None:
    page = sign_in("carol")
    page.goto("/actions")
    wait_until_idle(page)
    press(page, "New action")
    fill(page, "Name", "Thank them for the call")
    press(page, "Save")
    expect(page.get_by_text("An action has 1 to 10 steps.")).to_be_visible()
    press(page, "Add a step")
    page.get_by_role("menuitem", name=re.compile("note", re.IGNORECASE)).first.click()
    wait_until_idle(page)
    page.locator("[class*=st-key-admin-press-form] textarea").first.fill("Thanked {customer}.")
    page.locator("[class*=st-key-admin-press-form] textarea").first.blur()
    wait_until_idle(page)
    expect(page.get_by_text("Thanked Obsidian Black.")).to_be_visible()
    press(page, "Save")
    expect(page.get_by_text("“Thank them for the call” is saved.")).to_be_visible()

    csm = sign_in("alice")
    csm.goto("/actions")
    expect(csm.get_by_text("Thank them for the call")).to_be_visible()
    expect(csm.get_by_role("button", name="Edit")).to_have_count(0)


def test_an_answer_is_offered_by_a_csm_edited_and_published_by_a_manager(
    sign_in: Callable[..., Page], model: ModelServer
) -> None:
    token = f"zebra{uuid.uuid4().hex[:8].translate(WITHOUT_DIGITS)}"
    csm, manager = sign_in("alice"), sign_in("carol")
    open_chat(csm)
    slide = csm.url
    model.reset()
    model.script(ScriptedReply(f"Ask about the {token}. They pay $64,571 a year."))
    say(csm, f"What about the {token}?")
    shows(csm, "They pay")
    csm.goto(f"/conversations?q={token}")
    csm.locator("[class*='st-key-conversations-press-group-']").get_by_role("button").first.click()
    wait_until_idle(csm)
    press(csm, re.compile("Offer on the slide"))
    press(csm, "Save as a draft")
    expect(csm.get_by_text("Saved as a draft on this slide")).to_be_visible()

    manager.goto("/conversations?view=drafts")
    wait_until_idle(manager)
    press(manager, "Review")
    review = manager.get_by_role("dialog")
    expect(review.get_by_text("“$64,571”")).to_be_visible()
    fill(manager, "Answer", f"Ask about the {token}. They pay {{{{ contract.arr }}}} a year.")
    expect(review.get_by_text("Filled in for each customer: Annual recurring revenue")).to_be_visible()
    expect(review.get_by_text("Nothing in it tells of one customer.")).to_be_visible()
    press(manager, "Publish")
    expect(manager.get_by_text("It is now offered on its slide")).to_be_visible()

    csm.goto(slide)
    wait_until_idle(csm)
    # What was asked in a conversation is not offered in it again.
    csm.get_by_role("button", name="New conversation").click()
    wait_until_idle(csm)
    more = csm.locator(".st-key-chat_suggestions").get_by_role("button", name="More")
    if more.count():
        more.click()
    csm.get_by_role("button", name=f"What about the {token}?").click()
    expect(chat(csm).get_by_text(f"Ask about the {token}")).to_be_visible()
    expect(chat(csm).get_by_text("contract.arr")).to_have_count(0)
    assert len(model.requests) == 1, "a written answer asks no model"


@pytest.fixture
def first_admin(book: Book, demo: AppServer, demo_folder: Path) -> str:
    """The email address of the admin of a company that has nothing yet."""
    stack = find_running_stack(folder=demo_folder)
    assert stack is not None
    email = f"{uuid.uuid4().hex[:12]}@zen.test"
    answer = httpx.post(
        f"{stack.url}/auth/v1/signup",
        headers={"apikey": stack.publishable_key},
        json={"email": email, "password": PASSWORD},
    )
    person = answer.raise_for_status().json()["user"]["id"]
    company = book.execute("insert into public.companies (name) values ('Empty Ltd') returning id").fetchone()
    assert company
    invitation = book.execute(
        "insert into public.company_invites (company_id, email, role, full_name) values (%s, %s, 'admin', %s) "
        "returning id",
        [company[0], email, "Zoë Okafor"],
    ).fetchone()
    assert invitation
    book.execute("select private.join_company(%s, %s, null)", [person, invitation[0]])
    return email


def test_an_empty_company_finds_on_every_page_what_will_be_there(
    browser: Browser, demo: AppServer, first_admin: str
) -> None:
    with open_browser(browser, demo.url) as context:
        page = context.new_page()
        page.goto("/auth/sign-in")
        page.fill("input[name=email]", first_admin)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        for address, text in (
            ("/", "No customers yet"),
            ("/inbox", "Nothing is waiting for you"),
            ("/conversations", "No conversations yet"),
            ("/actions", "No company actions yet"),
            ("/workflows", "Standard renewal"),
            (f"/workflows?workflow={STOCK}", "Ask your admin for your first ones"),
        ):
            page.goto(address)
            wait_until_idle(page)
            expect(page.get_by_text(text).first).to_be_visible()
            assert page.get_by_text("Something went wrong").count() == 0
