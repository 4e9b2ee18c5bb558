"""Starts, opens, saves and completes runs. The rules are in the database."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.actions.model import ActionResult
from lib.customers.model import Account
from lib.errors import InvalidInput
from lib.executions.completion_book_changes import BookProposal
from lib.executions.model import Execution, Outcome, RunEvent, SavedStep, StepExecution, StepStatus
from lib.executions.repository import ExecutionRepository
from lib.workflows.composer import compose_workflow
from lib.workflows.model import ComposedWorkflow


class ExecutionService:
    """Runs as the signed-in person."""

    def __init__(self, runs: ExecutionRepository) -> None:
        self._runs = runs

    def get_workflow_execution(self, execution_id: str) -> tuple[Execution, ComposedWorkflow]:
        """The run and its pinned version, composed. Raises NotFound; InvalidInput for a version beyond composing."""
        execution = self._runs.fetch_run(execution_id)
        return execution, compose_workflow(execution.version)

    def get_execution_workflow_and_account(self, execution_id: str) -> tuple[Execution, ComposedWorkflow, Account]:
        """`open`, and the customer the run is about, in the same request."""
        execution, account = self._runs.fetch_run_with_account(execution_id)
        return execution, compose_workflow(execution.version), account

    def peek_workflow(self, workflow_id: str, customer_id: str) -> tuple[Execution, ComposedWorkflow, Account]:
        """The open run of a workflow for a customer; without one, a run that is not started. Writes nothing.

        Raises NotFound; InvalidInput for a version beyond composing. One request.
        """
        execution, account = self._runs.peek_run(workflow_id, customer_id)
        return execution, compose_workflow(execution.version), account

    def fetch_events(self, execution_id: str, *, before: int, most: int) -> tuple[RunEvent, ...]:
        """Up to `most` (200) events of a run before the event `before`, newest first. Raises NotFound. One request."""
        return self._runs.fetch_events(execution_id, before=before, most=most)

    def record_file(self, execution_id: str, slide_id: str, filename: str) -> bool:
        """Record that a file was made from a slide; False if the person made it within a day. One request."""
        return self._runs.record_file(execution_id, slide_id, filename)

    def start_peeked_run(self, peek: Execution) -> tuple[Execution, ComposedWorkflow]:
        """Start the run of a peek, or find the one started meanwhile. Raises NotFound, NotPermitted, Conflict."""
        execution = self._runs.start_peeked_run(peek)
        return execution, compose_workflow(execution.version)

    def start_peeked_run_with_answers(
        self, peek: Execution, slide_id: str, answers: Mapping[str, Any], *, next_slide: str | None = None
    ) -> tuple[Execution, ComposedWorkflow]:
        """Start the run of a peek and save a slide in the same request; with `next_slide` the slide is done.

        Raises as `start_peeked_run` and `save_draft`. Safe to try again.
        """
        step = StepExecution(slide_id=slide_id, answers=answers)
        status = StepStatus.DRAFT if next_slide is None else StepStatus.DONE
        execution = self._runs.start_peeked_run(peek, step, status=status, current_slide=next_slide)
        return execution, compose_workflow(execution.version)

    def save_draft(
        self, execution: Execution, slide_id: str, answers: Mapping[str, Any], *, revision: int
    ) -> SavedStep:
        """Save answers as a draft of the slide. Raises StepConflict, Conflict, Unavailable."""
        step = StepExecution(slide_id=slide_id, answers=answers, revision=revision)
        return self._runs.save_step(execution.id, step, status=StepStatus.DRAFT)

    def finish_slide(
        self, execution: Execution, slide_id: str, answers: Mapping[str, Any], *, revision: int, next_slide: str
    ) -> SavedStep:
        """Save answers, mark the slide done and resume at `next_slide` from now on. Raises as `save_draft`."""
        step = StepExecution(slide_id=slide_id, answers=answers, revision=revision)
        return self._runs.save_step(execution.id, step, status=StepStatus.DONE, current_slide=next_slide)

    def complete_run(self, execution: Execution, outcome: Outcome) -> None:
        """End the run with its outcome. Raises InvalidInput naming all that is missing, Conflict when it changed."""
        if not outcome.code:
            raise InvalidInput("Choose an outcome.")
        self._runs.complete_run(execution.id, execution.revision, outcome)

    def propose_book_changes(self, execution: Execution, outcome: Outcome) -> BookProposal:
        """What completing the run with this outcome would change in the book. One request."""
        return self._runs.propose_closing(execution.id, outcome)

    def complete_run_with_book_changes(
        self, execution: Execution, outcome: Outcome, changes: Mapping[str, Any], *, key: str
    ) -> ActionResult:
        """End the run and write the accepted changes, once for each `key`. Raises as `complete_run`; NotPermitted.

        Can be undone for 24 hours.
        """
        return self._runs.close_run(execution.id, execution.revision, outcome, changes, key=key)


def apply_saved_step(execution: Execution, saved: SavedStep) -> Execution:
    """The run after `saved`, without another request."""
    steps = {**execution.steps, saved.step.slide_id: saved.step}
    prices = saved.prices or execution.prices
    return replace(execution, steps=steps, revision=saved.execution_revision, prices=prices)
