"""Which of the things done to a run can still be taken back, as far as the page sees. The database decides again."""

from lib.executions.model import Execution, ExecutionStatus, StepStatus
from lib.executions.work import Undoable


def undoable(run: Execution) -> tuple[Undoable, ...]:
    """Newest first, without those the run has moved on from."""
    return tuple(done for done in run.undoable if _stands(run, done))


def latest(run: Execution, kind: str, *, slide_id: str | None = None) -> Undoable | None:
    """The newest of a kind."""
    return next((done for done in undoable(run) if done.kind == kind and done.slide_id == slide_id), None)


def _stands(run: Execution, done: Undoable) -> bool:
    match done.kind:
        case "snooze":
            return run.snooze.open is not None and run.snooze.open.created_at == done.created_at
        case "skip" if done.slide_id is None:
            return run.status is ExecutionStatus.SKIPPED
        case "skip":
            return run.is_open and run.step(done.slide_id or "").status is StepStatus.SKIPPED
        case "hand_back":
            return run.status is ExecutionStatus.ACTIVE
        case _:
            return run.is_open
