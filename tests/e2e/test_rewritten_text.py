"""A letter rewritten by a model in a real browser: compared word by word, kept, then taken."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_chat import chat, open_chat, press, say, shows
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply


@pytest.mark.parametrize("look", [{}, {"phone": True, "dark": True}], ids=["wide", "phone"])
def test_a_rewritten_letter_is_seen_word_by_word_before_it_is_taken(
    sign_in: Callable[..., Page], model: ModelServer, picture: Callable[..., None], look: dict[str, Any]
) -> None:
    page = sign_in("alice", **look)
    open_chat(page, "draft-email")
    letter = page.get_by_label("Text", exact=True).first
    before = letter.input_value()
    after = before.replace("Kind regards", "Ravi Naur joins us on 3 May 2031.\n\nKind regards")
    assert after != before
    proposal = ScriptedCall("save_answer", {"field": "body", "value": after})
    model.reset()
    model.script(ScriptedReply(calls=(proposal,)), ScriptedReply("Have a look."))
    say(page, "Say who joins us.")
    shows(page, "What would change in your text")
    expect(chat(page).locator("ins").filter(has_text="Ravi Naur")).to_be_visible()
    expect(chat(page).locator(".zen-remarks li").filter(has_text="3 May 2031")).to_contain_text("not in the records")
    chat(page).locator("ins").first.scroll_into_view_if_needed()
    picture(page, f"rewritten-{'phone' if look else 'wide'}", tall=1100)
    expect(letter).to_have_value(before)
    press(page, "deny")
    expect(chat(page).get_by_role("button", name="Keep mine")).to_have_count(0)
    expect(letter).to_have_value(before)
