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

from lib.actions.model import Done, Source, Subject
from lib.errors import NeedsConfirmation, ZenError
from lib.services import Services
from lib.ui import kept
from lib.ui.keys import ACT_DESK, ACT_OFFERED, ADMIN_ALL, CATALOGUE, INBOX, INBOX_OF_TEAM, RUN_SITTING, ZEN_BOARD

What = Literal["snooze", "skip_slide", "skip", "escalate", "company", "give", "reopen", "hand_back", "move"]

T = TypeVar("T")
Given = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class About:
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
    snoozes: int | None = None
    owner_id: str | None = None
    escalation_id: str | None = None
    is_unsaved: bool = False

    def subject(self, *, slide: bool = False) -> Subject:
        if self.execution_id is None:
            return Subject(customer_id=self.customer_id, workflow_id=self.workflow_id)
        return Subject(execution_id=self.execution_id, slide_id=self.slide_id if slide else None)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What was done, plain text; `undo` is the run of the action that can be taken back, `lines` a longer report."""

    text: str
    undo: str | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Slot:
    """The place below a field of a dialog, for what is said against it (`lib.ui.acting.refused`)."""

    box: DeltaGenerator
    label: str
    now: str | None
    stands: Given


@dataclass(kw_only=True)
class Opened:
    """A dialog on screen. `found` is what was read for it, once; `told` what it did so far; `sent` what was refused or
    asked about, `slots` the fields of this drawing."""

    what: What
    source: Source
    about: tuple[About, ...]
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    action_id: str | None = None
    confirm: NeedsConfirmation | None = None
    trouble: ZenError | None = None
    told: Notice | None = None
    found: dict[str, Any] = field(default_factory=dict)
    sent: Given = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)

    @property
    def one(self) -> About:
        return self.about[0]

    def once(self, name: str, read: Callable[[], T]) -> T:
        """What `read` reads, asked once for this dialog. Raises what it raises."""
        if name not in self.found:
            self.found[name] = read()
        found: T = self.found[name]
        return found

    def click(self, about: About) -> str:
        """The idempotency key of one row: the dialog's own where there is only one."""
        row = about.execution_id or f"{about.customer_id}{about.workflow_id}"
        return self.key if len(self.about) == 1 else str(uuid.uuid5(uuid.UUID(self.key), row))

    def turn_to(self, what: What, action_id: str | None = None) -> None:
        """Another dialog in the place of this one: another key, for it is another click."""
        self.what, self.action_id, self.key = what, action_id, str(uuid.uuid4())
        self.confirm = self.trouble = None


Act = Callable[[Services], Notice | None]


@dataclass(kw_only=True)
class Desk:
    """`click` is the last button's, so that a second click on it does nothing again; `finished` counts what was
    done, so that what was ticked for it begins anew."""

    opened: Opened | None = None
    pressed: Act | None = None
    click: str | None = None
    finished: int = 0
    notice: Notice | None = None
    trouble: ZenError | None = None
    is_dirty: bool = False
    lock: RLock = field(default_factory=RLock, repr=False)

    def finish(self, notice: Notice | None) -> None:
        """Something was done: say so, and let pages read anew."""
        self.notice, self.trouble, self.is_dirty, self.click = notice, None, True, None
        self.finished += 1


def the_desk() -> Desk:
    desk: Desk = st.session_state.setdefault(ACT_DESK, Desk())
    return desk


def press(act: Act, click: str) -> None:
    """A callback: `act` is done at the start of the next drawing. The same `click` twice in a row is one."""
    desk = the_desk()
    if click != desk.click:
        desk.pressed, desk.click = act, click


def open_dialog(what: What, source: Source, *about: About, action_id: str | None = None) -> None:
    """A callback: the dialog is drawn with the page, until it is sent or put away."""
    desk = the_desk()
    desk.opened = Opened(what=what, source=source, about=about, action_id=action_id)
    desk.notice = desk.trouble = None


def put_down() -> None:
    """A callback of a dialog that is cancelled: what it did before is said all the same."""
    desk = the_desk()
    opened, desk.opened = desk.opened, None
    if opened is not None and opened.told is not None:
        desk.finish(opened.told)


def dismiss() -> None:
    """A callback: the notice was read."""
    desk = the_desk()
    desk.notice = desk.trouble = None


def settle(services: Services) -> None:
    """Do what was pressed, and forget what pages kept when something was done. Call it before a page reads."""
    desk = the_desk()
    with desk.lock:
        act, desk.pressed = desk.pressed, None
        if act is not None:
            desk.notice = desk.trouble = None
            click = desk.click
            try:
                desk.finish(act(services))
                desk.click = click
            except ZenError as error:
                desk.trouble, desk.is_dirty, desk.click = error, True, None
        if desk.is_dirty:
            _forget()
            desk.is_dirty = False


def told(done: Done) -> Notice:
    return Notice(text=done.summary, undo=done.run_id if done.can_undo else None)


def _forget() -> None:
    for key in (ZEN_BOARD, CATALOGUE, INBOX, INBOX_OF_TEAM, ADMIN_ALL):
        kept.forget(key)
    st.session_state.pop(ACT_OFFERED, None)
    sitting = st.session_state.get(RUN_SITTING)
    if sitting is not None:
        sitting.is_stale = True
