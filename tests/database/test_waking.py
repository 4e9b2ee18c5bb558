"""Coming back by itself: derived when read, written down once."""

import uuid

import pytest

from tests.database.acting import kinds, latest, over, run_row, snooze, snoozes, trigger
from tests.database.calls import at_once, call, refused
from tests.database.rows import Sql, add, one
from tests.support.companies import Company


@pytest.fixture
def company(books: Company) -> Company:
    return books


def woken(who, run: str) -> list[dict]:
    return [each for each in call(who, "inbox")["woken"] if each["id"] == run]


def test_what_is_over_waits_for_its_person_before_anything_wakes_it(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    assert woken(company.csm, run) == []
    over(sql, run)
    row = woken(company.csm, run)[0]
    assert (row["status"], row["because"][:28]) == ("snoozed", "The day you chose has come: ")
    assert run not in str(call(company.csm, "inbox")["snoozed"])


@pytest.mark.parametrize("is_written_down", [False, True])
def test_whoever_did_not_choose_the_day_is_told_who_did(company, sql, new_run, is_written_down):
    run = new_run(company)
    snooze(company.csm, run)
    over(sql, run)
    if is_written_down:
        call(company.csm, "wake_due_executions")
    key = "woke_because" if is_written_down else "due_because"
    name = one(sql, "select full_name from public.profiles where id = %s", company.csm.id)
    told = f"The day {name} chose has come: "
    found = [
        next(row["because"] for row in call(company.manager, "inbox", p_team=True)["woken"] if row["id"] == run),
        latest(company.manager, run)[key],
    ]
    assert [because[: len(told)] for because in found] == [told] * 2
    assert latest(company.csm, run)[key].startswith("The day you chose has come: ")


def test_waking_writes_it_down_with_the_reason(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    over(sql, run)
    because = latest(company.csm, run)["due_because"]
    assert call(company.csm, "wake_due_executions") >= 1
    row = snoozes(sql, run)[-1]
    assert (run_row(sql, run)["status"], row["ended_by"], row["woke_because"]) == ("active", "date", because)
    assert kinds(sql, run) == ["started", "snoozed", "woke"]
    assert woken(company.csm, run)[0]["because"] == because


def test_whoever_works_on_it_again_is_no_longer_told_that_it_woke(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    over(sql, run)
    call(company.csm, "wake_due_executions")
    saved = {"p_slide_id": "greeting", "p_answers": {"mood": "calm"}, "p_revision": 0}
    call(company.csm, "save_step", p_execution_id=run, **saved)
    assert woken(company.csm, run) == []


def test_what_is_not_over_stays(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    call(company.csm, "wake_due_executions")
    assert run_row(sql, run)["status"] == "snoozed"


def test_a_signal_wakes_and_is_the_reason(company, sql, new_run):
    run = new_run(company)
    trigger(company.csm, "snooze", run, {"signal": {"kind": "contact_left"}, "reason": "Until then."})
    of = {"company_id": company.id, "customer_id": run_row(sql, run)["customer_id"]}
    add(sql, "contacts", **of, name="Ines Ortega", role="champion", status="left")
    call(company.csm, "wake_due_executions")
    row = snoozes(sql, run)[-1]
    assert (row["ended_by"], row["woke_because"]) == ("signal", "Ines Ortega, champion, left.")


def test_eight_workers_at_once_wake_each_run_once(company, sql, new_run):
    runs = [new_run(company) for _ in range(12)]
    for run in runs:
        snooze(company.csm, run)
        over(sql, run)
    answers = at_once([lambda: call(company.csm, "wake_due_executions", p_limit=5)] * 8)
    while call(company.csm, "wake_due_executions"):
        pass
    assert [run for run in runs if kinds(sql, run) != ["started", "snoozed", "woke"]] == []
    assert all(isinstance(answer, int) and answer <= 5 for answer in answers)


def test_at_most_so_many_are_woken(new_company, sql, new_run):
    company = new_company()
    for _ in range(3):
        run = new_run(company)
        snooze(company.csm, run)
        over(sql, run)
    woke = [call(company.csm, "wake_due_executions", p_limit=most) for most in (-5, 1, None)]
    assert woke == [1, 1, 1]


def test_a_person_takes_it_up_before_its_time(company, sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    call(company.csm, "wake_execution", p_execution_id=run)
    row = snoozes(sql, run)[-1]
    assert (row["ended_by"], row["woke_because"]) == ("person", "Taken up again before its time.")
    assert woken(company.csm, run) == []
    with refused("PT409", "This run is not snoozed; there is nothing to wake."):
        call(company.csm, "wake_execution", p_execution_id=run)


def test_a_worker_that_looked_before_a_run_was_put_away_anew_leaves_it(company, sql: Sql, new_run):
    run = new_run(company)
    snooze(company.csm, run)
    before = snoozes(sql, run)[-1]["id"]
    snooze(company.csm, run)
    assert one(sql, "select private.wake(%s, %s, 'date', 'Late.')", run, before) is False
    assert one(sql, "select private.wake(%s, %s, 'date', 'Late.')", run, uuid.uuid4()) is False
    assert run_row(sql, run)["status"] == "snoozed"
