"""Problems of a draft in the builder: named as on screen, and each a way to its place."""

import json
from typing import Any

import pytest

from lib.services import get_model_settings
from lib.ui.session_keys import BUILDER_PAGE_STATE
from lib.workflows.draft_edits import set_slide_field
from tests.database.factories import insert_draft
from tests.pages.assertions import button_labels, find_button, page_text

PAGE = "workflows/builder.py"
NOWHERE = {"fact": "answer", "slide": "draft-email:second", "key": "own_size", "comparison": "at_least", "value": 3}
ASKS = {"branch_key": "question-1a2b3c", "branch_type": "llm", "label": "Who decides?", "prompt": "Who decides?"}


@pytest.fixture
def open_draft(open_page, sql, company):
    def at(**content: Any) -> Any:
        values = {name: json.dumps(value) for name, value in content.items()}
        slides = ["greeting", "draft-email:second", "summary"]
        draft = insert_draft(sql, company.id, company.csm.id, name="Ours", slide_sequence=slides, **values)
        page = open_page(company.csm, PAGE)
        page.query_params["draft"] = draft
        return page.run()

    return at


def follow(page: Any, words: str) -> Any:
    """Press the problem that says the words; returns the state of the page."""
    find_button(page, next(label for label in button_labels(page) if words in label)).click().run()
    return page.session_state[BUILDER_PAGE_STATE]


def labels(page: Any) -> list[str]:
    return [field.label for field in (*page.text_input, *page.text_area)]


def test_a_problem_of_an_own_question_opens_that_question(open_draft):
    questions = [
        {"key": "own_size", "label": "How many?", "kind": "number"},
        {"key": "own_who", "label": "Who?", "kind": "choice", "choices": ["One"]},
    ]
    page = open_draft()
    # The database takes no such question: it is what somebody is still writing.
    page.session_state[BUILDER_PAGE_STATE].queue_command(
        lambda editor: editor.state.show_changed_draft(
            set_slide_field(editor.state.draft, "greeting", "questions", questions)
        )
    )
    page.run()
    state = follow(page, "Question “Who?”")
    assert (state.address, state.tab, state.question_key) == ("greeting", "questions", "own_who")
    assert "Choices" in labels(page)


def test_a_problem_of_the_chat_opens_its_question_and_says_no_key(open_draft):
    loop = [
        {"branch_key": "question-aa", "branch_type": "fixed", "label": "First?", "response_text": "A"}
        | {"next_branch_key": "question-bb"},
        {"branch_key": "question-bb", "branch_type": "fixed", "label": "Second?", "response_text": "B"}
        | {"next_branch_key": "question-aa"},
    ]
    page = open_draft(chat_branches={"greeting": loop})
    assert "question-aa" not in "".join(button_labels(page))
    state = follow(page, "Chat, “Second?”: leads back to itself.")
    assert (state.address, state.tab, state.branch_key) == ("greeting", "chat", "question-bb")


def test_a_problem_of_a_condition_leads_to_it_and_names_the_slide_by_its_title(open_draft):
    page = open_draft(
        slide_contexts={"summary": {"lead": "Thank you."}, "draft-email:second": {"shown_when": {"all": [NOWHERE]}}}
    )
    label = next(label for label in button_labels(page) if "Shown when" in label)
    assert "draft-email:second" not in label
    assert follow(page, "Shown when").focus[0] == "shown_when"


def test_a_slide_that_needs_a_model_is_a_thing_to_know_where_none_is_set_up(open_draft):
    assert not get_model_settings().has_model
    page = open_draft(chat_branches={"greeting": [ASKS]})
    assert "1 thing to know before it is published" in [each.label for each in page.expander]
    assert "to solve before it can be published" not in page_text(page)
    state = follow(page, "none is set up")
    assert (state.address, state.tab, state.branch_key) == ("greeting", "chat", "question-1a2b3c")
