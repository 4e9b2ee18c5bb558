"""What a browser tab is about to do to runs and customers, and what it just did; kept in session state."""

from dataclasses import dataclass, field

import streamlit as st

from lib.actions.model import ActionResult, ActionSource
from lib.errors import ZenError
from lib.services import Services
from lib.ui import page_cache
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import Command, DialogKind, DialogState, FlashMessage
from lib.ui.command_queue import CommandQueue
from lib.ui.session_keys import ACTION_STATE


@dataclass(kw_only=True)
class ActionState:
    """`page` is the page that dialog, message and error belong to (`lib.ui.current_page`).

    `unsent_dialog` was closed with something typed in it. `finished_count` counts what was done, so that checkboxes
    ticked for it start anew. `form_entries` counts what was saved from each form that is always on a page: its next
    entry has widgets of its own, which are empty.
    """

    commands: CommandQueue[Services, FlashMessage | None]
    page: str = ""
    dialog: DialogState | None = None
    unsent_dialog: DialogState | None = None
    finished_count: int = 0
    form_entries: dict[str, int] = field(default_factory=dict)
    message: FlashMessage | None = None
    error: ZenError | None = None

    def drop_state_of_other_page(self, page: str) -> None:
        """Drop what belongs to another page: message, error, dialog, and a click that was not run there."""
        if page == self.page:
            return
        dismiss_dialog()
        self.page = page
        self.message = self.error = None
        self.commands.discard_pending_command()

    def record_success(self, message: FlashMessage | None) -> None:
        """Show `message`, and let pages load their data again."""
        self.message, self.error = message, None
        self.finished_count += 1
        self.commands.forget_click()
        self.mark_data_changed()

    def mark_data_changed(self) -> None:
        """Every page, the run on screen included, loads its data again."""
        if self.commands.data_version is not None:
            self.commands.data_version.increment()


def get_action_state() -> ActionState:
    state: ActionState | None = st.session_state.get(ACTION_STATE)
    if state is None:
        state = ActionState(commands=CommandQueue(data_version=page_cache.get_data_version()))
        st.session_state[ACTION_STATE] = state
    return state


def queue_command(command: Command, click: str) -> None:
    """For callbacks: run `command` at the start of the next drawing. The same `click` twice in a row counts once."""
    get_action_state().commands.queue_command(command, click=click)


def empty_form_after(form: str, command: Command) -> Command:
    """`command`, after which `form` is empty. Refused words stay, and so do those of other forms."""
    state = get_action_state()

    def run_and_empty_form(services: Services) -> FlashMessage | None:
        message = command(services)
        state.form_entries[form] = state.form_entries.get(form, 0) + 1
        return message

    return run_and_empty_form


def open_dialog(kind: DialogKind, source: ActionSource, *targets: ActionTarget, action_id: str | None = None) -> None:
    """For callbacks: the dialog is drawn with the page until it is submitted or cancelled."""
    state = get_action_state()
    state.message = state.error = None
    unsent = state.unsent_dialog
    if unsent is not None and (unsent.kind, unsent.targets, unsent.page) == (kind, targets, state.page):
        reopen_unsent_dialog()
        return
    state.dialog = DialogState(kind=kind, source=source, targets=targets, action_id=action_id, page=state.page)


def close_dialog() -> None:
    """For callbacks: cancel the dialog. What a bulk dialog has already done is reported all the same."""
    state = get_action_state()
    dialog, state.dialog = state.dialog, None
    if dialog is not None and dialog.partial_result is not None:
        state.record_success(dialog.partial_result)


def dismiss_dialog() -> None:
    """For callbacks: close the dialog by Escape or ✕. What was typed in it is kept."""
    state = get_action_state()
    dialog = state.dialog
    close_dialog()
    if dialog is None or dialog.first_values is None:
        return
    values = dialog.read_widget_values()
    if values != dialog.first_values:
        dialog.typed, state.unsent_dialog = values, dialog


def reopen_unsent_dialog() -> None:
    """For callbacks: open the dialog that was closed, with what was typed in it."""
    state = get_action_state()
    state.dialog, state.unsent_dialog = state.unsent_dialog, None
    if state.dialog is not None:
        st.session_state.update(state.dialog.typed)


def discard_unsent_dialog() -> None:
    """For callbacks: forget what was typed in the dialog that was closed."""
    get_action_state().unsent_dialog = None


def dismiss_message() -> None:
    """For callbacks."""
    state = get_action_state()
    state.message = state.error = None


def run_pending_command(services: Services) -> None:
    """Run what was clicked. Call it before a page loads its data."""
    state = get_action_state()
    with state.commands.lock:
        outcome = state.commands.run_pending_command(services)
        if outcome is None:
            return
        state.message, state.error = outcome.result, outcome.error
        if outcome.error is None:
            state.finished_count += 1


def build_flash_message(result: ActionResult) -> FlashMessage:
    return FlashMessage(text=result.summary, undo_run_id=result.run_id if result.can_undo else None)
