"""What a csm may not decide alone: a price and a change proposed in chat, asked for and approved in two browsers."""

import re
from collections.abc import Callable
from urllib.parse import quote

import psycopg
from playwright.sync_api import Page, expect

from tests.e2e.conftest import find_row, wait_until_idle
from tests.e2e.test_actions import book as book
from tests.e2e.test_chat import box, press, say, shows
from tests.e2e.test_typed_numbers import DISCOUNT, paste_into_cell
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply

Book = psycopg.Connection[tuple[object, ...]]
RUN = """
    select e.id, c.name
    from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
    join public.profiles p on p.id = e.owner_id join public.customers c on c.id = e.customer_id
    join public.contracts k on k.customer_id = c.id
    where p.email like 'bob@%%' and e.status = 'active' and k.annual_price_per_seat is not null
      and v.slide_sequence @> array['pricing-strategy', 'prepare-quote', %s]
    order by e.id"""
OFFER = [{"name": "Offer", "uplift": 0, "discount": 15, "seats": 100}]


def find_run(book: Book, slide: str = "prepare-quote") -> tuple[str, str]:
    """A run of Bob's with prices: its id and its customer."""
    found = book.execute(RUN, [slide]).fetchone()
    assert found
    return str(found[0]), str(found[1])


def open_slide(page: Page, run: str, slide: str) -> None:
    page.goto(f"/run?execution={run}&slide={slide}")
    expect(page.locator(".st-key-run_footer")).to_be_visible()
    wait_until_idle(page)


def open_approvals(page: Page, customer: str) -> None:
    page.goto(f"/inbox?section=approvals&customer={quote(customer)}")
    wait_until_idle(page)


def test_a_manager_approves_a_price_and_the_csm_sees_it(sign_in: Callable[..., Page], book: Book) -> None:
    run, customer = find_run(book)
    bob, carol = sign_in("bob"), sign_in("carol")
    open_slide(bob, run, "prepare-quote")
    paste_into_cell(bob, DISCOUNT, "15")
    expect(bob.get_by_text(re.compile("waiting for a manager's approval", re.IGNORECASE)).first).to_be_visible()
    open_approvals(bob, customer)
    expect(find_row(bob, "Quote · by you")).to_be_visible()
    expect(bob.get_by_role("button", name="Approve")).to_have_count(0)

    open_approvals(carol, customer)
    asked = find_row(carol, "Quote · by Bob Lindqvist")
    expect(asked.get_by_text("below list")).to_be_visible()
    asked.get_by_role("button", name="Approve").click()
    expect(carol.get_by_text(f"{customer}: price approved.")).to_be_visible()
    open_slide(bob, run, "prepare-quote")
    expect(bob.get_by_text("Approved by Carol Adeyemi").first).to_be_visible()


def test_a_manager_approves_what_a_chat_proposed_above_the_csms_limit(
    sign_in: Callable[..., Page], book: Book, model: ModelServer
) -> None:
    run, customer = find_run(book)
    bob, carol = sign_in("bob"), sign_in("carol")
    open_slide(bob, run, "pricing-strategy")
    expect(box(bob)).to_be_visible()
    model.reset()
    proposal = ScriptedCall("save_answer", {"field": "scenarios", "value": OFFER})
    model.script(ScriptedReply(calls=(proposal,)), ScriptedReply("It needs your manager."))
    say(bob, "Offer them 15% off for 100 seats.")
    shows(bob, "Needs approval from a manager or admin")
    press(bob, "approve")
    expect(bob.get_by_text("A discount above 10% needs approval from a manager or admin.").first).to_be_visible()

    open_approvals(carol, customer)
    find_row(carol, "Save answer is waiting for approval").get_by_role("link", name="Open the slide").click()
    shows(carol, "What you approve runs in your name.")
    press(carol, "approve")
    shows(carol, "Carol Adeyemi, manager: Done.")
    bob.reload()
    shows(bob, "Carol Adeyemi, manager: Done.")
    expect(bob.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    answers = (
        "select answers -> 'scenarios' from public.workflow_step_executions where execution_id = %s and slide_id = %s"
    )
    stored = book.execute(answers, [run, "pricing-strategy"]).fetchone()
    assert stored
    assert stored[0] == OFFER
