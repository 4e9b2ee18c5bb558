"""Find and the shortcuts in a browser: by the keyboard alone, from a field that is being typed in."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import wait_until_idle

FOCUS = "() => document.activeElement.getAttribute('aria-label')"


def test_the_keyboard_finds_a_customer_and_leaves_a_field_alone(sign_in):
    page = sign_in("alice")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    field = page.get_by_placeholder("To do today")
    field.click()
    page.keyboard.type("g t?j")
    expect(field).to_have_value("g t?j")
    expect(page.locator("dialog[open]")).to_have_count(0)

    label = page.evaluate(FOCUS)
    page.keyboard.press("Control+k")
    bar = page.get_by_role("dialog", name="Find")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    assert page.evaluate(FOCUS) == label
    expect(field).to_have_value("g t?j")

    page.keyboard.press("Control+k")
    page.keyboard.type("a")
    more = bar.get_by_role("option").last
    expect(more).to_contain_text("Show more")
    few = bar.get_by_role("option").count()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(bar.get_by_role("option").nth(few)).to_be_attached()
    page.keyboard.press("Control+a")
    page.keyboard.type("fenimore")
    expect(bar.get_by_role("option").first).to_contain_text("Fennimore Logistics")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/customer\?id="))
    expect(page.get_by_role("heading", name="Fennimore Logistics")).to_be_visible()
    wait_until_idle(page)

    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("gb")
    page.keyboard.press("Control+k")  # while the book opens: the question is asked again
    page.keyboard.type("fenimore")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/customer\?id="))
    wait_until_idle(page)
    page.keyboard.type("gt")
    expect(page).to_have_url(re.compile(r"/$"))
    wait_until_idle(page)
    page.keyboard.press("j")
    expect(page.locator("[class*=st-key-list_row]").first.locator(":focus")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Go to Inbox")
    page.keyboard.type("gb")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/$"))
    assert errors == []


def test_a_question_that_got_lost_is_asked_until_it_is_answered(sign_in):
    page = sign_in("alice")
    page.keyboard.press("Control+k")
    bar = page.get_by_role("dialog", name="Find")
    page.keyboard.type("fennimore")
    expect(bar.get_by_role("option").first).to_contain_text("Fennimore Logistics")
    page.evaluate("window.zenAsk = window.zenFindElement.ask; window.zenFindElement.ask = () => {}")
    page.keyboard.press("Control+a")
    page.keyboard.type("alderney")
    expect(bar.get_by_role("status")).to_contain_text("No answer yet.")
    page.keyboard.press("Control+a")
    page.keyboard.type("copperfield")
    page.evaluate("window.zenFindElement.ask = window.zenAsk")
    expect(bar.get_by_role("option").first).to_contain_text("Copperfield Studios")
    expect(bar.get_by_role("status")).to_be_hidden()


def test_what_is_typed_is_answered_after_any_event_got_lost(sign_in):
    page = sign_in("alice")
    page.keyboard.press("Control+k")
    bar = page.get_by_role("dialog", name="Find")
    page.keyboard.type("fennimore")
    # The event of an earlier closing that comes late, while the question is on its way.
    page.evaluate("document.querySelector('dialog.zen-find').dispatchEvent(new Event('close'))")
    expect(bar.get_by_role("option").first).to_contain_text("Fennimore Logistics")
    page.evaluate("document.querySelector('dialog.zen-find input').value = 'copperfield'")  # and no event of typing
    expect(bar.get_by_role("option").first).to_contain_text("Copperfield Studios")


def test_text_that_looks_like_the_end_of_html_is_answered(sign_in):
    page = sign_in("alice")
    page.keyboard.press("Control+k")
    bar = page.get_by_role("dialog", name="Find")
    for text in ("a --> b", "a </title> b", "a ]]> </style> </textarea> <script>"):
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
        expect(bar.get_by_role("option").filter(has_text="Search conversations for")).to_contain_text(text)
