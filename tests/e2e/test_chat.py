"""The chat in a real browser: asked, read as it comes, stopped, asked again, left in the middle, and found again."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import wait_until_idle
from tests.support.model_server import ModelServer, ScriptedRefusal, ScriptedReply

SLOWLY = {"delay": 0.1}


def open_chat(page: Page, slide: str = "greeting") -> None:
    page.get_by_role("link", name="Resume").first.click()
    expect(page).to_have_url(re.compile(r"/run\?.*slide="))
    page.goto(re.sub("slide=.*", f"slide={slide}", page.url))
    expect(box(page)).to_be_visible()
    wait_until_idle(page)


def box(page: Page) -> Locator:
    return page.get_by_placeholder("Ask about this customer")


def say(page: Page, words: str) -> None:
    box(page).fill(words)
    box(page).press("Enter")


def chat(page: Page) -> Locator:
    return page.locator(".st-key-chat_messages")


def shows(page: Page, words: str, **more: bool) -> None:
    expect(chat(page).get_by_text(words, **more).first).to_be_visible()


def press(page: Page, what: str) -> None:
    """The last button of its kind in the conversation."""
    chat(page).locator(f"[class*='st-key-chat-press-{what}-'] button:visible").last.click()


def words(count: int) -> str:
    return " ".join(f"word{number}" for number in range(count))


def test_what_stands_in_no_record_is_marked_and_still_is_when_found_again(
    sign_in: Callable[..., Page], model: ModelServer, picture: Callable[..., None]
) -> None:
    page = sign_in("alice")
    open_chat(page, "contract-terms")
    model.reset()
    word = f"w{uuid4().hex[:8]}"
    text = f"The notice period is **19 days**, {word}. Marta Keller asked for 12% off by 3 May 2031 [7]."
    model.script(ScriptedReply(text, pieces=6))
    say(page, "What is the notice period?")
    shows(page, "no source has this number")
    marked = chat(page).locator("mark.zen-unknown")
    expect(marked.get_by_text("19 days", exact=True)).to_be_visible()
    assert set(marked.all_inner_texts()) >= {"19 days", "Marta Keller", "3 May 2031"}
    remark = chat(page).locator(".zen-remarks li").filter(has_text="19 days")
    expect(remark).to_contain_text("not in the records")
    expect(remark).to_contain_text("Notice period: ")
    expect(chat(page).get_by_text("[7].")).to_have_count(0)
    claims = chat(page).locator(".zen-remarks li").filter(has_text="not in the records").count()
    assert claims >= 3
    picture(page, "not-in-the-records")

    page.goto(re.sub(r"/run\?.*", f"/conversations?q={word}", page.url))
    group = page.locator("[class*='st-key-conversations-press-group-']").first
    expect(group).to_contain_text(f"{claims} claims not in the records")
    group.get_by_role("button").first.click()
    expect(page.locator("mark.zen-unknown").get_by_text("19 days", exact=True)).to_be_visible()


def test_from_a_suggestion_to_finding_it_again(
    sign_in: Callable[..., Page], model: ModelServer, picture: Callable[..., None]
) -> None:
    page = sign_in("alice")
    open_chat(page)
    model.reset()

    suggested = page.locator(".st-key-chat_suggestions button").first
    label = suggested.inner_text()
    suggested.click()
    shows(page, label, exact=True)
    shows(page, "Written answer")
    assert model.requests == [], "a written answer asks no model"

    model.script(ScriptedReply("Usage fell by a third. **Call them** this week, not next.", pieces=12, delay=1.0))
    say(page, "How has usage developed?")
    shows(page, "Usage fell")
    expect(chat(page).get_by_text("not next.")).not_to_be_visible(timeout=1)
    shows(page, "not next.")
    shows(page, "120 + 30 tokens")
    picture(page, "chat")

    token = f"zebra{uuid4().hex[:8]}"
    model.script(ScriptedReply(f"{token} {words(300)}", pieces=300, **SLOWLY))
    say(page, "Tell me everything")
    shows(page, "word3")
    page.get_by_test_id("stChatInputStopButton").click()
    shows(page, "Stopped before the answer was complete.")
    assert model.hung_up == 1

    wait_until_idle(page)
    model.script(ScriptedReply("In one sentence: usage fell."))
    press(page, "regenerate")
    shows(page, "In one sentence")
    shows(page, "2/2")
    press(page, "turn-1")
    shows(page, token)
    shows(page, "1/2")
    press(page, "turn1")
    shows(page, "In one sentence")

    chat(page).get_by_role("radio", name="Thumbs up").last.click()
    comment = chat(page).get_by_placeholder("What made it useful, or not?")
    comment.fill("To the point.")
    comment.blur()
    wait_until_idle(page)

    asked = len(model.requests)
    page.reload()
    shows(page, "In one sentence")
    shows(page, "2/2")
    expect(comment).to_have_value("To the point.")
    assert len(model.requests) == asked, "a reload asks no model"

    page.get_by_role("link", name="Conversations").click()
    search = page.get_by_placeholder('Words, "a phrase", -without')
    expect(search).to_be_visible()
    picture(page, "conversations")
    search.fill(token)
    search.press("Enter")
    found = page.locator("[class*='st-key-conversations-press-group-']")
    expect(found).to_have_count(1)
    expect(found.get_by_text(token)).to_be_visible()
    expect(page).to_have_url(re.compile(f"q={token}"))
    found.get_by_role("button").first.click()
    expect(page.get_by_text("In one sentence")).to_be_visible()
    expect(page.get_by_text("To the point.")).to_be_visible()
    assert len(model.requests) == asked, "opening a conversation asks no model"


def test_a_tab_closed_in_the_middle_leaves_a_whole_conversation(
    sign_in: Callable[..., Page], model: ModelServer
) -> None:
    page = sign_in("alice")
    open_chat(page, "summary")
    model.reset()
    model.script(ScriptedReply(words(400), pieces=400, **SLOWLY))
    say(page, "What should I write?")
    shows(page, "word3")
    address, later = page.url, page.context.new_page()
    page.close()

    end = time.monotonic() + 30
    while not model.hung_up and time.monotonic() < end:
        time.sleep(0.1)
    assert model.hung_up == 1, "nobody reads on for a tab that is gone"
    later.goto(address)
    shows(later, "What should I write?")
    shows(later, "The page was closed before the answer was complete.")
    assert len(model.requests) == 1

    wait_until_idle(later)
    model.script(ScriptedReply("A whole answer now."))
    press(later, "retry")
    shows(later, "A whole answer now.")
    shows(later, "2/2")


def footers(page: Page) -> list[str]:
    """The parts of the footers below the answers on screen, as often as they stand there."""
    found = chat(page).locator("[class*='st-key-chat-press-']:visible")
    names = (
        re.search(r"st-key-chat-press-([a-z_]+)-", found.nth(i).get_attribute("class") or "")
        for i in range(found.count())
    )
    return sorted(
        name[1] for name in names if name and name[1] in ("source", "thumbs", "regenerate", "more", "retry", "again")
    )


def test_while_an_answer_is_written_no_footer_stands_twice(sign_in: Callable[..., Page], model: ModelServer) -> None:
    page = sign_in("alice")
    open_chat(page, "review-account")
    model.reset()
    model.script(*[ScriptedRefusal(status=500)] * 6)
    say(page, f"What failed {uuid4().hex[:6]}?")
    expect(chat(page).get_by_role("button", name="Retry")).to_be_visible()
    wait_until_idle(page)
    before = footers(page)
    assert before.count("more") == 1

    model.reset()
    model.script(ScriptedReply(words(200), pieces=200, **SLOWLY))
    say(page, "And what now?")
    shows(page, "word3")
    assert footers(page) == before, "the failed answer keeps its one footer"
    page.get_by_test_id("stChatInputStopButton").click()
    shows(page, "Stopped before the answer was complete.")
    wait_until_idle(page)
    both = footers(page)
    assert both.count("more") == 2

    model.script(ScriptedReply(f"Second {words(60)}", pieces=60, **SLOWLY))
    press(page, "retry")
    shows(page, "Second")
    assert footers(page) == before, "the answer that is written again has no footer yet"
    shows(page, "word59")
    wait_until_idle(page)
    assert footers(page).count("more") == 2
