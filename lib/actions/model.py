"""Global and company actions, the subjects they run on, their results."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

# From this many snoozes on, skipping or escalating is suggested instead.
SNOOZES_BEFORE_SUGGESTION = 3


class ActionKind(StrEnum):
    """The kinds the app knows by name. `lib.actions.registry` has all of them."""

    SNOOZE = "snooze"
    SKIP = "skip"
    ESCALATE = "escalate"
    COMPANY_ACTION = "custom"  # a company's own steps, kept in `saved_actions.parameters`


class ActionSource(StrEnum):
    """The page whose dialog asks for an action."""

    SLIDE = "slide"
    DASHBOARD = "dashboard"
    INBOX = "inbox"
    PEOPLE = "people"
    BOOK = "book"
    TEAM = "team"
    FORECAST = "forecast"
    CUSTOMER = "customer"


@dataclass(frozen=True, kw_only=True)
class SavedAction:
    """A global action or a company action, ready to run. `kind` is a key of the registry, `parameters` the presets.

    Name and description are written by people: escape them.
    """

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
    """What an action runs on: a run or one slide of it, a customer, or a customer and the workflow to start first."""

    execution_id: str | None = None
    slide_id: str | None = None
    customer_id: str | None = None
    workflow_id: str | None = None

    def as_json(self) -> dict[str, str]:
        return {key: value for key, value in vars(self).items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class ActionResult:
    """The result of an action. `repeated`: this click had already run it, and nothing was done again.

    `revision` is the run's afterwards; None if the action concerns no run.
    """

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
    """An active person of the same company. `role` is csm, manager or admin."""

    id: str
    full_name: str
    role: str

    @property
    def leads_team(self) -> bool:
        return self.role in ("manager", "admin")


def suggest_snooze_alternatives(count: int) -> tuple[ActionKind, ...]:
    """Actions to suggest instead of one more snooze, given how often the run was snoozed."""
    return (ActionKind.SKIP, ActionKind.ESCALATE) if count + 1 >= SNOOZES_BEFORE_SUGGESTION else ()
