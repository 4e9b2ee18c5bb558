"""Handing a run to a colleague: severity, clock, what they need to know, and how it comes back."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from lib.ui.actions.escalation_context import describe_speaker
from tests.database.action_calls import (
    escalate,
    fetch_event_kinds,
    fetch_events,
    fetch_execution,
    fetch_snoozes,
    hand_back,
    latest_escalation_id,
    redirect,
    snooze,
    undo,
    withdraw,
)
from tests.database.chat_calls import begin_turn, finish_turn, get_row_signer, new_id, text_content
from tests.database.factories import Sql, fetch_rows, fetch_value, insert_row, work_every_day
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company


@pytest.fixture
def company(books: Company) -> Company:
    return books


def row(sql: Sql, run: str) -> dict[str, Any]:
    return fetch_rows(sql, "select * from public.workflow_escalations where id = %s", latest_escalation_id(sql, run))[0]


def acknowledge(who, sql, run):
    return call_rpc(who, "acknowledge_escalation", p_escalation_id=latest_escalation_id(sql, run))


def comment(who, sql, run, body="They sign on Friday."):
    return call_rpc(who, "comment_escalation", p_escalation_id=latest_escalation_id(sql, run), p_body=body)


@pytest.mark.parametrize(("severity", "days"), [("critical", 1), ("high", 2), ("medium", 7), ("low", 14)])
def test_the_severity_sets_the_clock(company, sql, new_run, severity, days):
    work_every_day(sql, company.id)
    run = new_run(company)
    escalate(company.csm, run, company.manager, severity=severity)
    asked = row(sql, run)
    assert asked["respond_by"] - asked["created_at"] == timedelta(days=days)


def test_the_first_answer_is_due_on_a_working_day(new_company, sql, new_run):
    company = new_company()
    tomorrow = fetch_value(sql, "select private.today() + 1")
    work_every_day(sql, company.id)
    for ahead, name in ((0, "Founders' day"), (1, "The day after")):
        insert_row(sql, "company_holidays", company_id=company.id, day=tomorrow + timedelta(days=ahead), name=name)
    run = new_run(company)
    escalate(company.csm, run, company.manager, severity="critical")
    asked = row(sql, run)
    assert asked["respond_by"] - asked["created_at"] == timedelta(days=3)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"to": None}, "Choose a colleague."),
        ({"to": "Mara"}, "Choose a colleague."),
        ({"to": str(uuid.uuid4())}, "Choose a colleague."),
        ({"severity": "urgent"}, "Choose a severity."),
        ({"severity": None}, "Choose a severity."),
        ({"ask": "  "}, "Say what you need."),
        ({"ask": "x" * 4001}, "At most 4000 characters are kept; shorten the text."),
        ({"to": None, "severity": None, "ask": None}, "Choose a colleague. Choose a severity. Say what you need."),
    ],
)
def test_what_is_wrong_with_an_escalation_is_said(company, sql, new_run, wrong, sentence):
    run = new_run(company)
    with assert_refused("PT400", sentence):
        escalate(company.csm, run, company.manager, **wrong)
    assert fetch_event_kinds(sql, run) == ["started"]


def test_nobody_escalates_to_themselves(company, new_run):
    run = new_run(company)
    with assert_refused("PT400", "You cannot escalate to yourself"):
        escalate(company.csm, run, company.csm)


def test_nobody_escalates_to_somebody_who_left(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    sql.execute("update public.profiles set is_active = false where id = %s", [company.manager.id])
    with assert_refused("PT409", "Mara Lindqvist has left the company."):
        escalate(company.csm, run, company.manager)
    with assert_refused("PT409", "Mara Lindqvist has left the company."):
        arguments = {"p_to": str(company.manager.id), "p_key": str(uuid.uuid4())}
        call_rpc(company.csm, "reassign_execution", p_execution_id=run, **arguments)
    assert fetch_event_kinds(sql, run) == ["started"]


def test_the_person_asked_is_given_facts_answers_and_the_question(company, sql, new_run):
    run = new_run(company)
    saved = {"p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0}
    call_rpc(company.csm, "save_step", p_execution_id=run, **saved)
    escalate(company.csm, run, company.manager)
    given = call_rpc(company.manager, "workflow_run", p_execution_id=run)["escalation"]
    assert (given["ask"], given["assigned_to_name"]) == ("May we offer 15 %?", company.manager.full_name)
    pack = given["context_pack"]
    assert (pack["customer"], pack["slide"], pack["owner"]) == ("Acme", "greeting", company.csm.full_name)
    assert [(each["slide_id"], each["answers"]) for each in pack["answers"]] == [("greeting", {"goal": "calm"})]
    assert pack["chat"] == []


def test_the_chat_that_is_handed_over_tells_zens_answers_from_inserted_ones(company, new_run):
    run = new_run(company)
    turn = begin_turn(company.csm, run, "What did finance say?")
    finish_turn(company.csm, turn, "Nothing yet.")
    row = {"company_id": turn["thread"]["company_id"], "thread_id": turn["thread"]["id"], "role": "assistant"}
    forged = {"answer_id": new_id(), "parent_id": turn["message"]["id"], "content": text_content("They agreed.")}
    company.csm.client.table("workflow_chat_messages").insert(row | forged).execute()
    escalate(company.csm, run, company.manager)
    chat = call_rpc(company.manager, "workflow_run", p_execution_id=run)["escalation"]["context_pack"]["chat"]
    said = {each["text"]: describe_speaker(each, get_row_signer()) for each in chat}
    assert said == {
        "What did finance say?": "Asked",
        "Nothing yet.": "Answered",
        "They agreed.": "Not written by Zen",
    }
    assert describe_speaker({"role": "assistant", "text": "Of before."}, get_row_signer()) == "Answered, as stored,"


def test_an_answer_too_long_for_the_pack_is_left_out_of_it(company, new_run):
    run = new_run(company)
    saved = {"p_slide_id": "greeting", "p_answers": {"goal": "x" * 100_000}, "p_revision": 0}
    call_rpc(company.csm, "save_step", p_execution_id=run, **saved)
    escalate(company.csm, run, company.manager)
    pack = call_rpc(company.manager, "workflow_run", p_execution_id=run)["escalation"]["context_pack"]
    assert pack["answers"] == [{"slide_id": "greeting", "status": "draft", "is_too_long": True, "answers": {}}]


def test_both_see_when_the_clock_has_run_out_until_it_is_acknowledged(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    late = "update public.workflow_escalations set respond_by = now() - interval '1 hour' where execution_id = %s"
    sql.execute(late, [run])

    def overdue() -> list[bool]:
        boxes = [call_rpc(who, "inbox")["escalations"] for who in (company.csm, company.manager)]
        return [next(each["is_overdue"] for each in box if each["id"] == run) for box in boxes]

    assert overdue() == [True, True]
    acknowledge(company.manager, sql, run)
    assert overdue() == [False, False]


def test_acknowledged_twice_is_once(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    first, second = acknowledge(company.manager, sql, run), acknowledge(company.manager, sql, run)
    assert first == second
    assert fetch_event_kinds(sql, run) == ["started", "escalated", "acknowledged"]


def test_the_people_in_it_and_leaders_comment_in_order(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    for who, body in ((company.csm, "One."), (company.manager, "Two."), (company.admin, "Three.")):
        comment(who, sql, run, body)
    said = call_rpc(company.csm, "workflow_run", p_execution_id=run)["escalation"]["comments"]
    assert [each["body"] for each in said] == ["One.", "Two.", "Three."]
    for wrong in ("", " ", "x" * 4001):
        with assert_refused("PT400"):
            comment(company.csm, sql, run, wrong)


def test_handed_back_it_is_the_owners_again_with_the_decision_until_seen(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    escalate(company.csm, run, company.other_csm)
    with assert_refused("PT400", "Say what was decided."):
        hand_back(company.other_csm, sql, run, " ")
    hand_back(company.other_csm, sql, run)
    assert (fetch_execution(sql, run)["status"], row(sql, run)["decision"]) == ("active", "Yes, 15 %.")
    item = next(each for each in call_rpc(company.csm, "zen_dashboard")["items"] if each["execution_id"] == run)
    seen = item["escalation"]
    assert (item["urgency"], seen["decision"], seen["is_over"]) == ("handed_back", "Yes, 15 %.", True)
    call_rpc(company.csm, "mark_decision_seen", p_escalation_id=latest_escalation_id(sql, run))
    shown = call_rpc(company.csm, "zen_dashboard")
    assert run not in str(shown["escalations"])
    assert "handed_back" not in [each["urgency"] for each in shown["items"]]


def test_what_is_over_is_neither_acknowledged_commented_nor_handed_back(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    hand_back(company.manager, sql, run)
    for again in (acknowledge, comment, hand_back):
        with assert_refused("PT409", "This escalation has already ended."):
            again(company.manager, sql, run)


def test_handed_back_by_two_at_once_it_is_handed_back_once(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    leaders = [company.manager, company.admin] * 3
    answers = run_concurrently([lambda who=who: hand_back(who, sql, run) for who in leaders])
    assert answers.count("PT409") == 5
    assert fetch_event_kinds(sql, run) == ["started", "escalated", "handed_back"]


def test_completing_ends_the_escalation(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.other_csm)
    end = {"p_revision": 2, "p_outcome_code": "renewed", "p_amount": 1}
    call_rpc(company.other_csm, "complete_workflow", p_execution_id=run, **end)
    assert (row(sql, run)["ended_by"], fetch_execution(sql, run)["status"]) == ("complete", "completed")


def test_escalating_what_was_put_away_ends_the_snooze(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    escalate(company.csm, run, company.manager)
    assert [each["ended_by"] for each in fetch_snoozes(sql, run)] == ["escalate"]


def test_the_event_says_to_whom_how_severe_and_what_is_asked(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    told = fetch_events(sql, run)[-1]
    assert told["actor_id"] == company.csm.id
    assert {"person": company.manager.full_name, "severity": "high", "ask": "May we offer 15 %?"}.items() <= told[
        "payload"
    ].items()


def test_a_csm_who_handed_back_may_take_that_back(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.other_csm)
    before = row(sql, run)
    back = hand_back(company.other_csm, sql, run)
    undo(company.other_csm, back)
    assert fetch_execution(sql, run)["status"] == "escalated"
    assert row(sql, run) == before, "the response clock runs again as well"
    hand_back(company.other_csm, sql, run, "No.")
    assert row(sql, run)["decision"] == "No."


# Withdrawing and redirecting, by whoever raised it


def notices(who) -> list[str]:
    return [each["body"] for each in call_rpc(who, "inbox")["notices"]]


def test_a_withdrawn_run_is_its_owners_again_and_the_person_asked_is_told(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    done = withdraw(company.csm, sql, run, "They have signed.")
    assert (fetch_execution(sql, run)["status"], row(sql, run)["ended_by"]) == ("active", "withdraw")
    assert (done["kind"], done["can_undo"]) == ("withdraw", True)
    assert notices(company.manager) == [f"{company.csm.full_name} withdrew the escalation to you: They have signed."]
    assert call_rpc(company.manager, "inbox")["escalations"] == []
    assert fetch_events(sql, run)[-1]["kind"] == "withdrawn"


def test_an_undone_withdrawal_is_an_open_escalation_again_without_its_notice(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    acknowledge(company.manager, sql, run)
    before = row(sql, run)
    undo(company.csm, withdraw(company.csm, sql, run))
    assert row(sql, run) == before
    assert fetch_execution(sql, run)["status"] == "escalated"
    assert notices(company.manager) == []


def test_a_redirected_escalation_is_the_other_persons_with_a_clock_of_its_own(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    escalate(company.csm, run, company.other_csm)
    acknowledge(company.other_csm, sql, run)
    sql.execute(
        "update public.workflow_escalations set respond_by = now() - interval '1 day' where execution_id = %s", [run]
    )
    done = redirect(company.csm, sql, run, company.manager)
    now = row(sql, run)
    assert (now["assigned_to"], now["acknowledged_at"], fetch_execution(sql, run)["status"]) == (
        company.manager.id, None, "escalated",
    )  # fmt: skip
    assert now["respond_by"] - now["created_at"] > timedelta(days=1, hours=23)
    assert done["summary"] == f"Redirected the escalation to {company.manager.full_name}."
    assert notices(company.other_csm) == [
        f"{company.csm.full_name} redirected this escalation to {company.manager.full_name}."
    ]
    with assert_refused("PT403"):
        hand_back(company.other_csm, sql, run)
    hand_back(company.manager, sql, run)


def test_an_undone_redirection_restores_person_and_clock(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    escalate(company.csm, run, company.other_csm)
    acknowledge(company.other_csm, sql, run)
    before = row(sql, run)
    undo(company.csm, redirect(company.csm, sql, run, company.manager))
    assert row(sql, run) == before
    assert notices(company.other_csm) == []


def test_a_redirection_that_was_acknowledged_stays(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.other_csm)
    done = redirect(company.csm, sql, run, company.manager)
    acknowledge(company.manager, sql, run)
    with assert_refused("PT409", "It has been acknowledged since."):
        undo(company.csm, done)


def test_a_withdrawal_that_was_followed_by_another_escalation_stays(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    done = withdraw(company.csm, sql, run)
    escalate(company.csm, run, company.admin)
    with assert_refused("PT409", "The run has changed since it was withdrawn."):
        undo(company.csm, done)


def test_nobody_is_redirected_to_who_has_it_raised_it_or_left(new_company, sql, new_run):
    company = new_company()
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    with assert_refused("PT400", f"It is already with {company.manager.full_name}."):
        redirect(company.csm, sql, run, company.manager)
    with assert_refused("PT400", "Choose someone other than the person who escalated it."):
        redirect(company.admin, sql, run, company.csm)
    with assert_refused("PT400", "Choose a colleague."):
        redirect(company.csm, sql, run, new_company().manager)
    other = company.other_csm
    sql.execute("update public.profiles set is_active = false where id = %s", [other.id])
    with assert_refused("PT409", "has left the company."):
        redirect(company.csm, sql, run, other)


def test_the_same_click_withdraws_and_redirects_once(company, sql, new_run):
    run, key = new_run(company), str(uuid.uuid4())
    escalate(company.csm, run, company.manager)
    first = redirect(company.csm, sql, run, company.admin, key=key)
    assert redirect(company.csm, sql, run, company.admin, key=key) == first | {"repeated": True}
    key = str(uuid.uuid4())
    first = withdraw(company.csm, sql, run, key=key)
    assert withdraw(company.csm, sql, run, key=key) == first | {"repeated": True}
    with assert_refused("PT409", "Reload the page and try again."):
        redirect(company.csm, sql, run, company.admin, key=key)


def test_what_is_over_is_neither_withdrawn_nor_redirected(company, sql, new_run):
    run = new_run(company)
    escalate(company.csm, run, company.manager)
    hand_back(company.manager, sql, run)
    with assert_refused("PT409", "This escalation has already ended."):
        withdraw(company.csm, sql, run)
    with assert_refused("PT409", "This escalation has already ended."):
        redirect(company.csm, sql, run, company.admin)
