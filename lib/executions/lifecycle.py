"""What becomes of a run but for its answers and the actions saved: each is one function of the database."""

from typing import Any

from lib.actions.model import ActionResult
from lib.actions.repository import parse_action_result
from lib.db.client import Client
from lib.db.requests import execute_read, execute_write
from lib.db.rows import pick_fields
from lib.executions.model import SavedStep
from lib.executions.snoozes import RunUpdate


class RunLifecycle:
    """Acts as the holder of the client's token. All raise NotFound, NotPermitted and, with the sentence why, Conflict;
    a `key` is one for each click, and the same again does nothing again."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_transitions(self) -> tuple[tuple[str, str | None, str], ...]:
        """What may happen to a run: action, status before (None: no run yet), status afterwards."""
        rows = execute_read(self._client.rpc("execution_lifecycle", {}))
        return tuple((row["action"], row["from_status"], row["to_status"]) for row in rows)

    def wake_run(self, execution_id: str) -> RunUpdate:
        """Take a snoozed run up again, because its time has come or before it has."""
        return _parse_run_update(self._call_function("wake_execution", p_execution_id=execution_id))

    def wake_due_runs(self, limit: int = 500) -> int:
        """Bring back runs whose snooze is over, at most so many (1-10,000); how many did. Safe from many workers."""
        return int(self._call_function("wake_due_executions", p_limit=limit))

    def acknowledge_escalation(self, escalation_id: str) -> None:
        """The person asked has it: the clock stops. Said twice is said once."""
        self._call_function("acknowledge_escalation", p_escalation_id=escalation_id)

    def comment_on_escalation(self, escalation_id: str, body: str) -> None:
        """Raises InvalidInput for a text that is blank or longer than 4,000 characters."""
        self._call_function("comment_escalation", p_escalation_id=escalation_id, p_body=body)

    def hand_back_escalation(self, escalation_id: str, decision: str, *, key: str) -> ActionResult:
        """Give it back with a decision; can be undone for 24 hours. Raises InvalidInput for a blank one."""
        told = self._call_function(
            "hand_back_escalation", p_escalation_id=escalation_id, p_decision=decision, p_key=key
        )
        return parse_action_result(told)

    def mark_decision_seen(self, escalation_id: str) -> None:
        """Whoever raised it has seen what was decided."""
        self._call_function("see_decision", p_escalation_id=escalation_id)

    def reopen_run(self, execution_id: str, reason: str) -> RunUpdate:
        """Open an ended run again; its outcome stays in its events. Raises InvalidInput for a blank reason."""
        return _parse_run_update(self._call_function("reopen_execution", p_execution_id=execution_id, p_reason=reason))

    def reassign_run(self, execution_id: str, to: str) -> RunUpdate:
        """Give an open run to a colleague (a person's id), who is told."""
        return _parse_run_update(self._call_function("reassign_execution", p_execution_id=execution_id, p_to=to))

    def unskip_slide(self, execution_id: str, slide_id: str) -> SavedStep:
        """Take up a slide that was left out; its answers are as they were."""
        from lib.executions.repository import parse_step

        taken = self._call_function("take_up_slide", p_execution_id=execution_id, p_slide_id=slide_id)
        return SavedStep(step=parse_step(taken["step"]), execution_revision=taken["execution_revision"])

    def move_to_version(self, execution_id: str, version_id: str, *, revision: int, key: str) -> ActionResult:
        """Go on with a newer version; answers stay, by slide. Can be undone for 24 hours. `revision` is the run's."""
        told = self._call_function(
            "move_to_version", p_execution_id=execution_id, p_version_id=version_id, p_revision=revision, p_key=key
        )
        return parse_action_result(told)

    def stay_on_version(self, execution_id: str, version: int) -> int:
        """Not to be asked again about versions up to this one; the run's revision afterwards."""
        return int(self._call_function("stay_on_version", p_execution_id=execution_id, p_version=version)["revision"])

    def fetch_escalation_context(self, execution_id: str) -> dict[str, Any]:
        """What a colleague would be given if the run were escalated now; empty for a run one may not see."""
        return execute_read(self._client.rpc("escalation_context", {"p_execution_id": execution_id})) or {}

    def _call_function(self, function: str, **arguments: Any) -> Any:
        return execute_write(self._client.rpc(function, arguments))


def _parse_run_update(row: dict[str, Any]) -> RunUpdate:
    return RunUpdate(**pick_fields(RunUpdate, row))
