"""A dialog of an action: what it is about, what was typed in it and what it came to.

A dialog has one idempotency key for all its clicks. Closed by Escape or ✕ before it was submitted, it keeps what was
typed, and can be opened again.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.actions.model import ActionSource
from lib.errors import NeedsConfirmation, ZenError
from lib.services import Services
from lib.ui.actions.action_target import ActionTarget
from lib.ui.session_keys import action_form_key

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
    "invite",
    "change_role",
    "change_team",
    "hand_over",
    "deactivate",
    "absence",
    "assign_customers",
    "start_runs",
    "edit_customer",
    "edit_note",
    "add_contact",
    "edit_contact",
    "contact_left",
    "edit_contract",
    "add_contract",
    "csm_call",
    "leader_call",
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
