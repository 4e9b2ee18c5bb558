"""Leaving out a slide or a whole run: the reason stays on record."""

import pytest

from tests.database.action_calls import fetch_event_kinds, fetch_events, fetch_execution, fetch_snoozes, skip, snooze
from tests.database.factories import Sql, fetch_rows
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company


@pytest.fixture
def company(books: Company) -> Company:
    return books


def steps(sql: Sql, run: str) -> dict:
    found = fetch_rows(sql, "select * from public.workflow_step_executions where execution_id = %s", run)
    return {row["slide_id"]: row for row in found}


REASONS = ("not_relevant", "already_done", "no_data", "customer_asked", "duplicate", "other")


@pytest.mark.parametrize("reason", REASONS)
def test_a_run_is_left_out_for_a_reason_from_the_list(company, sql, new_run, reason):
    run = new_run(company)
    skip(company.csm, run, reason=reason, words="They merged.")
    row = fetch_execution(sql, run)
    assert (row["status"], row["skip_reason"], row["skip_words"]) == ("skipped", reason, "They merged.")
    assert row["ended_at"] is not None
    told = fetch_events(sql, run)[-1]
    assert (told["kind"], told["payload"]["skip_reason"]) == ("skipped", reason)


@pytest.mark.parametrize("slide", [None, "review-account"])
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": None}, "Choose a reason."),
        ({"reason": "lazy"}, "Choose a reason."),
        ({"reason": "other"}, "Say why, in your own words."),
        ({"reason": "other", "words": " \n"}, "Say why, in your own words."),
        ({"words": "x" * 2001}, "At most 2000 characters are kept; shorten the text."),
    ],
)
def test_what_is_wrong_with_a_skip_is_said(company, sql, new_run, slide, wrong, sentence):
    run = new_run(company)
    with assert_refused("PT400", sentence):
        skip(company.csm, run, slide=slide, **wrong)
    assert fetch_event_kinds(sql, run) == ["started"]


def test_a_slide_that_is_left_out_lets_the_run_go_on_at_the_next(company, sql, new_run):
    run = new_run(company)
    skip(company.csm, run, slide="greeting", reason="no_data")
    step = steps(sql, run)["greeting"]
    assert (step["status"], step["skip_reason"], step["saved_by"]) == ("skipped", "no_data", company.csm.id)
    assert (fetch_execution(sql, run)["current_slide"], fetch_execution(sql, run)["revision"]) == ("review-account", 2)


def test_the_answers_of_a_slide_that_is_left_out_stay(company, sql, new_run):
    run = new_run(company)
    saved = {"p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0}
    call_rpc(company.csm, "save_step", p_execution_id=run, **saved)
    skip(company.csm, run, slide="greeting")
    call_rpc(company.csm, "unskip_slide", p_execution_id=run, p_slide_id="greeting")
    step = steps(sql, run)["greeting"]
    assert (step["status"], step["answers"], step["skip_reason"]) == ("draft", {"goal": "calm"}, None)
    assert fetch_event_kinds(sql, run) == ["started", "step_saved", "step_skipped", "step_taken_up"]


def test_working_on_a_slide_that_was_left_out_takes_it_up(company, sql, new_run):
    run = new_run(company)
    skip(company.csm, run, slide="greeting")
    saved = {"p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 1}
    call_rpc(company.csm, "save_step", p_execution_id=run, **saved)
    step = steps(sql, run)["greeting"]
    assert (step["status"], step["skip_reason"]) == ("draft", None)


def test_the_last_slide_and_what_is_none_are_not_left_out(company, new_run):
    run = new_run(company)
    with assert_refused("PT400", "The last slide records how the run ended, so it cannot be skipped."):
        skip(company.csm, run, slide="summary")
    with assert_refused("PT400", "This slide is not part of the run."):
        skip(company.csm, run, slide="set-goals")


def test_what_is_left_out_already_is_not_left_out_again(company, new_run):
    run = new_run(company)
    skip(company.csm, run, slide="greeting")
    with assert_refused("PT409", "This slide is already skipped."):
        skip(company.csm, run, slide="greeting")
    skip(company.csm, run)
    with assert_refused("PT409", "This run ended on"):
        skip(company.csm, run)
    with assert_refused("PT409", "This run ended on"):
        skip(company.csm, run, slide="review-account")


@pytest.mark.parametrize("slide", ["review-account", "set-goals", None])
def test_what_is_not_left_out_is_not_taken_up(company, new_run, slide):
    run = new_run(company)
    with assert_refused("PT409", "This slide is not skipped."):
        call_rpc(company.csm, "unskip_slide", p_execution_id=run, p_slide_id=slide)


def test_leaving_out_what_was_put_away_ends_the_snooze(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    skip(company.csm, run)
    assert [each["ended_by"] for each in fetch_snoozes(sql, run)] == ["skip"]


def test_opened_again_it_is_no_longer_skipped_and_its_event_keeps_why(company, sql, new_run):
    run = new_run(company)
    skip(company.csm, run, words="They merged.")
    with assert_refused("PT400", "Say why you are reopening it."):
        call_rpc(company.csm, "reopen_execution", p_execution_id=run, p_reason=" ")
    call_rpc(company.csm, "reopen_execution", p_execution_id=run, p_reason="They did not.")
    row = fetch_execution(sql, run)
    assert (row["status"], row["ended_at"], row["skip_reason"], row["skip_words"]) == ("active", None, None, None)
    assert [e["payload"].get("skip_words") for e in fetch_events(sql, run)] == [None, "They merged.", None]
