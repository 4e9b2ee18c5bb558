"""Reload the run and the account that a page shows."""

from dataclasses import replace
from datetime import UTC, datetime

from lib.errors import NotFound, ZenError
from lib.executions.model import Execution
from lib.forms.model import Form
from lib.services import Services
from lib.ui.run.run_page_state import RunPageState
from lib.workflows.model import ComposedWorkflow


def reload_account(state: RunPageState, services: Services) -> None:
    """Load the account. While the database is gone the one at hand stays."""
    try:
        state.account = services.accounts.fetch_account(state.execution.customer_id)
    except ZenError as error:
        state.error = error
    state.loaded_at = datetime.now(UTC)


def reload_run(state: RunPageState, services: Services, form: Form) -> None:
    """Load the run, or what a new one would begin with if it is not started or was taken back.

    Raises what `get_workflow_execution` and `peek_workflow` raise. A step saved elsewhere meanwhile replaces the draft,
    unless the draft has unsaved changes. Then the old revision stays, so that saving the draft meets the other one as
    a conflict.
    """
    before = state.execution.find_step(state.slide_id)
    state.execution, state.workflow = _fetch_run_or_peek(state.execution, services)
    if not state.may_answer:
        state.start_new_form()  # from here on the answers are drawn as text
    if state.execution.find_step(state.slide_id).revision == before.revision:
        return
    if state.has_unsaved_answers or (state.saved is not None and state.answers_to_save(form) != state.saved):
        state.execution = replace(state.execution, steps={**state.execution.steps, before.slide_id: before})
    else:
        state.reset_form()


def _fetch_run_or_peek(run: Execution, services: Services) -> tuple[Execution, ComposedWorkflow]:
    if run.is_started:
        try:
            return services.executions.get_workflow_execution(run.id)
        except NotFound:
            pass  # the action that had started it was undone
    execution, workflow, _ = services.executions.peek_workflow(run.workflow_id, run.customer_id)
    return execution, workflow
