"""Actions as the database runs them: one click, one transaction, one record."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from tests.database.calls import call, refused
from tests.database.rows import Sql, rows
from tests.support.companies import Company, Member

SOON = (date.today() + timedelta(days=5)).isoformat()
SNOOZE = {"until": SOON, "reason": "They are at a fair."}


@pytest.fixture
def company(books: Company) -> Company:
    """One for all: each test has a run of its own."""
    return books


def action(who: Member, kind: str) -> str:
    return str(next(a["id"] for a in call(who, "available_actions") if a["kind"] == kind and a["is_global"]))


def trigger(who: Member, kind: str, run: str, parameters: Any, *, slide: str | None = None, key: str = "") -> Any:
    subject = {"execution_id": run} | ({"slide_id": slide} if slide else {})
    return call(
        who,
        "run_saved_action",
        p_action_id=action(who, kind),
        p_subject=subject,
        p_parameters=parameters,
        p_key=key or str(uuid.uuid4()),
    )


def run_row(sql: Sql, run: str) -> dict[str, Any]:
    return rows(sql, "select * from public.workflow_executions where id = %s", run)[0]


def test_a_snooze_puts_the_run_away_and_undo_brings_it_back(company, sql, new_run):
    run = new_run(company)
    told = trigger(company.csm, "snooze", run, SNOOZE)
    assert (told["repeated"], told["can_undo"], run_row(sql, run)["status"]) == (False, True, "snoozed")
    undone = call(company.csm, "undo_action", p_run_id=told["run_id"])
    assert undone["can_undo"] is False
    assert run_row(sql, run)["status"] == "active"
    kinds = [
        e["kind"]
        for e in rows(sql, "select kind from public.workflow_execution_events where execution_id = %s order by id", run)
    ]
    assert kinds == ["started", "snoozed", "undone"]


def test_the_same_click_twice_is_done_once(company, sql, new_run):
    run, key = new_run(company), str(uuid.uuid4())
    first = trigger(company.csm, "snooze", run, SNOOZE, key=key)
    again = trigger(company.csm, "snooze", run, SNOOZE, key=key)
    assert (again["run_id"], again["repeated"]) == (first["run_id"], True)
    assert len(rows(sql, "select 1 from public.workflow_snoozes where execution_id = %s", run)) == 1


def test_an_escalation_is_acknowledged_commented_and_handed_back(company, sql, new_run):
    run = new_run(company)
    ask = {"to": str(company.manager.id), "severity": "high", "ask": "May we offer 15 %?"}
    trigger(company.csm, "escalate", run, ask)
    asked = call(company.manager, "inbox")["escalations"]
    mine = next(x for x in asked if x["id"] == run)
    call(company.manager, "acknowledge_escalation", p_escalation_id=mine["escalation_id"])
    call(company.csm, "comment_escalation", p_escalation_id=mine["escalation_id"], p_body="They sign on Friday.")
    back = call(
        company.manager,
        "hand_back_escalation",
        p_escalation_id=mine["escalation_id"],
        p_decision="Yes, 15 %.",
        p_key=str(uuid.uuid4()),
    )
    assert run_row(sql, run)["status"] == "active"
    seen = call(company.csm, "workflow_run", p_execution_id=run)["escalation"]
    assert (seen["decision"], len(seen["comments"])) == ("Yes, 15 %.", 1)
    call(company.manager, "undo_action", p_run_id=back["run_id"])
    assert run_row(sql, run)["status"] == "escalated"


def test_a_slide_is_left_out_and_taken_up_again(company, sql, new_run):
    run = new_run(company)
    trigger(company.csm, "skip", run, {"reason": "no_data"}, slide="review-account")
    step = rows(sql, "select * from public.workflow_step_executions where execution_id = %s", run)[0]
    assert (step["status"], step["skip_reason"]) == ("skipped", "no_data")
    call(company.csm, "take_up_slide", p_execution_id=run, p_slide_id="review-account")
    step = rows(sql, "select * from public.workflow_step_executions where execution_id = %s", run)[0]
    assert (step["status"], step["skip_reason"]) == ("draft", None)


def test_a_skipped_run_can_be_undone_and_reopened(company, sql, new_run):
    run = new_run(company)
    told = trigger(company.csm, "skip", run, {"reason": "duplicate"})
    assert run_row(sql, run)["status"] == "skipped"
    call(company.csm, "undo_action", p_run_id=told["run_id"])
    assert run_row(sql, run)["status"] == "active"
    trigger(company.csm, "skip", run, {"reason": "duplicate"})
    call(company.csm, "reopen_execution", p_execution_id=run, p_reason="It matters after all.")
    assert run_row(sql, run)["status"] == "active"


def test_what_is_wrong_with_a_snooze_is_named_at_once(company, new_run):
    run = new_run(company)
    with refused("PT400", "Say why it is put away. Choose a day that is still to come."):
        trigger(company.csm, "snooze", run, {"until": "2020-01-01"})


def test_a_colleague_may_not_act(company, new_run):
    run = new_run(company)
    with refused("PT403", "belongs to a colleague"):
        trigger(company.other_csm, "snooze", run, SNOOZE)


def test_a_status_is_not_written_by_hand(company, new_run):
    run = new_run(company)
    with refused("42501"):
        company.csm.client.table("workflow_executions").update({"status": "snoozed", "revision": 2}).eq(
            "id", run
        ).execute()


def test_due_work_is_woken_once(company, sql, new_run):
    run = new_run(company)
    trigger(company.csm, "snooze", run, SNOOZE)
    sql.execute(
        "update public.workflow_snoozes set until_at = now() - interval '1 minute' where execution_id = %s", (run,)
    )
    assert [x for x in call(company.csm, "inbox")["woken"] if x["id"] == run]
    call(company.csm, "wake_due_executions")
    assert run_row(sql, run)["status"] == "active"
    latest = call(company.csm, "workflow_run", p_execution_id=run)["snooze"]["latest"]
    assert (latest["ended_by"], latest["woke_because"][:24]) == ("date", "The day you chose has co")
