"""The builder: a slide is taken from another workflow, and the outline says which slides have a condition."""

import json

import pytest

from lib.ui import session_keys
from lib.ui.builder.slide_outline import build_outline_data
from tests.database.factories import fetch_value, insert_draft, publish_next_version
from tests.pages.assertions import button_labels, page_text
from tests.pages.builder_drafts import fetch_contexts, find_labelled, open_draft, press_button
from tests.pages.factories import add_company_workflow
from tests.support.requests import record_requests

UPDATE = "PATCH /rest/v1/workflow_drafts"
AUDIT = {
    "title": "Security audit",
    "questions": [{"key": "own_audited", "label": "Is there an audit?", "kind": "yes_no"}],
}
BRANCH = {"branch_key": "why", "branch_type": "fixed", "label": "Why?", "response_text": "So."}


@pytest.fixture
def draft(sql, company):
    slides = ["greeting", "draft-email", "summary"]
    return str(insert_draft(sql, company.id, company.csm.id, slide_sequence=slides))


@pytest.fixture
def colleagues_draft(sql, company):
    return insert_draft(
        sql, company.id, company.other_csm.id, name="Audited renewal", slide_sequence=["greeting", "summary"],
        slide_contexts=json.dumps({"greeting": AUDIT}), chat_branches=json.dumps({"greeting": [BRANCH]}),
    )  # fmt: skip


def fetch_sequence(sql, draft):
    return fetch_value(sql, "select slide_sequence from public.workflow_drafts where id = %s", draft)


def take(page, beginning):
    page.session_state[session_keys.builder_button_key("take")] = True
    page.run()
    slides = find_labelled(page.selectbox, "Slide")
    label = next(each for each in slides.options if each.startswith(beginning))
    slides.select(label).run()
    return page


def test_a_slide_of_a_colleagues_draft_comes_with_its_questions_and_chat(
    open_page, company, sql, draft, colleagues_draft
):
    page = take(open_draft(open_page, company.csm, draft, slide="greeting"), "Security audit · Audited renewal (draft")
    assert "Comes with 1 text of its own, 1 own question, 1 chat question." in page_text(page)
    with record_requests() as sent:
        press_button(page, "Take this slide")
    assert sent == ["GET /rest/v1/workflow_drafts", UPDATE]
    assert fetch_sequence(sql, draft) == ["greeting", "greeting:second", "draft-email", "summary"]
    assert fetch_contexts(sql, draft) == {"greeting:second": AUDIT}
    branches = fetch_value(sql, "select chat_branches from public.workflow_drafts where id = %s", draft)
    assert branches == {"greeting:second": [BRANCH]}
    press_button(page, "Undo")
    assert fetch_sequence(sql, draft) == ["greeting", "draft-email", "summary"]
    assert fetch_contexts(sql, draft) == {}


def test_the_one_summary_is_replaced_and_the_page_says_so(open_page, company, sql, draft, colleagues_draft):
    page = take(open_draft(open_page, company.csm, draft), "Summary and outcome · Audited renewal (draft")
    assert "It replaces the one in your workflow" in page_text(page)
    press_button(page, "Take this slide")
    assert fetch_sequence(sql, draft) == ["greeting", "draft-email", "summary"]


def test_a_slide_comes_from_an_earlier_version(open_page, company, sql, draft):
    workflow = add_company_workflow(sql, company, company.manager, ["greeting", "set-goals", "summary"])
    definition = fetch_value(sql, "select id from public.workflow_definitions where workflow_id = %s", workflow)
    sql.execute(
        """update public.workflow_definitions set slide_contexts = '{"set-goals": {"lead": "New"}}' where id = %s""",
        [definition],
    )
    publish_next_version(sql, definition)
    name = fetch_value(sql, "select name from public.workflow_definitions where id = %s", definition)
    page = take(open_draft(open_page, company.csm, draft, slide="draft-email"), f"Set goals · {name}")
    find_labelled(page.selectbox, "Of version").set_value(1).run()
    press_button(page, "Take this slide")
    assert fetch_contexts(sql, draft) == {}
    assert fetch_sequence(sql, draft) == ["greeting", "draft-email", "set-goals", "summary"]


def test_slides_with_a_condition_say_so_in_words(open_page, company, sql, draft):
    tests = [
        {"fact": "segment", "comparison": "is", "value": "enterprise"},
        {"fact": "answer", "slide": "greeting", "key": "own_audited", "comparison": "is", "value": False},
        {"fact": "arr", "comparison": "at_least", "value": 50000},
        {"fact": "answer", "slide": "gone", "key": "x", "comparison": "is", "value": 3},
    ]
    contexts = json.dumps({"greeting": AUDIT, "draft-email": {"shown_when": {"all": tests}}})
    sql.execute("update public.workflow_drafts set slide_contexts = %s where id = %s", (contexts, draft))
    page = open_draft(open_page, company.csm, draft, slide="draft-email")
    sentence = (
        "Only if segment is Enterprise and “Is there an audit?” is no and ARR is at least $50,000 and an answer that "
        "is not asked is 3"
    )
    state = page.session_state[session_keys.BUILDER_PAGE_STATE]
    marks = {each["address"]: each["condition"] for each in build_outline_data(state)["slides"]}
    assert marks == {"greeting": "", "draft-email": sentence, "summary": ""}
    assert "Only if segment is Enterprise" in page_text(page)
    assert any("does not come before" in each or "not in the workflow" in each for each in button_labels(page))
