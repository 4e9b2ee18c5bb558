from collections import Counter, defaultdict
from datetime import date

import pytest

from lib.demo.book import Book, build
from lib.demo.days import Calendar
from lib.demo.ids import version_id

DAY = date(2027, 3, 8)


@pytest.fixture(scope="module")
def book() -> Book:
    return build(DAY)


def test_about_forty_runs_are_finished_over_two_versions(book: Book) -> None:
    finished = [run for run in book.tables["workflow_executions"] if run["ended_at"]]
    assert 36 <= len(finished) <= 46
    done = Counter(run["definition_version_id"] for run in finished if run["status"] == "completed")
    first, second = (done[version_id("standard-renewal", number)] for number in (1, 2))
    assert first > second >= 6


def test_skips_keep_their_reason(book: Book) -> None:
    told = [event["payload"] for event in book.tables["workflow_execution_events"]]
    skips = [payload for payload in told if payload.get("to") == "skipped"]
    assert len(skips) == 4
    assert all(len(payload["reason"]) > 20 for payload in skips)


def test_three_snoozes_with_reasons_and_two_still_asleep(book: Book) -> None:
    snoozes = [e["payload"] for e in book.tables["workflow_execution_events"] if e["payload"].get("to") == "snoozed"]
    asleep = [run for run in book.tables["workflow_executions"] if run["status"] == "snoozed"]
    assert len(snoozes) == 3
    assert all(payload["reason"] and payload["until"] for payload in snoozes)
    assert len(asleep) == 2


def test_escalations_one_waits_and_one_was_handed_back_to_an_open_run(book: Book) -> None:
    turns = defaultdict(list)
    for event in book.tables["workflow_execution_events"]:
        if event["kind"] == "status_changed":
            turns[event["execution_id"]].append((event["payload"]["from"], event["payload"]["to"]))
    status = {run["id"]: run["status"] for run in book.tables["workflow_executions"]}
    escalated = {run: moves for run, moves in turns.items() if ("active", "escalated") in moves}
    assert Counter(status[run] for run in escalated) == {"escalated": 1, "active": 1, "completed": 1}
    assert all(("escalated", "active") in moves for run, moves in escalated.items() if status[run] != "escalated")


def test_one_open_run_is_on_a_superseded_version(book: Book) -> None:
    open_runs = [run for run in book.tables["workflow_executions"] if not run["ended_at"]]
    old = [run for run in open_runs if run["definition_version_id"] == version_id("standard-renewal", 1)]
    assert len(old) == 1


def test_events_are_in_the_order_they_happened(book: Book) -> None:
    moments = [event["created_at"] for event in book.tables["workflow_execution_events"]]
    assert moments == sorted(moments)


def test_every_run_begins_before_it_goes_on_and_ends_last(book: Book) -> None:
    stories = defaultdict(list)
    for event in book.tables["workflow_execution_events"]:
        stories[event["execution_id"]].append(event["kind"])
    assert set(stories) == {run["id"] for run in book.tables["workflow_executions"]}
    for run in book.tables["workflow_executions"]:
        assert stories[run["id"]][0] == "started"
        if run["status"] == "completed":
            assert stories[run["id"]][-1] == "completed"


def test_losses_and_reductions_say_why(book: Book) -> None:
    silent = [
        run["id"]
        for run in book.tables["workflow_executions"]
        if run["outcome_code"] in ("downgraded", "churned", "risk_accepted", "no_decision")
        and not run["outcome_reason"]
    ]
    assert silent == []


def test_every_kind_of_message_and_branch_is_there(book: Book) -> None:
    messages = book.tables["workflow_chat_messages"]
    assert {message["message_type"] for message in messages} == {"text", "chart", "table", "code"}
    assert {message["branch_type"] for message in messages} == {None, "fixed", "llm", "rag", "saved_action"}
    assert {message["role"] for message in messages} == {"user", "assistant", "system"}
    assert {thread["status"] for thread in book.tables["workflow_chat_threads"]} == {"active", "completed", "abandoned"}
    assert all(message["content"]["type"] == message["message_type"] for message in messages)


def test_a_weekend_is_never_worked() -> None:
    calendar = Calendar(DAY)
    assert all(calendar.workday(days).weekday() < 5 for days in range(30))
