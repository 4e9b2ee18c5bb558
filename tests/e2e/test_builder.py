"""The builder in a browser: clone, change by mouse and keyboard, publish, move a run and put it back."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import wait_until_idle, wait_until_still

STOCK = "executive-engagement-with-obsidian-black"
# Each browser test clones a workflow of its own: of one that has a draft the button says something else.
TO_COMMENT, TO_REWORD = "executive-contact-lost", "expansion-opportunity-for-obsidian-black"
"""Each is cloned by one test: a workflow that has a draft opens it instead."""


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()
    wait_until_idle(page)


def open_slide(page: Page, place: int) -> None:
    page.locator(".zen-outline-choose").nth(place).click()
    wait_until_idle(page)


def list_slides(page: Page) -> list[str]:
    return page.locator(".zen-outline-slides li .zen-outline-title").all_inner_texts()


def reword(page: Page, place: int, text: str) -> None:
    """Type over the lead of a slide, and wait until the draft is saved without leaving the field."""
    open_slide(page, place)
    field = page.get_by_role("textbox", name="Lead")
    field.fill(text)
    expect(page.locator("html[data-zen-builder-typing]")).to_have_count(0)
    expect(page.locator(".st-key-builder_slide")).to_contain_text(text.split("{{")[0].strip())


def publish(page: Page, version: int) -> None:
    press(page, "Publish…")
    press(page, "Publish")
    expect(page.get_by_text(f"is published as version {version}")).to_be_visible()


def test_a_manager_builds_publishes_and_moves_a_run(sign_in, picture):
    page = sign_in("carol")
    page.goto(f"/workflows?workflow={STOCK}")
    wait_until_idle(page)
    press(page, "Clone")
    page.wait_for_selector(".zen-outline-slides li")
    wait_until_idle(page)
    before = list_slides(page)

    # Two slides go, by a button and by the keyboard.
    open_slide(page, 1)
    press(page, "Remove slide")
    page.locator(".zen-outline-choose").nth(1).focus()
    page.keyboard.press("Delete")
    expect(page.locator(".zen-outline-slides li")).to_have_count(len(before) - 2)
    wait_until_idle(page)

    # One moves by an arrow key, keeps the focus, and is announced; Ctrl-Z takes it back.
    kept = list_slides(page)
    page.locator(".zen-outline-grip").first.focus()
    page.keyboard.press("ArrowDown")
    wait_until_idle(page)
    assert list_slides(page)[:2] == [kept[1], kept[0]]
    expect(page.locator(".zen-outline [role=status]")).to_contain_text(f"{kept[0]} moved to 2 of {len(kept)}")
    expect(page.locator(".zen-outline-grip").nth(1)).to_be_focused()
    page.keyboard.press("Control+z")
    wait_until_idle(page)
    assert list_slides(page) == kept

    # And by dragging it.
    grips = page.locator(".zen-outline-grip")
    start, end = grips.nth(0).bounding_box(), grips.nth(1).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + end["height"], steps=6)
    page.mouse.up()
    wait_until_idle(page)
    assert list_slides(page)[:2] == [kept[1], kept[0]]

    for place in range(3):
        reword(page, place, f"Reworded {place}: {{{{ customer.name }}}} first.")
    picture(page, "builder")

    page.get_by_role("radio", name=re.compile("Chat")).click()
    wait_until_idle(page)
    press(page, "Add a question")
    page.get_by_role("textbox", name="Question").fill("Not now")
    page.get_by_role("textbox", name="Question").blur()
    wait_until_idle(page)
    page.get_by_role("combobox", name="Answer comes from").click()
    page.get_by_role("option", name="Proposes an action").click()
    wait_until_idle(page)
    page.get_by_role("combobox", name="Action").click()
    page.get_by_role("option", name="Snooze", exact=True).click()
    wait_until_idle(page)
    expect(page.get_by_text("to solve before it can be published")).to_have_count(0)
    publish(page, 1)

    # A run starts on it; a second version leaves it where it is until it is moved.
    page.get_by_role("link", name="Open it in Workflows").click()
    wait_until_idle(page)
    page.get_by_role("combobox", name="For a customer").click()
    page.get_by_role("option").first.click()
    wait_until_idle(page)
    press(page, "Open")
    expect(page.get_by_text("Reworded 0")).to_be_visible()
    press(page, "Start the run")
    page.goto(f"/workflows?workflow={STOCK}")
    wait_until_idle(page)
    press(page, "Edit")
    page.wait_for_selector(".zen-outline-slides li")
    wait_until_idle(page)
    reword(page, 0, "Reworded again.")
    publish(page, 2)
    press(page, "Choose all")
    press(page, "Move them")
    expect(page.get_by_text("1 run moved.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Undo for")).click()
    expect(page.get_by_text("1 run moved.")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Runs to move")).to_be_visible()


def test_a_comment_on_a_slide_reaches_the_colleague_it_names(sign_in, picture):
    page = sign_in("carol")
    page.goto(f"/workflows?workflow={TO_COMMENT}")
    wait_until_idle(page)
    press(page, "Clone")
    page.wait_for_selector(".zen-outline-slides li")
    wait_until_idle(page)
    open_slide(page, 1)
    page.get_by_role("radio", name="Comments").click()
    wait_until_idle(page)
    page.get_by_role("textbox", name="Write a comment").fill("@Alice Moreau, is this what you ask first?")
    press(page, "Comment")
    expect(page.locator(".zen-outline-slides li").nth(1)).to_contain_text("1 comment")
    expect(page.get_by_text("1 colleague notified.", exact=True)).to_be_visible()
    picture(page, "builder-comments")
    slide = page.url.partition("slide=")[2]

    colleague = sign_in("alice")
    colleague.goto("/inbox")
    wait_until_idle(colleague)
    row = colleague.locator("[class*=st-key-list_row]", has_text="is this what you ask first?").first
    row.get_by_role("link", name="Open").click()
    colleague.wait_for_selector(".zen-outline-slides li")
    wait_until_idle(colleague)
    expect(colleague.get_by_text("@Alice Moreau, is this what you ask first?")).to_be_visible()
    press(colleague, "Resolve")
    expect(colleague.locator(".zen-outline-comment")).to_have_count(0)
    assert colleague.url.partition("slide=")[2] == slide
    colleague.get_by_text("1 resolved").click()
    wait_until_still(colleague)  # it opens slowly, and moves what is pressed
    press(colleague, "Reopen")
    expect(colleague.locator(".zen-outline-comment")).to_have_text("1 comment")


def test_words_are_replaced_in_all_texts_and_put_back_at_once(sign_in, picture):
    page = sign_in("carol")
    page.goto(f"/workflows?workflow={TO_REWORD}")
    wait_until_idle(page)
    press(page, "Clone")
    page.wait_for_selector(".zen-outline-slides li")
    wait_until_idle(page)
    reword(page, 1, "Ask the sponsor of {{ customer.name }} what the sponsor fears.")
    press(page, "Find and replace")
    page.get_by_role("textbox", name="Find", exact=True).fill("sponsor")
    expect(page.locator(".st-key-builder_find mark").first).to_have_text("sponsor")
    picture(page, "builder-find")
    page.set_viewport_size({"width": 390, "height": 844})
    wait_until_idle(page)
    picture(page, "builder-find-phone")
    back = page.get_by_role("button", name="Back to the slides")
    back.click()
    chosen = page.locator(".zen-outline-slides li [aria-current=true]")
    expect(chosen).to_be_focused()
    expect(chosen).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 860})
    expect(back).to_be_hidden()
    page.get_by_role("textbox", name="Replace with").fill("buyer")
    press(page, "Replace all")
    lead = page.get_by_role("textbox", name="Lead")
    expect(lead).to_have_value("Ask the buyer of {{ customer.name }} what the buyer fears.")
    expect(page.locator(".st-key-builder_find mark")).to_have_count(0)
    press(page, "Undo")
    expect(lead).to_have_value("Ask the sponsor of {{ customer.name }} what the sponsor fears.")
