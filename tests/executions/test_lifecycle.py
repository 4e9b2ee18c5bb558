"""What becomes of a run, through the room that pages use."""

from datetime import date, timedelta

import pytest

from lib.errors import Conflict, InvalidInput, NotPermitted
from lib.executions.inbox import InboxRepository
from lib.executions.model import ExecutionStatus
from lib.executions.repository import ExecutionRepository
from lib.executions.run_status_changes import RunStatusRepository
from tests.database.action_calls import end_snooze, escalate, skip, snooze
from tests.database.chat_calls import get_row_signer, new_id
from tests.database.conftest import new_run  # noqa: F401
from tests.database.factories import fetch_value, insert_row, publish_next_version


@pytest.fixture
def run(company, new_run):  # noqa: F811
    return new_run(company)


def opened(who, run):
    return ExecutionRepository(who.client).fetch_run(run)


def test_a_snoozed_run_reads_as_one_and_wakes(company, run, sql):
    snooze(company.csm, run, signal={"kind": "new_ticket", "value": "p1"})
    there = opened(company.csm, run)
    assert (there.status, there.snooze.count, there.snooze.open_snooze.is_due) == (ExecutionStatus.SNOOZED, 1, False)
    assert (there.snooze.open_snooze.signal.kind, there.snooze.open_snooze.signal.value) == ("new_ticket", "p1")
    end_snooze(sql, run)
    assert opened(company.csm, run).snooze.open_snooze.is_due
    changed = RunStatusRepository(company.csm.client).wake_run(run)
    assert (changed.status, changed.because[:12]) == ("active", "You planned ")
    there = opened(company.csm, run)
    assert (there.snooze.open_snooze, there.snooze.latest.ended_by) == (None, "date")
    with pytest.raises(Conflict, match="is not snoozed"):
        RunStatusRepository(company.csm.client).wake_run(run)


def test_an_escalation_goes_there_and_back_and_reads_whole(company, run):
    escalate(company.csm, run, company.manager)
    asked, answered = RunStatusRepository(company.csm.client), RunStatusRepository(company.manager.client)
    raised = opened(company.manager, run).escalation
    assert (raised.is_open, raised.is_overdue, raised.severity) == (True, False, "high")
    assert raised.context["customer"] == "Acme"
    with pytest.raises(NotPermitted):
        asked.acknowledge_escalation(raised.id)
    answered.acknowledge_escalation(raised.id)
    asked.comment_on_escalation(raised.id, "They sign on Friday.")
    with pytest.raises(InvalidInput):
        asked.comment_on_escalation(raised.id, " ")
    back = answered.hand_back_escalation(raised.id, "Yes.", key=new_id())
    assert (back.kind, back.can_undo) == ("hand_back", True)
    over_now = opened(company.csm, run).escalation
    assert (over_now.decision, [each.author_name for each in over_now.comments]) == ("Yes.", [company.csm.full_name])
    inbox = InboxRepository(company.csm.client, get_row_signer())
    assert [row.decision for row in inbox.fetch_inbox().escalations] == ["Yes."]
    asked.mark_decision_seen(raised.id)
    assert inbox.fetch_inbox().escalations == ()


def test_a_slide_left_out_is_taken_up(company, run):
    skip(company.csm, run, slide="review-account", reason="other", words="They merged.")
    left_out = opened(company.csm, run).find_step("review-account")
    assert (left_out.status, left_out.skip_reason, left_out.skip_words) == ("skipped", "other", "They merged.")
    taken = RunStatusRepository(company.csm.client).unskip_slide(run, "review-account")
    assert (taken.step.status, taken.step.skip_reason) == ("draft", None)


def test_a_skipped_run_is_opened_again_with_a_reason(company, run):
    skip(company.csm, run)
    there = opened(company.csm, run)
    assert (there.skip_reason, [act.kind for act in there.undoable]) == ("duplicate", ["skip"])
    with pytest.raises(InvalidInput):
        RunStatusRepository(company.csm.client).reopen_run(run, "")
    assert RunStatusRepository(company.csm.client).reopen_run(run, "It matters after all.").status == "active"


def test_a_run_is_given_to_a_colleague_who_is_told_once_they_read_it_is_gone(company, run):
    runs = RunStatusRepository(company.csm.client)
    done = runs.reassign_run(run, str(company.other_csm.id), key=new_id())
    assert (done.summary, done.can_undo) == (f"Assigned to {company.other_csm.full_name}.", True)
    given = opened(company.csm, run)
    assert (given.owner_name, given.assigned_to_name) == (company.csm.full_name, company.other_csm.full_name)
    inbox = InboxRepository(company.other_csm.client, get_row_signer())
    (notice,) = inbox.fetch_inbox().notices
    assert (notice.execution_id, notice.from_name) == (run, company.csm.full_name)
    with pytest.raises(NotPermitted):
        InboxRepository(company.csm.client, get_row_signer()).mark_notice_read(notice.id)
    inbox.mark_notice_read(notice.id)
    assert inbox.fetch_inbox().notices == ()


def test_a_run_moves_to_a_newer_version_or_stays(company, run, sql):
    there = opened(company.csm, run)
    definition = fetch_value(
        sql, "select definition_id from workflow_definition_versions where id = %s", there.version.id
    )
    newer = str(publish_next_version(sql, definition))
    lifecycle = RunStatusRepository(company.csm.client)
    assert lifecycle.decline_newer_versions(run, 2) == there.revision + 1
    there = opened(company.csm, run)
    assert (there.declined_version, there.latest_version) == (2, 2)
    moved = lifecycle.move_run_to_version(run, newer, revision=there.revision, key=new_id())
    assert moved.can_undo
    assert opened(company.csm, run).version.version == 2


def test_a_follow_up_is_ended_by_whom_it_was_given_to(company, strangers, run, sql):
    customer = fetch_value(sql, "select customer_id from workflow_executions where id = %s", run)
    words = {"title": "Call them", "due_on": date.today() - timedelta(days=1), "assigned_to": company.csm.id}
    about = {"customer_id": customer, "created_by": company.manager.id, "company_id": company.id}
    follow_up = str(insert_row(sql, "follow_ups", **words, **about))
    for who in (strangers.admin, company.other_csm):
        with pytest.raises(NotPermitted):
            InboxRepository(who.client, get_row_signer()).complete_follow_up(follow_up)
    inbox = InboxRepository(company.csm.client, get_row_signer())
    (mine,) = inbox.fetch_inbox().follow_ups
    assert (mine.is_overdue, mine.created_by_name) == (True, company.manager.full_name)
    inbox.complete_follow_up(follow_up)
    assert (inbox.fetch_inbox().follow_ups, inbox.fetch_inbox().counts.follow_ups) == ((), 0)


def test_the_inbox_of_a_leader_is_their_own_unless_the_teams_is_asked_for(company, run):
    snooze(company.csm, run)
    leader = InboxRepository(company.manager.client, get_row_signer())
    assert (leader.fetch_inbox().snoozed, leader.fetch_inbox().counts.team) == ((), None)
    (row,) = leader.fetch_inbox(team=True).snoozed
    assert (row.execution_id, row.count, row.reason) == (run, 1, "They are at a fair.")
    assert row.owner_name == company.csm.full_name
    assert InboxRepository(company.csm.client, get_row_signer()).fetch_inbox(team=True).counts.team is None


def test_the_table_of_transitions_can_be_read(company):
    transitions = RunStatusRepository(company.csm.client).fetch_status_transitions()
    assert ("start", None, "active") in transitions
    assert ("snooze", "completed", "snoozed") not in transitions
