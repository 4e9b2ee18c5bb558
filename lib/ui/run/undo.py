"""Which of the things done to a run can still be taken back, as far as the page sees. The database decides again."""

from lib.executions.model import Execution, ExecutionStatus, StepStatus, UndoableAction


def list_undoable_actions(run: Execution) -> tuple[UndoableAction, ...]:
    """Newest first, without those the run has moved on from."""
    return tuple(done for done in run.undoable if _can_be_undone(run, done))


def latest_undoable_action(run: Execution, kind: str, *, slide_id: str | None = None) -> UndoableAction | None:
    """The newest of a kind."""
    return next((done for done in list_undoable_actions(run) if done.kind == kind and done.slide_id == slide_id), None)


def _can_be_undone(run: Execution, done: UndoableAction) -> bool:
    match done.kind:
        case "snooze":
            return run.snooze.open is not None and run.snooze.open.created_at == done.created_at
        case "skip" if done.slide_id is None:
            return run.status is ExecutionStatus.SKIPPED
        case "skip":
            return run.is_open and run.find_step(done.slide_id or "").status is StepStatus.SKIPPED
        case "hand_back":
            return run.status is ExecutionStatus.ACTIVE
        case _:
            return run.is_open
