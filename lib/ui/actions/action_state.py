"""What this browser tab is about to do to runs and customers, and what it just did; kept in session state.

A dialog has one idempotency key for all its clicks. Closed by Escape or ✕ before it was submitted, it keeps what was
typed, and can be opened again.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.actions.model import ActionResult, ActionSource
from lib.errors import NeedsConfirmation, ZenError
from lib.services import Services
from lib.ui import page_cache
from lib.ui.actions.action_target import ActionTarget
from lib.ui.command_queue import CommandQueue
from lib.ui.session_keys import ACTION_STATE, action_form_key

DialogKind = Literal[
    "snooze",
    "skip_slide",
    "skip",
    "abandon",
    "escalate",
    "company",
    "give",
    "reopen",
    "hand_back",
    "withdraw",
    "redirect",
    "move",
    "approve_price",
    "deny_price",
]

T = TypeVar("T")
DialogAnswers = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class FlashMessage:
    """What was done, as plain text. `lines` is a longer report.

    `undo_run_id` is the action run that can be undone; `undo` takes back what is no action.
    """

    text: str
    undo_run_id: str | None = None
    undo: "Command | None" = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FieldErrorSlot:
    """The place below a question of a dialog for its errors (`lib.ui.actions.dialog_form`).

    `is_explained`: the question itself says what is wrong with its number.
    """

    container: DeltaGenerator
    label: str
    immediate_error: str | None
    current_values: DialogAnswers
    is_explained: bool = False


@dataclass(kw_only=True)
class DialogState:
    """A dialog on screen, or closed and not sent.

    `loaded` was read for it; `partial_result` is what a bulk dialog did so far; `submitted` was refused or needs
    confirmation; `first_values` and `typed` are its widgets' values when it was opened and closed.
    """

    kind: DialogKind
    source: ActionSource
    targets: tuple[ActionTarget, ...]
    page: str = ""
    title: str = ""
    idempotency_key: str = field(default_factory=lambda: str(uuid.uuid4()))
    action_id: str | None = None
    confirmation: NeedsConfirmation | None = None
    error: ZenError | None = None
    partial_result: FlashMessage | None = None
    loaded: dict[str, Any] = field(default_factory=dict)
    submitted: DialogAnswers = field(default_factory=dict)
    error_slots: dict[str, FieldErrorSlot] = field(default_factory=dict)
    first_values: Mapping[str, Any] | None = None
    typed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def target(self) -> ActionTarget:
        return self.targets[0]

    def load_once(self, name: str, read: Callable[[], T]) -> T:
        """The result of `read`, called once for this dialog. Raises what it raises."""
        if name not in self.loaded:
            self.loaded[name] = read()
        value: T = self.loaded[name]
        return value

    def row_idempotency_key(self, target: ActionTarget) -> str:
        """The idempotency key of one target: the dialog's own where there is only one."""
        row = target.execution_id or f"{target.customer_id}{target.workflow_id}"
        return self.idempotency_key if len(self.targets) == 1 else str(uuid.uuid5(uuid.UUID(self.idempotency_key), row))

    def switch_to(self, kind: DialogKind) -> None:
        """For callbacks: show another dialog in place of this one, with a key of its own."""
        self.kind, self.action_id, self.idempotency_key = kind, None, str(uuid.uuid4())
        self.confirmation = self.error = self.first_values = None

    def read_widget_values(self) -> dict[str, Any]:
        """The values of its widgets by key. Streamlit forgets them once they are not drawn."""
        prefix = action_form_key(self.idempotency_key)
        return {str(key): value for key, value in st.session_state.items() if str(key).startswith(prefix)}


@dataclass(frozen=True, kw_only=True)
class Dialog:
    """`draw_form` draws the questions and returns the answers; `submit` raises what is shown in the dialog."""

    title: str
    submit_label: str
    icon: str
    draw_form: Callable[[DialogState, Services], DialogAnswers]
    submit: Callable[[DialogState, Services, DialogAnswers], FlashMessage | None]
    draw_extra_buttons: Callable[[DialogState], None] | None = None


Command = Callable[[Services], FlashMessage | None]


@dataclass(kw_only=True)
class ActionState:
    """`page` is the page that dialog, message and error belong to (`lib.ui.current_page`).

    `unsent_dialog` was closed with something typed in it. `finished_count` counts what was done, so that checkboxes
    ticked for it start anew.
    """

    commands: CommandQueue[Services, FlashMessage | None]
    page: str = ""
    dialog: DialogState | None = None
    unsent_dialog: DialogState | None = None
    finished_count: int = 0
    message: FlashMessage | None = None
    error: ZenError | None = None

    def enter_page(self, page: str) -> None:
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
