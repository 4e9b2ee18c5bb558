"""What is above a csm's band, on the page: the holder is told, a leader comes from the inbox and decides."""

from datetime import date, timedelta

import pytest

from tests.database.chat_calls import begin_turn, finish_turn, insert_tool_call
from tests.database.factories import fetch_value, insert_row, publish_workflow
from tests.database.rpc import call_rpc
from tests.pages.assertions import button_labels, page_text
from tests.pages.factories import add_customer
from tests.pages.test_chat import press

PAGE, INBOX = "workflows/run.py", "work/inbox.py"
SLIDES = ["greeting", "pricing-strategy", "summary"]
OFFER = [{"name": "Offer", "uplift": 0, "discount": 15, "seats": 100}]


@pytest.fixture
def run(sql, company):
    publish_workflow(sql, company.id, "prices", slides=SLIDES)
    made = add_customer(sql, company, company.csm, "Acme", notice_in=20)
    return call_rpc(company.csm, "start_workflow", p_workflow_id="prices", p_customer_id=made)["execution_id"]


@pytest.fixture
def thread(company, run):
    """The csm's conversation, in which a discount of 15 % waits."""
    turn = begin_turn(company.csm, run, p_slide_id="pricing-strategy")
    what = {"tool": "save_answer", "input": {"field": "scenarios", "value": OFFER}, "status": "waiting"}
    asked = insert_tool_call(company.csm, turn, **what)
    finish_turn(company.csm, turn, "It waits for you.", p_answer_id=asked["answer_id"])
    return turn["thread"]["id"]


@pytest.fixture
def show(open_page, run):
    return lambda who, **more: open_page(who, PAGE, execution=run, slide="pricing-strategy", **more)


def kept(sql, run):
    return fetch_value(sql, "select answers -> 'scenarios' from workflow_step_executions where execution_id = %s", run)


def status(sql, thread):
    return fetch_value(sql, "select status from workflow_llm_tool_calls where thread_id = %s", thread)


def test_the_holder_is_told_and_cannot_approve_but_can_deny(show, company, run, thread, sql):
    page = show(company.csm)
    assert "Needs approval from a manager or admin" in page_text(page)
    page = press(page, "approve")
    assert "A discount above 10% needs approval from a manager or admin." in page_text(page)
    assert (status(sql, thread), kept(sql, run)) == ("waiting", None)
    press(page, "deny")
    assert status(sql, thread) == "denied"


def test_a_leader_sees_it_in_the_inbox_and_approves_it_beside_the_slide(show, open_page, company, run, thread, sql):
    assert "a manager's approval" in page_text(open_page(company.manager, INBOX, section="approvals"))
    page = press(show(company.manager, thread=thread), "approve")
    assert f"{company.manager.full_name}, manager: Done." in page_text(page)
    assert (status(sql, thread), kept(sql, run)) == ("succeeded", OFFER)
    page = show(company.csm)
    assert f"{company.manager.full_name}, manager: Done." in page_text(page)
    assert "Approve" not in button_labels(page)


@pytest.mark.parametrize("named", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_conversation_that_is_not_there_gives_way_to_ones_own(named, show, company, thread):
    assert "How are they?" in page_text(show(company.csm, thread=named))


def test_a_colleague_is_not_shown_it(show, company, thread):
    assert "Approve" not in button_labels(show(company.other_csm, thread=thread))


def test_the_parameters_of_an_action_are_asked_as_questions(show, open_page, company, run, sql):
    turn = begin_turn(company.csm, run, p_slide_id="pricing-strategy")
    ours = "select id from workflow_definitions where workflow_id = 'prices' and company_id = %s"
    definition = fetch_value(sql, ours, company.id)
    snooze = fetch_value(sql, "select id from saved_actions where kind = 'snooze' and company_id is null")
    branch = {"definition_id": definition, "company_id": company.id, "slide_id": "pricing-strategy", "label": "Later"}
    insert_row(
        sql, "workflow_chat_branches", branch_key="later", branch_type="saved_action", saved_action_id=snooze, **branch
    )
    given = {"until": (date.today() + timedelta(days=5)).isoformat(), "reason": "", "move_due": False}
    what = {"tool": "run_saved_action", "input": {"action": "Snooze", "parameters": given}, "status": "waiting"}
    asked = insert_tool_call(company.csm, turn, **what)
    finish_turn(company.csm, turn, "It waits for you.", p_answer_id=asked["answer_id"])
    page = press(show(company.csm), "approve")
    assert "“Why” needs an answer." in page_text(page)
    (until,) = [each for each in page.date_input if "parameters.until" in (each.key or "")]
    (why,) = [each for each in page.text_area if "parameters.reason" in (each.key or "")]
    until.set_value(date.today() + timedelta(days=6))
    press(why.set_value("They are at a fair.").run(), "approve")
    kept = fetch_value(sql, "select parameters from saved_action_runs where execution_id = %s", run)
    assert (kept["until"], kept["reason"]) == ((date.today() + timedelta(days=6)).isoformat(), "They are at a fair.")
