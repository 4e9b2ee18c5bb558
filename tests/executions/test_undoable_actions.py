"""Which actions on a run can still be undone, as far as the page knows: those whose effect has not ended."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lib.executions.model import Execution, ExecutionStatus, StepExecution, StepStatus, UndoableAction
from lib.executions.snoozes import Snooze, SnoozeState
from lib.executions.undoable_actions import find_latest_undoable_action, list_undoable_actions
from lib.workflows.model import Category, WorkflowVersion

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
VERSION = WorkflowVersion(
    id="v", definition_id="d", workflow_id="w", company_id=None, version=1, name="Renewal", description="",
    category=Category.RENEWAL, slide_sequence=("greeting",), slide_contexts={},
)  # fmt: skip


def make_run(status: str = "active", *, ended: bool = False, **more: object) -> Execution:
    run = Execution(
        id="e", customer_id="c", customer_name="Acme", owner_id="o", owner_name="Alice", workflow_id="w",
        status=ExecutionStatus(status), current_slide="greeting", revision=1, due_on=None, started_at=NOW,
        ended_at=NOW if ended else None, outcome=None, may_write=True, version=VERSION, latest_version=1, steps={},
        events=(),
    )  # fmt: skip
    return replace(run, **more)


def act(kind: str, *, slide: str | None = None, at: datetime = NOW) -> UndoableAction:
    return UndoableAction(
        run_id="r", kind=kind, name=kind, summary=kind, slide_id=slide, created_at=at, actor_name="Alice"
    )


def snoozed(at: datetime, *, ended: bool = False) -> SnoozeState:
    snooze = Snooze(
        id="s", reason="", until_at=NOW + timedelta(days=3), is_backstop=False, signal=None, snoozed_by_name="Alice",
        created_at=at, ended_at=at if ended else None, ended_by=None, because=None, due_before=date(2026, 11, 30),
    )  # fmt: skip
    return SnoozeState(count=1, latest=snooze)


def is_undoable(run: Execution, action: UndoableAction) -> bool:
    return list_undoable_actions(replace(run, undoable=(action,))) == (action,)


def test_a_completion_that_changed_the_book_is_undone_while_the_run_is_completed() -> None:
    assert is_undoable(make_run("completed", ended=True), act("close"))
    assert not is_undoable(make_run(), act("close"))


def test_a_snooze_is_undone_only_while_it_is_the_one_that_lasts() -> None:
    later = NOW + timedelta(minutes=1)
    assert is_undoable(make_run("snoozed", snooze=snoozed(NOW)), act("snooze"))
    assert not is_undoable(make_run("snoozed", snooze=snoozed(later)), act("snooze"))
    assert not is_undoable(make_run(snooze=snoozed(NOW, ended=True)), act("snooze"))
    assert not is_undoable(make_run(), act("snooze"))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("skip", "skipped"),
        ("abandon", "abandoned"),
        ("hand_back", "active"),
        ("withdraw", "active"),
        ("redirect", "escalated"),
    ],
)
def test_what_changed_the_run_is_undone_while_it_is_as_that_left_it(kind: str, status: str) -> None:
    for each in ExecutionStatus:
        assert is_undoable(make_run(each), act(kind)) is (each == status), each


def test_a_skipped_slide_is_resumed_while_it_is_skipped_and_the_run_is_open() -> None:
    steps = {
        status: {"greeting": StepExecution(slide_id="greeting", answers={}, status=status)} for status in StepStatus
    }
    for status in StepStatus:
        run = make_run(steps=steps[status])
        assert is_undoable(run, act("skip", slide="greeting")) is (status is StepStatus.SKIPPED), status
    ended = make_run("completed", ended=True, steps=steps[StepStatus.SKIPPED])
    assert not is_undoable(ended, act("skip", slide="greeting"))


def test_a_companys_own_action_is_undone_in_any_run_and_another_one_in_an_open_run() -> None:
    ended = make_run("completed", ended=True)
    assert is_undoable(ended, act("custom"))
    assert not is_undoable(ended, act("reassign"))
    assert is_undoable(make_run(), act("reassign"))


def test_the_newest_of_a_kind_and_a_slide_is_found() -> None:
    newer, older, other = act("custom"), act("custom", at=NOW - timedelta(hours=1)), act("custom", slide="greeting")
    run = make_run(undoable=(newer, older, other))
    assert find_latest_undoable_action(run, "custom") == newer
    assert find_latest_undoable_action(run, "custom", slide_id="greeting") == other
    assert find_latest_undoable_action(run, "snooze") is None
