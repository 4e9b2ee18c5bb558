"""A run with a free slide, questions of the company, and slides that are left out by a condition."""

import json
from typing import Any

import pytest

from lib.ui.session_keys import RUN_SLIDE_ROW
from tests.database.factories import fetch_value, publish_workflow
from tests.database.rpc import call_rpc
from tests.pages.assertions import page_text
from tests.pages.factories import add_customer, add_usage
from tests.pages.test_run import PAGE, find_widget, press_button, read_step

AUDIT, OFFER = "custom:audit", "custom:offer"
SLIDES = ["greeting", AUDIT, OFFER, "contract-terms", "summary"]
CONTEXTS = {
    "greeting": {"form": {"goal": {"label": "What do we want?"}, "concern": {"is_hidden": True}}},
    AUDIT: {
        "title": "Security review",
        "lead": "Ask {{ customer.name }} about their audit.",
        "shows": ["usage_chart"],
        "questions": [
            {"key": "own_audited", "label": "Is there an audit?", "kind": "yes_no", "is_required": True},
            {"key": "own_auditor", "label": "Who audits them?", "kind": "text"},
            {"key": "own_cost", "label": "What does it cost?", "kind": "money"},
        ],
    },
    OFFER: {
        "title": "Offer an audit",
        "lead": "Audited by {{ answer.own_auditor|or_else('nobody yet') }}.",
        "questions": [{"key": "own_price", "label": "At what price?", "kind": "money", "is_required": True}],
        "shown_when": {
            "all": [{"fact": "answer", "slide": AUDIT, "key": "own_audited", "comparison": "is", "value": False}]
        },
    },
}


@pytest.fixture
def run(sql, company):
    publish_workflow(sql, company.id, "audited", slides=SLIDES, slide_contexts=json.dumps(CONTEXTS))
    acme = add_customer(sql, company, company.csm, "Acme", notice_in=20)
    add_usage(sql, company, acme)
    return call_rpc(company.csm, "start_workflow", p_workflow_id="audited", p_customer_id=acme)["execution_id"]


@pytest.fixture
def show(open_page, company, run):
    return lambda slide: open_page(company.csm, PAGE, execution=run, slide=slide)


def slide_names(page: Any) -> list[str]:
    return [option.split(": ")[-1] for option in page.button_group(key=RUN_SLIDE_ROW).options]


def save(company, run: str, slide: str, **answers: Any) -> None:
    call_rpc(company.csm, "save_step", p_execution_id=run, p_slide_id=slide, p_answers=answers, p_revision=0)


def test_a_free_slide_has_its_text_chosen_parts_and_questions(show):
    page = show(AUDIT)
    text = page_text(page)
    assert "## Security review" in text
    assert "Ask Acme about their audit." in text
    assert len(page.get("plotly_chart")) == 1
    assert find_widget(page, "text_area", "own_auditor").label == "Who audits them? (optional)"
    assert "Audit" in slide_names(page)


def test_questions_of_the_slides_own_form_are_reworded_and_left_out(show):
    page = show("greeting")
    assert find_widget(page, "text_area", "goal").label == "What do we want? (optional)"
    assert not [area for area in page.text_area if (area.key or "").endswith(".concern")]


def test_an_own_question_is_required_checked_by_its_kind_and_saved(show, sql, run):
    page = show(AUDIT)
    press_button(page, "next", AUDIT)
    assert "Needs an answer." in page_text(page)
    assert read_step(sql, run, AUDIT).get("status", "draft") == "draft"
    find_widget(page, "button_group", "own_audited").set_value(True).run()
    find_widget(page, "text_input", "own_cost").set_value("about ten").run()
    page = press_button(page, "next", AUDIT)
    assert "## Security review" in page_text(page)  # a text is no amount
    find_widget(page, "text_input", "own_cost").set_value("1,200.50").run()
    page = press_button(page, "next", AUDIT)
    answers = read_step(sql, run, AUDIT)["answers"]
    assert (answers["own_audited"], answers["own_cost"]) == (True, 1200.5)
    assert "## Contract terms" in page_text(page)


def test_a_slide_whose_condition_does_not_hold_is_left_out_with_its_reason(show, sql, run):
    page = show(AUDIT)
    assert "Offer" not in slide_names(page)
    text = page_text(page)
    assert "Left out: “Offer an audit” because “Is there an audit?” is not answered." in text
    assert "2 of 4" in text
    assert "of 4 slides done" in text
    find_widget(page, "button_group", "own_audited").set_value(False).run()
    assert "Offer" in slide_names(page)
    assert "Left out" not in page_text(page)
    page = press_button(page, "next", AUDIT)
    assert "## Offer an audit" in page_text(page)
    where = "select current_slide from public.workflow_executions where id = %s"
    assert fetch_value(sql, where, run) == OFFER


def test_an_answer_is_shown_on_a_later_slide_and_in_the_summary(show, company, run):
    save(company, run, AUDIT, own_audited=False, own_auditor="Deloitte")
    assert "Audited by Deloitte." in page_text(show(OFFER))
    assert "Who audits them? Deloitte" in page_text(show("summary"))


def test_answers_of_a_slide_that_is_left_out_stay_and_do_not_count(show, company, run, sql):
    save(company, run, AUDIT, own_audited=True)
    save(company, run, OFFER, own_price=100)
    assert "At what price?" not in page_text(show("summary"))
    assert read_step(sql, run, OFFER)["answers"] == {"own_price": 100}
    text = page_text(show(OFFER))
    assert "This run leaves the slide out because “Is there an audit?” is not no. Answers do not count." in text


def test_a_run_resumes_past_a_slide_that_is_left_out_and_completes_without_it(open_page, show, company, run, sql):
    save(company, run, AUDIT, own_audited=True)
    sql.execute("update public.workflow_executions set current_slide = %s, revision = revision + 1 where id = %s",
                (OFFER, run))  # fmt: skip
    assert "## Contract terms" in page_text(open_page(company.csm, PAGE, execution=run))
    page = show("summary")
    find_widget(page, "button_group", "outcome_code").set_value("renewed").run()
    find_widget(page, "text_input", "amount").set_value("50000").run()
    page = press_button(page, "complete", "summary")
    text = page_text(page)
    assert "Offer an audit" not in text.split("Required answers are missing")[-1]
