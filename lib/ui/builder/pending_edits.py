"""What was typed and clicked since the last drawing becomes the draft, which is saved. One request at most."""

from lib.services import Services
from lib.ui.builder import (
    branch_form,
    condition_form,
    context_form,
    form_change_form,
    question_form,
    suggestion_form,
    trigger_form,
    workflow_form,
)
from lib.ui.builder.builder_state import WORKFLOW_ADDRESS, BuilderPageState, EditorTab
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.draft_save_state import DraftSaved, DraftSaveFailed


def apply_pending_edits(state: BuilderPageState, services: Services) -> None:
    """Read the widgets, run what was clicked and save. What goes wrong is left in the state, to be drawn."""
    with state.commands.lock:
        if state.may_edit:
            _read_open_form(state)
        editor = DraftEditor(state, services)
        if state.commands.has_pending_command():
            if isinstance(state.save_state, DraftSaveFailed):
                state.save_state = DraftSaved()  # a failed save is tried again by every click
            outcome = state.commands.run_pending_command(editor)
            state.error = outcome.error if outcome else None
        editor.save_draft()


def _read_open_form(state: BuilderPageState) -> None:
    if state.address == WORKFLOW_ADDRESS:
        workflow_form.read_workflow_fields(state)
        suggestion_form.read_suggestion_fields(state)
        trigger_form.read_trigger_fields(state)
    elif state.tab is EditorTab.CHAT:
        branch_form.read_branch_fields(state)
    elif state.tab is EditorTab.QUESTIONS:
        form_change_form.read_field_change(state)
        question_form.read_question_fields(state)
    elif state.tab is EditorTab.TEXTS:
        context_form.read_context_fields(state)
        condition_form.read_condition_fields(state)
