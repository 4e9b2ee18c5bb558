"""Which actions on a run can still be undone, as far as the page knows. The database decides again."""

from lib.executions.model import Execution, ExecutionStatus, StepStatus, UndoableAction


def list_undoable_actions(run: Execution) -> tuple[UndoableAction, ...]:
    """Newest first, without those whose effect has ended since."""
    return tuple(action for action in run.undoable if _is_action_still_in_effect(run, action))


def find_latest_undoable_action(run: Execution, kind: str, *, slide_id: str | None = None) -> UndoableAction | None:
    actions = (action for action in list_undoable_actions(run) if action.kind == kind and action.slide_id == slide_id)
    return next(actions, None)


def _is_action_still_in_effect(run: Execution, action: UndoableAction) -> bool:
    match action.kind:
        case "snooze":
            return run.snooze.open_snooze is not None and run.snooze.open_snooze.created_at == action.created_at
        case "skip" if action.slide_id is None:
            return run.status is ExecutionStatus.SKIPPED
        case "close":
            return run.status is ExecutionStatus.COMPLETED
        case "abandon":
            return run.status is ExecutionStatus.ABANDONED
        case "skip":
            return run.is_open and run.find_step(action.slide_id or "").status is StepStatus.SKIPPED
        case "hand_back" | "withdraw":
            return run.status is ExecutionStatus.ACTIVE
        case "redirect":
            return run.status is ExecutionStatus.ESCALATED
        case "custom":
            return True
        case _:
            return run.is_open
