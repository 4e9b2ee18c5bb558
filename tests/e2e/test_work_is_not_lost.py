"""What was typed is kept when a process ends, when the session ends, and when the database is away."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from tests.e2e.cluster import Cluster, find_execution_id, kill, open_browser, sign_in
from tests.e2e.conftest import find_renewal, wait_until_idle
from tests.support.server import AppServer

WATCH_VALUES = """(element) => {
  window.seenValues = []
  setInterval(() => {
    const shown = document.querySelector(`[aria-label=${JSON.stringify(element.ariaLabel)}]`)?.value
    if (shown !== undefined && shown !== window.seenValues.at(-1)) window.seenValues.push(shown)
  }, 10)
}"""


def open_run(page: Page, name: str = "bob", slide: str = "greeting") -> None:
    page.goto("/auth/sign-in")
    sign_in(page, name)
    find_renewal(page).click()
    expect(page).to_have_url(re.compile(r"/run\?.*execution="))
    page.goto(f"/run?execution={find_execution_id(page)}&slide={slide}")
    expect(page.get_by_role("button", name="Next:")).to_be_visible()
    wait_until_idle(page)


def find_text(page: Page, label: str = "worries") -> Locator:
    return page.get_by_role("textbox", name=re.compile(label))


def save_text(page: Page, text: str, label: str = "worries") -> None:
    find_text(page, label).fill(text)
    find_text(page, label).blur()
    wait_until_idle(page)
    expect(page.locator("html:not([data-zen-unsaved])")).to_be_attached()


def type_without_leaving(page: Page, text: str, label: str = "worries") -> None:
    box = find_text(page, label)
    box.click()
    box.press("Control+End")
    box.press_sequentially(text)


def end_process(cluster: Cluster, how: str) -> None:
    held = cluster.find_server_of_tab()
    if how == "kill -9":
        kill(held)
        return
    held.stop()
    cluster.start_again(held)


@pytest.mark.parametrize("how", ["kill -9", "restart for a release"])
def test_text_is_kept_while_its_process_ends(cluster: Cluster, browser: Browser, how: str) -> None:
    with open_browser(browser, cluster.url) as context:
        page = context.new_page()
        open_run(page)
        save_text(page, f"Stored before: {how}.")
        type_without_leaving(page, " And typed")
        find_text(page).evaluate(WATCH_VALUES)
        end_process(cluster, how)
        typed = f"Stored before: {how}. And typed"
        expect(find_text(page)).to_be_enabled()
        expect(find_text(page)).to_have_value(typed)
        type_without_leaving(page, " on.")
        typed = find_text(page).input_value()
        find_text(page).blur()
        expect(page.locator("html:not([data-zen-unsaved])")).to_be_attached()
        wait_until_idle(page)
        expect(page.locator(".st-key-run_saved")).to_contain_text("Saved")
        seen = page.evaluate("window.seenValues")
        assert all(value.startswith(f"Stored before: {how}. And typed") for value in seen), seen
        page.reload()
        expect(find_text(page)).to_have_value(typed)


@pytest.mark.parametrize("step", ["leave the field", "Next"])
def test_text_is_saved_once_the_only_process_was_killed_and_started_again(
    cluster: Cluster, browser: Browser, step: str
) -> None:
    served = cluster.servers[0]
    with open_browser(browser, served.url) as context:
        page = context.new_page()
        open_run(page)
        save_text(page, f"Stored before: {step}.")
        type_without_leaving(page, " And typed")
        kill(served)
        expect(find_text(page)).to_be_disabled()
        cluster.start_again(served)
        typed = f"Stored before: {step}. And typed"
        expect(find_text(page)).to_be_enabled()
        wait_until_idle(page)
        expect(find_text(page)).to_have_value(typed)
        if step == "Next":
            page.get_by_role("button", name="Next:").click()
            expect(page).not_to_have_url(re.compile("slide=greeting"))
            page.get_by_role("button", name="Back", exact=True).click()
            expect(page).to_have_url(re.compile("slide=greeting"))
        else:
            find_text(page).click()
            find_text(page).blur()
        expect(page.locator("html:not([data-zen-unsaved])")).to_be_attached()
        page.reload()
        expect(find_text(page)).to_have_value(typed)


def test_a_choice_right_after_the_process_died_is_kept(cluster: Cluster, browser: Browser) -> None:
    with open_browser(browser, cluster.url) as context:
        page = context.new_page()
        open_run(page, slide="contract-terms")
        yes, no = (page.get_by_role("radio", name=name, exact=True).first for name in ("Yes", "No"))
        no.click()
        expect(no).to_be_checked()
        wait_until_idle(page)
        end_process(cluster, "kill -9")
        expect(yes).to_be_enabled()
        yes.click()
        wait_until_idle(page)
        expect(yes).to_be_checked()
        page.reload()
        expect(yes).to_be_checked()


def test_questions_and_dialogs_keep_their_text_when_the_process_dies(cluster: Cluster, browser: Browser) -> None:
    with open_browser(browser, cluster.url) as context:
        page = context.new_page()
        open_run(page)
        question = page.locator("[data-testid=stChatInput] textarea")
        question.click()
        question.press_sequentially("What do they pay")
        end_process(cluster, "kill -9")
        expect(question).to_be_enabled()
        expect(question).to_have_value("What do they pay")
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        expect(question).to_have_value("What do they pay")
        wait_until_idle(page)

        cluster.start_again(next(server for server in cluster.servers if server.process.poll() is not None))
        open_skip_dialog(page)
        page.get_by_role("dialog").get_by_role("textbox").last.press_sequentially("They asked for more ti")
        end_process(cluster, "kill -9")
        page.reload()
        wait_until_idle(page)
        open_skip_dialog(page)
        expect(page.get_by_role("dialog").get_by_role("textbox").last).to_have_value("They asked for more ti")


def open_skip_dialog(page: Page) -> None:
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name=re.compile("Skip")).last.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    wait_until_idle(page)


def test_signing_out_in_one_tab_ends_the_others_and_keeps_their_text_for_the_same_person(
    cluster: Cluster, browser: Browser
) -> None:
    with open_browser(browser, cluster.url) as context:
        page, other = context.new_page(), context.new_page()
        open_run(page)
        save_text(page, "Known before.")
        other.goto("/")
        other.get_by_role("button", name="Sign out").click()
        expect(other).to_have_url(re.compile("out=everywhere"))
        type_without_leaving(page, " Typed after signing out elsewhere.")
        find_text(page).blur()
        expect(page.get_by_role("heading", name="Your session has ended.")).to_be_visible()
        page.get_by_role("link", name="Sign in").click()
        sign_in(page, "bob")
        expect(find_text(page)).to_have_value("Known before. Typed after signing out elsewhere.")
        expect(page.locator("html:not([data-zen-unsaved])")).to_be_attached()
        page.reload()
        expect(find_text(page)).to_have_value("Known before. Typed after signing out elsewhere.")


def test_another_person_in_the_tab_finds_nothing_of_the_text(demo: AppServer, browser: Browser) -> None:
    with open_browser(browser, demo.url) as context:
        page, other = context.new_page(), context.new_page()
        open_run(page)
        save_text(page, "Known to all.")
        other.goto("/")
        other.get_by_role("button", name="Sign out").click()
        expect(other).to_have_url(re.compile("out=everywhere"))
        type_without_leaving(page, " Typed by Bob.")
        find_text(page).blur()
        page.get_by_role("link", name="Sign in").click()
        sign_in(page, "carol")
        expect(find_text(page)).to_have_value("Known to all.")
        wait_until_idle(page)
        assert "Typed by Bob" not in page.evaluate("JSON.stringify(sessionStorage) + document.body.innerText")


@pytest.mark.parametrize("choice", ["Put it back", "Discard it"])
def test_text_that_meets_another_one_is_offered_and_never_put_over_it(
    cluster: Cluster, browser: Browser, tmp_path: Path, choice: str
) -> None:
    served, others = cluster.servers
    with open_browser(browser, served.url) as mine, open_browser(browser, others.url) as theirs:
        page, carol = mine.new_page(), theirs.new_page()
        open_run(page)
        address = page.url
        save_text(page, f"Before: {choice}.")
        type_without_leaving(page, " Bob adds this.")
        kill(served)
        expect(find_text(page)).to_be_disabled()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto("about:blank")
        carol.goto("/auth/sign-in")
        sign_in(carol, "carol")
        carol.goto(re.sub(".*/run", "/run", address))
        expect(find_text(carol)).to_be_visible()
        wait_until_idle(carol)
        save_text(carol, "Carol's words.")

        cluster.start_again(served)
        page.goto(address)
        bar = page.get_by_role("status").filter(has_text="it was not saved")
        expect(bar).to_contain_text(f"“Before: {choice}. Bob adds this.”")
        expect(find_text(page)).to_have_value("Carol's words.")
        wait_until_idle(page)
        page.screenshot(path=tmp_path / "offer.png")
        bar.get_by_role("button", name=choice).click()
        kept = f"Before: {choice}. Bob adds this." if choice == "Put it back" else "Carol's words."
        expect(find_text(page)).to_have_value(kept)
        expect(page.locator("html:not([data-zen-unsaved])")).to_be_attached()
        page.reload()
        expect(find_text(page)).to_have_value(kept)
        expect(bar).not_to_be_visible()


def test_leaving_unsaved_answers_asks_and_coming_back_finds_them(demo: AppServer, browser: Browser) -> None:
    with open_browser(browser, demo.url) as mine, open_browser(browser, demo.url) as theirs:
        page, other = mine.new_page(), theirs.new_page()
        open_run(page)
        address = page.url
        other.goto("/auth/sign-in")
        sign_in(other, "carol")
        other.goto(address)
        expect(find_text(other)).to_be_visible()
        wait_until_idle(other)
        save_text(other, "Carol wrote before Bob.")
        find_text(page).fill("Bob's words.")
        find_text(page).blur()
        expect(page.get_by_text("Carol Adeyemi saved this slide")).to_be_visible()

        asked: list[str] = []
        answers = [False, True]

        def answer(dialog: Dialog) -> None:
            asked.append(dialog.type)
            if answers.pop(0):
                dialog.accept()
            else:
                dialog.dismiss()

        page.on("dialog", answer)
        with page.expect_event("dialog"):
            page.get_by_role("link", name="Inbox").click()
        expect(find_text(page)).to_have_value("Bob's words.")
        assert asked == ["confirm"]
        page.get_by_role("link", name="Inbox").click()
        expect(page).to_have_url(re.compile("/inbox"))
        assert asked == ["confirm", "confirm"]
        wait_until_idle(page)
        page.go_back()
        expect(find_text(page)).to_have_value("Bob's words.")
        expect(page.get_by_text("Carol Adeyemi saved this slide")).to_be_visible()
        page.get_by_role("button", name="Take theirs").click()
        expect(find_text(page)).to_have_value("Carol wrote before Bob.")
        wait_until_idle(page)
        page.reload()
        expect(find_text(page)).to_have_value("Carol wrote before Bob.")
        assert asked == ["confirm", "confirm"], "what was discarded is neither asked about nor put back"
