"""Status changes of a run and of its escalation. Each method calls one database function."""

from dataclasses import dataclass
from typing import Any

from lib.actions.model import ActionResult
from lib.actions.repository import parse_action_result
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.executions.model import SavedStep


@dataclass(frozen=True, kw_only=True)
class RunUpdate:
    """A run after its status changed. `because` is why it woke, where it did so by itself."""

    revision: int
    status: str | None = None
    because: str | None = None


class RunStatusRepository:
    """Changes runs with the rights of the client's token.

    All methods raise NotFound, NotPermitted and Conflict with a sentence for the person. Calling again with the same
    `key` (one for each click) changes nothing and returns the same.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_status_transitions(self) -> tuple[tuple[str, str | None, str], ...]:
        """The allowed transitions: action, status before (None: no run yet), status afterwards."""
        rows = execute_read(self._client.rpc("execution_lifecycle", {}))
        return tuple((row["action"], row["from_status"], row["to_status"]) for row in rows)

    def wake_run(self, execution_id: str) -> RunUpdate:
        """End the snooze of a run, due or not."""
        return parse_row(RunUpdate, self._call_database_function("wake_execution", p_execution_id=execution_id))

    def wake_due_runs(self, limit: int = 500) -> int:
        """Wake at most `limit` (1-10,000) runs whose snooze is over; returns how many. Safe from many workers."""
        return int(self._call_database_function("wake_due_executions", p_limit=limit))

    def acknowledge_escalation(self, escalation_id: str) -> None:
        """Acknowledge an escalation, which stops its response clock. Idempotent."""
        self._call_database_function("acknowledge_escalation", p_escalation_id=escalation_id)

    def comment_on_escalation(self, escalation_id: str, body: str) -> None:
        """Add a comment. Raises InvalidInput for a text that is blank or longer than 4,000 characters."""
        self._call_database_function("comment_escalation", p_escalation_id=escalation_id, p_body=body)

    def hand_back_escalation(self, escalation_id: str, decision: str, *, key: str) -> ActionResult:
        """Hand a run back with a decision; can be undone for 24 hours. Raises InvalidInput for a blank one."""
        arguments = {"p_escalation_id": escalation_id, "p_decision": decision, "p_key": key}
        return parse_action_result(self._call_database_function("hand_back_escalation", **arguments))

    def withdraw_escalation(self, escalation_id: str, reason: str | None, *, key: str) -> ActionResult:
        """Take an escalated run back, for whoever raised it and leaders; can be undone for 24 hours."""
        arguments = {"p_escalation_id": escalation_id, "p_reason": reason, "p_key": key}
        return parse_action_result(self._call_database_function("withdraw_escalation", **arguments))

    def redirect_escalation(self, escalation_id: str, to: str, *, key: str) -> ActionResult:
        """Give an open escalation to another colleague (a profile id); can be undone for 24 hours."""
        arguments = {"p_escalation_id": escalation_id, "p_to": to, "p_key": key}
        return parse_action_result(self._call_database_function("redirect_escalation", **arguments))

    def mark_decision_seen(self, escalation_id: str) -> None:
        """Note that whoever raised the escalation has seen its decision."""
        self._call_database_function("mark_decision_seen", p_escalation_id=escalation_id)

    def reopen_run(self, execution_id: str, reason: str) -> RunUpdate:
        """Reopen an ended run; its outcome stays in its history. Raises InvalidInput for a blank reason."""
        arguments = {"p_execution_id": execution_id, "p_reason": reason}
        return parse_row(RunUpdate, self._call_database_function("reopen_execution", **arguments))

    def reassign_run(self, execution_id: str, to: str, *, key: str) -> ActionResult:
        """Assign an open run to a colleague (a profile id), who is notified. Can be undone for 24 hours."""
        arguments = {"p_execution_id": execution_id, "p_to": to, "p_key": key}
        return parse_action_result(self._call_database_function("reassign_execution", **arguments))

    def abandon_run(self, execution_id: str, *, key: str) -> ActionResult:
        """End a run without an outcome; can be undone for 24 hours. Raises Conflict for a run with answers."""
        arguments = {"p_execution_id": execution_id, "p_key": key}
        return parse_action_result(self._call_database_function("abandon_execution", **arguments))

    def unskip_slide(self, execution_id: str, slide_id: str) -> SavedStep:
        """Take back the skip of a slide; its answers are as they were."""
        return parse_row(
            SavedStep, self._call_database_function("unskip_slide", p_execution_id=execution_id, p_slide_id=slide_id)
        )

    def move_run_to_version(self, execution_id: str, version_id: str, *, revision: int, key: str) -> ActionResult:
        """Move a run at `revision` to another version; answers stay, by slide. Can be undone for 24 hours."""
        arguments = {"p_execution_id": execution_id, "p_version_id": version_id, "p_revision": revision, "p_key": key}
        return parse_action_result(self._call_database_function("move_to_version", **arguments))

    def decline_newer_versions(self, execution_id: str, version: int) -> int:
        """Decline versions up to this one; returns the run's revision afterwards."""
        return int(
            self._call_database_function("stay_on_version", p_execution_id=execution_id, p_version=version)["revision"]
        )

    def fetch_escalation_context(self, execution_id: str) -> dict[str, Any]:
        """What a colleague would get if the run were escalated now; empty for a run one may not see."""
        return execute_read(self._client.rpc("escalation_context", {"p_execution_id": execution_id})) or {}

    def _call_database_function(self, function: str, **arguments: Any) -> Any:
        return execute_write(self._client.rpc(function, arguments))
