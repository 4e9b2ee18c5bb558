"""A model that rewrites a text of the slide shows what would change, and changes nothing by itself."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.database.factories import fetch_value
from tests.pages.assertions import button_labels, page_html, page_text
from tests.pages.test_chat import press, run, say, server, show
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply

__all__ = ["run", "server", "show"]
SLIDE = "draft-email"
TIMES = "I'll suggest two times."


def body_field(page: AppTest) -> Any:
    return next(each for each in page.text_area if (each.key or "").endswith(".body"))


def rewrite(server: ModelServer, page: AppTest, after: str) -> AppTest:
    server.script(
        ScriptedReply(calls=(ScriptedCall("save_answer", {"field": "body", "value": after}),)),
        ScriptedReply("Have a look."),
    )
    return say(page, "Make it warmer", SLIDE)


@pytest.fixture
def letter(show) -> AppTest:
    page: AppTest = show(slide=SLIDE)
    assert TIMES in body_field(page).value
    return page


def test_a_rewritten_letter_is_compared_word_by_word_and_checked(letter, server):
    before = body_field(letter).value
    page = rewrite(server, letter, before.replace(TIMES, "I'll suggest two times with Marta Keller."))
    html = "".join(element.value for element in page_html(page))
    assert "What would change in your text" in html
    assert '<ins> with <mark class="zen-unknown">Marta Keller</mark></ins>' in html
    assert "Marta Keller</span>" in html
    assert "not in the records" in html
    assert "<del>" not in html
    assert {"Use this version", "Keep mine"} <= set(button_labels(page))
    assert "will say:" not in page_text(page)
    assert body_field(page).value == before


def test_the_rewritten_letter_is_taken_or_the_own_one_kept(letter, server, sql, run):
    before = body_field(letter).value
    after = before.replace(TIMES, "Name a day.")
    page = press(rewrite(server, letter, after), "deny")
    assert body_field(page).value == before
    page = press(rewrite(server, page, after), "approve")
    assert body_field(page).value == after
    stored = "select answers ->> 'body' from public.workflow_step_executions where execution_id = %s and slide_id = %s"
    assert fetch_value(sql, stored, run, SLIDE) == after


def test_the_model_gets_the_whole_letter_it_is_to_rewrite(letter, server):
    long = "\n\n".join(f"Paragraph {number} of the letter to them." for number in range(60))
    page = body_field(letter).set_value(long).run()
    rewrite(server, page, "Short.")
    assert "Paragraph 59 of the letter" in str(server.requests[0])
