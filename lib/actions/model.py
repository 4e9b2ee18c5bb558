"""Saved actions as values: what is offered, what it is done to, and what it came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

SNOOZES_BEFORE_SUGGESTION = 3
"""From this many snoozes on, something else is suggested."""


class ActionKind(StrEnum):
    """The kinds the app knows by name; `lib.actions.registry` has all there are."""

    SNOOZE = "snooze"
    SKIP = "skip"
    ESCALATE = "escalate"
    CUSTOM = "custom"


class ActionSource(StrEnum):
    """Where a click came from; kept with its record."""

    SLIDE = "slide"
    DASHBOARD = "dashboard"
    INBOX = "inbox"
    CHAT = "chat"
    SCRIPT = "script"


@dataclass(frozen=True, kw_only=True)
class SavedAction:
    """`kind` is a key of the registry. `parameters` are presets by its handler's schema. Name and description are
    written by people: escape them."""

    id: str
    kind: str
    name: str
    description: str
    parameters: Mapping[str, Any]
    is_global: bool
    is_hidden: bool
    archived_at: datetime | None
    needs_leader: bool
    revision: int

    @property
    def is_available(self) -> bool:
        return self.archived_at is None and not self.is_hidden


@dataclass(frozen=True, kw_only=True)
class ActionSubject:
    """What an action is done to: a run (of one slide, where it is that), a run that is started first (a customer and a
    workflow), or a customer."""

    execution_id: str | None = None
    slide_id: str | None = None
    customer_id: str | None = None
    workflow_id: str | None = None

    def as_json(self) -> dict[str, str]:
        return {key: value for key, value in vars(self).items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class ActionResult:
    """What a click came to. `repeated`: it had been done before, and nothing was done again. `revision` is the run's
    afterwards; None for what concerns no run."""

    run_id: str
    kind: str
    name: str
    summary: str
    execution_id: str | None
    customer_id: str | None
    revision: int | None
    repeated: bool
    can_undo: bool


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """An active person of one's company. `role` is csm, manager or admin."""

    id: str
    full_name: str
    role: str


def suggest_alternatives(count: int) -> tuple[ActionKind, ...]:
    """What to do rather than snooze again, given how often a run was snoozed already: nothing else before the third."""
    return (ActionKind.SKIP, ActionKind.ESCALATE) if count + 1 >= SNOOZES_BEFORE_SUGGESTION else ()
