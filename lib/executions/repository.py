"""Runs, read and written through database functions: each is one transaction with compare-and-set."""

from collections.abc import Mapping
from typing import Any

from lib.actions.model import ActionResult
from lib.actions.repository import parse_action_result
from lib.customers.account_repository import parse_account
from lib.customers.model import Account
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import Conflict
from lib.executions.completion_book_changes import BookProposal, parse_book_proposal
from lib.executions.escalations import parse_escalation
from lib.executions.model import (
    Execution,
    Outcome,
    RunEvent,
    SavedStep,
    StepConflict,
    StepExecution,
    StepStatus,
)
from lib.executions.snoozes import parse_snooze_state
from lib.text.json_values import to_json_numbers


class ExecutionRepository:
    """Runs as the signed-in person may see and change them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_run(self, execution_id: str) -> Execution:
        """The run with its pinned version, steps and latest events. Raises NotFound. One request."""
        return parse_execution(execute_read(self._client.rpc("workflow_run", {"p_execution_id": execution_id})))

    def fetch_run_with_account(self, execution_id: str) -> tuple[Execution, Account]:
        """The run, and the customer it is about. Raises NotFound. One request."""
        opened = execute_read(self._client.rpc("open_run", {"p_execution_id": execution_id}))
        return parse_execution(opened["run"]), parse_account(opened["account"])

    def fetch_events(self, execution_id: str, *, before: int, most: int) -> tuple[RunEvent, ...]:
        """Up to `most` (200) events before the event `before`, newest first. Raises NotFound. One request."""
        arguments = {"p_execution_id": execution_id, "p_before": before, "p_most": most}
        return tuple(parse_row(RunEvent, row) for row in execute_read(self._client.rpc("run_events", arguments)))

    def record_file(self, execution_id: str, slide_id: str, filename: str) -> bool:
        """Record that a file was made from a slide; False if the person made it within a day. One request.

        Raises NotFound, NotPermitted for a run of a colleague.
        """
        arguments = {"p_execution_id": execution_id, "p_slide_id": slide_id, "p_filename": filename}
        return bool(execute_write(self._client.rpc("record_file", arguments)))

    def peek_run(self, workflow_id: str, customer_id: str) -> tuple[Execution, Account]:
        """The open run of a workflow for a customer, or one that is not started. Raises NotFound. One request."""
        arguments = {"p_workflow_id": workflow_id, "p_customer_id": customer_id}
        found = execute_read(self._client.rpc("peek_run", arguments))
        return parse_execution(found["run"]), parse_account(found["account"])

    def start_peeked_run(
        self,
        peek: Execution,
        step: StepExecution | None = None,
        *,
        status: StepStatus = StepStatus.DRAFT,
        current_slide: str | None = None,
    ) -> Execution:
        """Start the run, or find the open one, and save `step` as its first; all or nothing. One request.

        Raises NotFound, NotPermitted, Conflict; StepConflict when the slide has other answers by now.
        """
        arguments: dict[str, Any] = {"p_workflow_id": peek.workflow_id, "p_customer_id": peek.customer_id}
        if step is not None:
            arguments |= {
                "p_slide_id": step.slide_id,
                "p_answers": dict(step.answers),
                "p_status": status,
                "p_current_slide": current_slide,
            }
        try:
            return parse_execution(execute_write(self._client.rpc("start_workflow_with_answers", arguments)))
        except Conflict as conflict:
            raise _build_step_conflict(conflict) from conflict

    def save_step(
        self, execution_id: str, step: StepExecution, *, status: StepStatus, current_slide: str | None = None
    ) -> SavedStep:
        """Save `step.answers`; `step.revision` is the one they were typed over. One request.

        Raises StepConflict when somebody saved the slide since, Conflict when the run has ended.
        """
        arguments = {
            "p_execution_id": execution_id,
            "p_slide_id": step.slide_id,
            "p_answers": to_json_numbers(step.answers),
            "p_revision": step.revision,
            "p_status": status,
            "p_current_slide": current_slide,
        }
        try:
            saved = execute_write(self._client.rpc("save_step", arguments))
        except Conflict as conflict:
            raise _build_step_conflict(conflict) from conflict
        return parse_row(SavedStep, saved)

    def complete_run(self, execution_id: str, revision: int, outcome: Outcome) -> None:
        """End the run. Raises InvalidInput (every fault named), Conflict when it changed since `revision`."""
        execute_write(self._client.rpc("complete_workflow", _build_outcome_arguments(execution_id, revision, outcome)))

    def propose_closing(self, execution_id: str, outcome: Outcome) -> BookProposal:
        """What completing the run with this outcome would change in the book. Raises NotFound. One request."""
        arguments = {
            "p_execution_id": execution_id,
            "p_outcome_code": outcome.code,
            "p_amount": None if outcome.amount is None else str(outcome.amount),
        }
        return parse_book_proposal(execute_read(self._client.rpc("propose_closing", arguments)))

    def close_run(
        self, execution_id: str, revision: int, outcome: Outcome, changes: Mapping[str, Any], *, key: str
    ) -> ActionResult:
        """End the run and write the accepted changes of the book, once for each `key`. Can be undone for 24 hours.

        Raises as `complete_run`; NotPermitted without an approved price, Conflict if the proposal is out of date.
        """
        arguments = _build_outcome_arguments(execution_id, revision, outcome)
        arguments |= {"p_changes": dict(changes), "p_key": key}
        return parse_action_result(execute_write(self._client.rpc("close_run", arguments)))


def _build_outcome_arguments(execution_id: str, revision: int, outcome: Outcome) -> dict[str, Any]:
    return {
        "p_execution_id": execution_id,
        "p_revision": revision,
        "p_outcome_code": outcome.code,
        "p_amount": None if outcome.amount is None else str(outcome.amount),
        "p_reason": outcome.reason,
        "p_notes": outcome.notes,
    }


def parse_execution(row: Mapping[str, Any]) -> Execution:
    """An Execution from what `public.workflow_run` returns."""
    run = row["execution"]
    outcome = {key: run[f"outcome_{key}"] for key in ("code", "amount", "reason", "notes")}
    parts = {
        "outcome": outcome if outcome["code"] is not None else None,
        "steps": {step["slide_id"]: step for step in row["steps"]},
        "snooze": parse_snooze_state(row.get("snooze")),
        "escalation": parse_escalation(row.get("escalation")),
    }
    return parse_row(Execution, {**run, **row, **parts})


def _build_step_conflict(conflict: Conflict) -> Conflict:
    """The conflict as a StepConflict, if the database sent the current step along."""
    found = conflict.detail.get("step") if isinstance(conflict.detail, dict) else None
    if not found:
        return conflict
    theirs = parse_row(StepExecution, found | {"saved_by_name": conflict.detail.get("saved_by")})
    return StepConflict(conflict.message, conflicting_step=theirs, hint=conflict.hint)
