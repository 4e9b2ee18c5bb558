"""Coming back by itself: derived when read, written down once."""

import uuid

import pytest

from tests.database.action_calls import (
    end_snooze,
    fetch_event_kinds,
    fetch_execution,
    fetch_snoozes,
    latest_snooze,
    run_action,
    snooze,
)
from tests.database.factories import Sql, fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company


@pytest.fixture
def company(books: Company) -> Company:
    return books


def woken(who, run: str) -> list[dict]:
    return [each for each in call_rpc(who, "inbox")["woken"] if each["id"] == run]


def test_what_is_over_waits_for_its_person_before_anything_wakes_it(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    assert woken(company.csm, run) == []
    end_snooze(sql, run)
    row = woken(company.csm, run)[0]
    assert (row["status"], row["because"][:21]) == ("snoozed", "You planned this for ")
    assert run not in str(call_rpc(company.csm, "inbox")["snoozed"])


@pytest.mark.parametrize("is_written_down", [False, True])
def test_whoever_did_not_choose_the_day_is_told_who_did(company, sql, new_run, is_written_down):
    run = new_run(company)
    snooze(company.csm, run)
    end_snooze(sql, run)
    if is_written_down:
        call_rpc(company.csm, "wake_due_executions")
    key = "woke_because" if is_written_down else "due_because"
    name = fetch_value(sql, "select full_name from public.profiles where id = %s", company.csm.id)
    told = f"{name} planned this for "
    found = [
        next(row["because"] for row in call_rpc(company.manager, "inbox", p_team=True)["woken"] if row["id"] == run),
        latest_snooze(company.manager, run)[key],
    ]
    assert [because[: len(told)] for because in found] == [told] * 2
    assert latest_snooze(company.csm, run)[key].startswith("You planned this for ")


def test_waking_writes_it_down_with_the_reason(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    end_snooze(sql, run)
    because = latest_snooze(company.csm, run)["due_because"]
    assert call_rpc(company.csm, "wake_due_executions") >= 1
    row = fetch_snoozes(sql, run)[-1]
    assert (fetch_execution(sql, run)["status"], row["ended_by"], row["woke_because"]) == ("active", "date", because)
    assert fetch_event_kinds(sql, run) == ["started", "snoozed", "woke"]
    assert woken(company.csm, run)[0]["because"] == because


def test_whoever_works_on_it_again_is_no_longer_told_that_it_woke(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    end_snooze(sql, run)
    call_rpc(company.csm, "wake_due_executions")
    saved = {"p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0}
    call_rpc(company.csm, "save_step", p_execution_id=run, **saved)
    assert woken(company.csm, run) == []


def test_what_is_not_over_stays(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    call_rpc(company.csm, "wake_due_executions")
    assert fetch_execution(sql, run)["status"] == "snoozed"


def test_a_signal_wakes_and_is_the_reason(company, sql, new_run):
    run = new_run(company)
    run_action(company.csm, "snooze", run, {"signal": {"kind": "contact_left"}, "reason": "Until then."})
    of = {"company_id": company.id, "customer_id": fetch_execution(sql, run)["customer_id"]}
    insert_row(sql, "contacts", **of, name="Ines Ortega", role="champion", status="left")
    call_rpc(company.csm, "wake_due_executions")
    row = fetch_snoozes(sql, run)[-1]
    assert (row["ended_by"], row["woke_because"]) == ("signal", "Ines Ortega, champion, left.")


def test_eight_workers_at_once_wake_each_run_once(company, sql, new_run):
    runs = [new_run(company) for _ in range(12)]
    for run in runs:
        snooze(company.csm, run)
        end_snooze(sql, run)
    answers = run_concurrently([lambda: call_rpc(company.csm, "wake_due_executions", p_limit=5)] * 8)
    while call_rpc(company.csm, "wake_due_executions"):
        pass
    assert [run for run in runs if fetch_event_kinds(sql, run) != ["started", "snoozed", "woke"]] == []
    assert all(isinstance(answer, int) and answer <= 5 for answer in answers)


def test_a_person_wakes_no_run_of_another_company(company, new_company, sql, new_run):
    others = new_company()
    runs = [new_run(company), new_run(others)]
    for who, run in zip((company, others), runs, strict=True):
        snooze(who.csm, run)
        end_snooze(sql, run)
    while call_rpc(company.csm, "wake_due_executions"):
        pass
    assert [fetch_execution(sql, run)["status"] for run in runs] == ["active", "snoozed"]


def test_at_most_so_many_are_woken(new_company, sql, new_run):
    company = new_company()
    for _ in range(3):
        run = new_run(company)
        snooze(company.csm, run)
        end_snooze(sql, run)
    woke = [call_rpc(company.csm, "wake_due_executions", p_limit=most) for most in (-5, 1, None)]
    assert woke == [1, 1, 1]


def test_a_person_takes_it_up_before_its_time(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    call_rpc(company.csm, "wake_execution", p_execution_id=run)
    row = fetch_snoozes(sql, run)[-1]
    assert (row["ended_by"], row["woke_because"]) == ("person", "Resumed early.")
    assert woken(company.csm, run) == []
    with assert_refused("PT409", "This run is not snoozed."):
        call_rpc(company.csm, "wake_execution", p_execution_id=run)


def test_a_worker_that_looked_before_a_run_was_put_away_anew_leaves_it(company, sql: Sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    before = fetch_snoozes(sql, run)[-1]["id"]
    snooze(company.csm, run)
    assert fetch_value(sql, "select private.wake_run(%s, 'date', 'Late.')", before) is False
    assert fetch_value(sql, "select private.wake_run(%s, 'date', 'Late.')", uuid.uuid4()) is False
    assert fetch_execution(sql, run)["status"] == "snoozed"
