from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from lib.actions.company_action_steps import parse_company_action_spec
from lib.demo.demo_calendar import DemoCalendar
from lib.demo.demo_data import DemoData, build_demo_data
from lib.demo.ids import build_version_placeholder

DAY = date(2027, 3, 8)


@pytest.fixture(scope="module")
def book() -> DemoData:
    return build_demo_data(DAY)


def test_about_forty_runs_are_finished_over_two_versions(book: DemoData) -> None:
    finished = [run for run in book.tables["workflow_executions"] if run["ended_at"]]
    assert 36 <= len(finished) <= 46
    done = Counter(run["definition_version_id"] for run in finished if run["status"] == "completed")
    first, second = (done[build_version_placeholder("standard-renewal", number)] for number in (1, 2))
    assert first > second >= 6


def test_skips_keep_their_reason(book: DemoData) -> None:
    skipped = [run for run in book.tables["workflow_executions"] if run["status"] == "skipped"]
    assert len(skipped) == 4
    left_out = [step for step in book.tables["workflow_step_executions"] if step["status"] == "skipped"]
    assert len(left_out) == 2
    assert all(row["skip_reason"] and len(row["skip_words"]) > 20 for row in (*skipped, *left_out))


def test_a_snooze_by_date_one_by_signal_one_that_is_over_and_one_of_long_ago(book: DemoData) -> None:
    snoozes = book.tables["workflow_snoozes"]
    asleep = {run["id"] for run in book.tables["workflow_executions"] if run["status"] == "snoozed"}
    assert {row["execution_id"] for row in snoozes if row["ended_at"] is None} == asleep
    assert [row["ended_by"] for row in snoozes].count("date") == 1
    assert sum(row["signal"] is not None for row in snoozes) == 1
    assert min(row["until_at"] for row in snoozes if row["ended_at"] is None) == f"{DAY}T00:00:00+00:00"


def test_escalations_two_wait_and_two_were_handed_back_with_comments(book: DemoData) -> None:
    escalations = book.tables["workflow_escalations"]
    waiting = {run["id"] for run in book.tables["workflow_executions"] if run["status"] == "escalated"}
    assert {row["execution_id"] for row in escalations if row["ended_at"] is None} == waiting
    open_ones = [row["acknowledged_at"] is None for row in escalations if row["ended_at"] is None]
    assert sorted(open_ones) == [False, True]
    assert all(row["decision"] and row["seen_at"] for row in escalations if row["ended_at"])
    said = Counter(row["escalation_id"] for row in book.tables["workflow_escalation_comments"])
    assert set(said.values()) == {2}
    assert all(row["context_pack"]["answers"] for row in escalations)


@pytest.mark.parametrize("days", range(7))
def test_the_story_of_every_run_replays_to_the_run(days: int) -> None:
    book = build_demo_data(DAY + timedelta(days=days))
    assert len(book.tables["workflow_executions"]) > 20
    for run in book.tables["workflow_executions"]:
        told = [event for event in book.tables["workflow_execution_events"] if event["execution_id"] == run["id"]]
        state = {key: told[0]["payload"][key] for key in ("status", "owner_id", "definition_version_id", "due_on")}
        steps = dict.fromkeys((event["slide_id"] for event in told[1:] if event["slide_id"]), "")
        for event in told[1:]:
            assert event["payload"].get("from", state["status"]) == state["status"]
            state |= event["payload"].get("set", {})
            if event["slide_id"]:
                steps[event["slide_id"]] = event["payload"]["status"]
        assert state == {key: run[key] for key in state}
        mine = [step for step in book.tables["workflow_step_executions"] if step["execution_id"] == run["id"]]
        assert steps == {step["slide_id"]: step["status"] for step in mine}


def test_what_was_said_in_the_chat_before_goes_with_an_escalation(book: DemoData) -> None:
    about = {row["id"]: row["created_at"] for row in book.tables["workflow_escalations"]}
    extracts = book.tables["workflow_escalation_extracts"]
    assert len(extracts) >= 3
    assert all(1 <= len(row["messages"]) <= 6 for row in extracts)
    assert all(said["at"] < about[row["escalation_id"]] for row in extracts for said in row["messages"])


def test_every_click_has_a_record_that_is_no_longer_to_be_undone(book: DemoData) -> None:
    kinds = Counter(row["kind"] for row in book.tables["saved_action_runs"])
    assert kinds == {"snooze": 4, "escalate": 4, "hand_back": 2, "skip": 6, "custom": 1}
    assert len({row["idempotency_key"] for row in book.tables["saved_action_runs"]}) == kinds.total()
    latest = max(row["created_at"] for row in book.tables["saved_action_runs"] if row["before"])
    assert latest < (DAY - timedelta(days=2)).isoformat()


def test_the_companys_own_actions_are_such_as_can_be_run(book: DemoData) -> None:
    recipes = {row["name"]: parse_company_action_spec(row["parameters"]) for row in book.tables["saved_actions"]}
    assert set(recipes) == {"Log a call and follow up in a week", "Competitor spotted"}
    assert all(recipe.question for recipe in recipes.values())


def test_one_open_run_is_on_a_superseded_version(book: DemoData) -> None:
    open_runs = [run for run in book.tables["workflow_executions"] if not run["ended_at"]]
    old = [run for run in open_runs if run["definition_version_id"] == build_version_placeholder("standard-renewal", 1)]
    assert len(old) == 1


def test_events_are_in_the_order_they_happened(book: DemoData) -> None:
    moments = [event["created_at"] for event in book.tables["workflow_execution_events"]]
    assert moments == sorted(moments)


def test_every_run_begins_before_it_goes_on_and_ends_last(book: DemoData) -> None:
    stories = defaultdict(list)
    for event in book.tables["workflow_execution_events"]:
        stories[event["execution_id"]].append(event["kind"])
    assert set(stories) == {run["id"] for run in book.tables["workflow_executions"]}
    for run in book.tables["workflow_executions"]:
        assert stories[run["id"]][0] == "started"
        if run["status"] == "completed":
            assert stories[run["id"]][-1] == "completed"


def test_losses_and_reductions_say_why(book: DemoData) -> None:
    silent = [
        run["id"]
        for run in book.tables["workflow_executions"]
        if run["outcome_code"] in ("downgraded", "churned", "risk_accepted", "no_decision")
        and not run["outcome_reason"]
    ]
    assert silent == []


def test_every_kind_of_message_and_branch_is_there(book: DemoData) -> None:
    messages = book.tables["workflow_chat_messages"]
    assert {message["message_type"] for message in messages} == {"text", "chart", "table", "code"}
    assert {message["branch_type"] for message in messages} == {None, "fixed", "llm", "rag", "saved_action"}
    assert {message["role"] for message in messages} == {"user", "assistant", "system"}
    assert {thread["status"] for thread in book.tables["workflow_chat_threads"]} == {"active", "completed", "abandoned"}
    assert all(message["content"]["type"] == message["message_type"] for message in messages)


def test_a_weekend_is_never_worked() -> None:
    calendar = DemoCalendar(DAY)
    assert all(calendar.workday_near(days).weekday() < 5 for days in range(30))
