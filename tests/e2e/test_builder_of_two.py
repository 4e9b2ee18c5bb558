"""Two people in one workflow at once: the second publication merges the first, and no text of either is lost."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import wait_until_idle
from tests.e2e.test_builder import open_slide, press, publish, reword

STOCK = "obsidian-black-renewal"


def open_draft(page: Page, button: str) -> None:
    page.goto(f"/workflows?workflow={STOCK}")
    wait_until_idle(page)
    press(page, button)
    page.wait_for_selector(".zen-outline-slides li")
    wait_until_idle(page)


def read_lead(page: Page, place: int) -> str:
    open_slide(page, place)
    return page.get_by_role("textbox", name="Lead").input_value()


def test_the_second_publication_meets_the_newer_version_and_merges_it(sign_in: Callable[..., Page]) -> None:
    carol, dan = sign_in("carol"), sign_in("dan")
    open_draft(carol, "Clone")
    publish(carol, 1)
    open_draft(carol, "Edit")
    open_draft(dan, "Edit")

    reword(carol, 0, "Carol opens with the account.")
    reword(carol, 2, "Carol reworded the third.")
    reword(dan, 0, "Dan opens with the plan.")
    reword(dan, 1, "Dan reworded the second.")
    dan.reload()
    wait_until_idle(dan)
    expect(dan.get_by_text("Carol Adeyemi is editing a draft of this workflow just now.")).to_be_visible()
    publish(carol, 2)

    press(dan, "Publish…")
    expect(dan.get_by_text("Version 2 was published after this draft was begun.")).to_be_visible()
    expect(dan.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    press(dan, "Show the difference and merge")
    panel = dan.locator(".st-key-builder_publish")
    for text in ("Carol opens with the account.", "Dan opens with the plan.", "Carol reworded the third."):
        expect(panel).to_contain_text(text)
    expect(panel.get_by_role("button", name="Merge into my draft")).to_be_disabled()
    panel.get_by_role("radio", name="Write my own").first.click()
    wait_until_idle(dan)
    both = "Carol opens with the account. Dan opens with the plan."
    panel.get_by_role("textbox", name="Your text").fill(both)
    panel.get_by_role("textbox", name="Your text").blur()
    wait_until_idle(dan)
    press(dan, "Merge into my draft")
    press(dan, "Publish")
    expect(dan.get_by_text("is published as version 3")).to_be_visible()

    open_draft(carol, "Edit")
    leads = [read_lead(carol, place) for place in range(3)]
    assert leads == [both, "Dan reworded the second.", "Carol reworded the third."]
