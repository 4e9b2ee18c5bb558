"""What this browser tab is about to do, and what it just did: the only mutable thing of acting, in session state.

A button leaves an act; it is done at the start of the next drawing, when the gate has been passed again. A dialog
stands in `opened` until it is sent or put away, with one idempotency key for all its clicks. A rerun may begin while
the one before it is still at work: `lock` lets it wait, and `is_dirty` tells it that what pages kept is no longer so.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import RLock
from typing import Any, Literal, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.actions.model import ActionResult, ActionSource, ActionSubject
from lib.errors import NeedsConfirmation, ZenError
from lib.services import Services
from lib.ui import page_cache
from lib.ui.keys import (
    ACTION_STATE,
    ALL_ACTIONS,
    AVAILABLE_ACTIONS,
    CATALOGUE,
    INBOX,
    RUN_PAGE_STATE,
    TEAM_INBOX,
    TODAY_DASHBOARD,
)

DialogKind = Literal["snooze", "skip_slide", "skip", "escalate", "company", "give", "reopen", "hand_back", "move"]

T = TypeVar("T")
DialogAnswers = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ActionTarget:
    """What is acted on, as far as the page knows it: a run, or what would be one. `snoozes` counts how often it was put
    away, None where nobody looked; `is_unsaved` that answers on screen could not be kept."""

    customer_name: str
    customer_id: str | None = None
    workflow_id: str | None = None
    workflow_name: str | None = None
    execution_id: str | None = None
    slide_id: str | None = None
    slide_title: str | None = None
    due_on: date | None = None
    notice_deadline: date | None = None
    snooze_count: int | None = None
    owner_id: str | None = None
    escalation_id: str | None = None
    has_unsaved_answers: bool = False

    def subject(self, *, slide: bool = False) -> ActionSubject:
        if self.execution_id is None:
            return ActionSubject(customer_id=self.customer_id, workflow_id=self.workflow_id)
        return ActionSubject(execution_id=self.execution_id, slide_id=self.slide_id if slide else None)


@dataclass(frozen=True, kw_only=True)
class FlashMessage:
    """What was done, plain text; `undo` is the run of the action that can be taken back, `lines` a longer report."""

    text: str
    undo_run_id: str | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FieldErrorSlot:
    """The place below a field of a dialog, for what is said against it (`lib.ui.actions.field_errors`)."""

    container: DeltaGenerator
    label: str
    immediate_error: str | None
    current_values: DialogAnswers


@dataclass(kw_only=True)
class DialogState:
    """A dialog on screen. `found` is what was read for it, once; `told` what it did so far; `sent` what was refused or
    asked about, `slots` the fields of this drawing."""

    kind: DialogKind
    source: ActionSource
    targets: tuple[ActionTarget, ...]
    idempotency_key: str = field(default_factory=lambda: str(uuid.uuid4()))
    action_id: str | None = None
    confirmation: NeedsConfirmation | None = None
    error: ZenError | None = None
    partial_result: FlashMessage | None = None
    loaded: dict[str, Any] = field(default_factory=dict)
    submitted: DialogAnswers = field(default_factory=dict)
    error_slots: dict[str, FieldErrorSlot] = field(default_factory=dict)

    @property
    def target(self) -> ActionTarget:
        return self.targets[0]

    def load_once(self, name: str, read: Callable[[], T]) -> T:
        """What `read` reads, asked once for this dialog. Raises what it raises."""
        if name not in self.loaded:
            self.loaded[name] = read()
        found: T = self.loaded[name]
        return found

    def row_idempotency_key(self, about: ActionTarget) -> str:
        """The idempotency key of one row: the dialog's own where there is only one."""
        row = about.execution_id or f"{about.customer_id}{about.workflow_id}"
        return self.idempotency_key if len(self.targets) == 1 else str(uuid.uuid5(uuid.UUID(self.idempotency_key), row))

    def switch_to(self, what: DialogKind, action_id: str | None = None) -> None:
        """Another dialog in the place of this one: another key, for it is another click."""
        self.kind, self.action_id, self.idempotency_key = what, action_id, str(uuid.uuid4())
        self.confirmation = self.error = None


Command = Callable[[Services], FlashMessage | None]


@dataclass(kw_only=True)
class ActionState:
    """`click` is the last button's, so that a second click on it does nothing again; `finished` counts what was
    done, so that what was ticked for it begins anew."""

    dialog: DialogState | None = None
    pending: Command | None = None
    last_click: str | None = None
    finished_count: int = 0
    message: FlashMessage | None = None
    error: ZenError | None = None
    is_cache_stale: bool = False
    lock: RLock = field(default_factory=RLock, repr=False)

    def record_success(self, notice: FlashMessage | None) -> None:
        """Something was done: say so, and let pages read anew."""
        self.message, self.error, self.is_cache_stale, self.last_click = notice, None, True, None
        self.finished_count += 1


def get_action_state() -> ActionState:
    desk: ActionState = st.session_state.setdefault(ACTION_STATE, ActionState())
    return desk


def enqueue(act: Command, click: str) -> None:
    """A callback: `act` is done at the start of the next drawing. The same `click` twice in a row is one."""
    desk = get_action_state()
    if click != desk.last_click:
        desk.pending, desk.last_click = act, click


def open_dialog(what: DialogKind, source: ActionSource, *about: ActionTarget, action_id: str | None = None) -> None:
    """A callback: the dialog is drawn with the page, until it is sent or put away."""
    desk = get_action_state()
    desk.dialog = DialogState(kind=what, source=source, targets=about, action_id=action_id)
    desk.message = desk.error = None


def close_dialog() -> None:
    """A callback of a dialog that is cancelled: what it did before is said all the same."""
    desk = get_action_state()
    opened, desk.dialog = desk.dialog, None
    if opened is not None and opened.partial_result is not None:
        desk.record_success(opened.partial_result)


def dismiss_message() -> None:
    """A callback: the notice was read."""
    desk = get_action_state()
    desk.message = desk.error = None


def run_pending_command(services: Services) -> None:
    """Do what was pressed, and forget what pages kept when something was done. Call it before a page reads."""
    desk = get_action_state()
    with desk.lock:
        act, desk.pending = desk.pending, None
        if act is not None:
            desk.message = desk.error = None
            click = desk.last_click
            try:
                desk.record_success(act(services))
                desk.last_click = click
            except ZenError as error:
                desk.error, desk.is_cache_stale, desk.last_click = error, True, None
        if desk.is_cache_stale:
            _invalidate_page_caches()
            desk.is_cache_stale = False


def describe_result(done: ActionResult) -> FlashMessage:
    return FlashMessage(text=done.summary, undo_run_id=done.run_id if done.can_undo else None)


def _invalidate_page_caches() -> None:
    for key in (TODAY_DASHBOARD, CATALOGUE, INBOX, TEAM_INBOX, ALL_ACTIONS):
        page_cache.invalidate(key)
    st.session_state.pop(AVAILABLE_ACTIONS, None)
    sitting = st.session_state.get(RUN_PAGE_STATE)
    if sitting is not None:
        sitting.is_stale = True
