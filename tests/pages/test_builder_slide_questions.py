"""The builder: the questions a library slide comes with are reworded, needed, or not asked."""

import json

import pytest

from tests.database.factories import insert_draft
from tests.pages.assertions import button_labels, page_text
from tests.pages.builder_drafts import fetch_contexts, find_labelled, open_draft, open_tab, press_button
from tests.pages.factories import add_customer
from tests.support.requests import record_requests

UPDATE = "PATCH /rest/v1/workflow_drafts"


@pytest.fixture
def draft(sql, company):
    add_customer(sql, company, company.csm, "Acme")
    return str(insert_draft(sql, company.id, company.csm.id, slide_sequence=["greeting", "summary"]))


@pytest.fixture
def open_slide(open_page, company, draft):
    def at(slide, member=None):
        return open_tab(open_draft(open_page, member or company.csm, draft, slide=slide), "questions")

    return at


def list_previewed_questions(page):
    return [field.label for field in (*page.text_area, *page.text_input, *page.segmented_control, *page.selectbox)]


def list_optional_questions(page):
    """Their buttons; the first is the question that the tab Texts words."""
    return [each for each in button_labels(page) if "· optional" in each]


def test_a_question_is_reworded_needed_and_previewed(open_slide, sql, draft):
    page = open_slide("greeting")
    page = press_button(page, list_optional_questions(page)[-1])
    with record_requests() as sent:
        find_labelled(page.text_input, "Wording").set_value("What are we after?").run()
    assert sent == [UPDATE]
    find_labelled(page.checkbox, "Needs an answer").check().run()
    find_labelled(page.text_input, "Explanation (optional)").set_value("One sentence.").run()
    ((key, change),) = fetch_contexts(sql, draft)["greeting"]["form"].items()
    assert key == "concern"
    assert change == {"label": "What are we after?", "help": "One sentence.", "is_required": True}
    assert any(each.startswith("What are we after? :gray[· needs an answer, reworded]") for each in button_labels(page))
    assert any(each.startswith("What are we after?") for each in list_previewed_questions(page))
    press_button(page, "Back to the library's question")
    assert fetch_contexts(sql, draft) == {}


def test_a_question_is_left_out_asked_again_and_undone(open_slide, sql, draft):
    page = open_slide("greeting")
    entry = next(each for each in button_labels(page) if "· optional" in each)
    label = entry.partition(" :gray[")[0]
    press_button(page, entry)
    assert any(each.startswith(label) for each in list_previewed_questions(page))
    find_labelled(page.toggle, "Ask this question").set_value(False).run()
    assert list(fetch_contexts(sql, draft)["greeting"]["form"].values()) == [{"is_hidden": True}]
    assert f"{label} :gray[· not asked]" in button_labels(page)
    assert not any(each.startswith(label) for each in list_previewed_questions(page))
    press_button(page, "Undo")
    assert fetch_contexts(sql, draft) == {}
    press_button(page, "Redo")
    find_labelled(page.toggle, "Ask this question").set_value(True).run()
    assert fetch_contexts(sql, draft) == {}


def test_a_locked_question_is_reworded_only_and_says_why(open_slide, sql, draft):
    page = press_button(open_slide("summary"), "How did it end?")
    assert "Wording" not in [each.label for each in page.text_input]
    seen = page_text(page)
    assert "Always asked. Zen records the outcome of a run from it." in seen
    assert "Ask this question" not in [each.label for each in page.toggle]
    assert "Needs an answer" not in [each.label for each in page.checkbox]
    find_labelled(page.text_input, "Explanation (optional)").set_value("One code.").run()
    assert fetch_contexts(sql, draft) == {"summary": {"form": {"outcome_code": {"help": "One code."}}}}
    assert "problem" not in page_text(page)


def test_a_question_has_its_words_in_one_place(open_slide, sql, draft):
    page = press_button(open_slide("summary"), "How did it end?")
    page = press_button(page, "Reword it under Texts")
    find_labelled(page.text_input, "Question").set_value("What came of it?").run()
    assert fetch_contexts(sql, draft) == {"summary": {"question": "What came of it?"}}
    page = open_tab(page, "questions")
    assert any(each.startswith("What came of it?") for each in button_labels(page))


def test_a_change_that_cannot_be_made_leads_to_its_question_and_is_dropped(open_slide, sql, draft):
    form = {"outcome_code": {"is_hidden": True}, "gone": {"label": "x"}}
    contexts = json.dumps({"summary": {"form": form}})
    sql.execute("update public.workflow_drafts set slide_contexts = %s where id = %s", (contexts, draft))
    page = open_slide("greeting")
    problem = next(each for each in button_labels(page) if "is always asked" in each)
    assert "form:" not in problem.replace("form outcome_code:", "")
    press_button(page, problem)
    assert page.query_params["slide"] in ("summary", ["summary"])
    press_button(page, "Drop changes to questions it does not ask")
    press_button(page, "Back to the library's question")
    assert fetch_contexts(sql, draft) == {}
    assert "problem" not in page_text(page)


def test_a_colleague_reads_the_changes(open_slide, company):
    page = open_slide("greeting", company.other_csm)
    page = press_button(page, list_optional_questions(page)[-1])
    assert find_labelled(page.toggle, "Ask this question").disabled
    assert find_labelled(page.text_input, "Wording").disabled
