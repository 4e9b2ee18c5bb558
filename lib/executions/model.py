"""A run of a workflow for one customer, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator

from lib.customers.start_reason import StartReason
from lib.errors import Conflict
from lib.executions.escalations import Escalation
from lib.executions.snoozes import SnoozeState
from lib.slides.stored_prices import RunPrices
from lib.text.json_values import to_exact_numbers
from lib.workflows.model import WorkflowVersion


class ExecutionStatus(StrEnum):
    ACTIVE = "active"
    SNOOZED = "snoozed"
    ESCALATED = "escalated"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    ABANDONED = "abandoned"


class StepStatus(StrEnum):
    DRAFT = "draft"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a run ended. `amount` is the ARR from now on, in USD."""

    code: str
    amount: Decimal | None = None
    reason: str | None = None
    notes: str | None = None


@dataclass(frozen=True, kw_only=True)
class StepExecution:
    """The saved answers of one slide; `revision` 0 is a slide nobody has saved yet."""

    slide_id: str
    answers: Annotated[Mapping[str, Any], AfterValidator(to_exact_numbers)]
    revision: int = 0
    status: StepStatus = StepStatus.DRAFT
    saved_by_name: str | None = None
    updated_at: datetime | None = None
    skip_reason: str | None = None
    skip_words: str | None = None


@dataclass(frozen=True, kw_only=True)
class RunEvent:
    """An entry of a run's history."""

    id: int
    kind: str
    slide_id: str | None
    actor_name: str | None
    payload: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class UndoableAction:
    """An action on a run in the last 24 hours that the signed-in person may undo."""

    run_id: str
    kind: str
    name: str
    summary: str
    slide_id: str | None
    created_at: datetime
    actor_name: str


@dataclass(frozen=True, kw_only=True)
class Execution:
    """A run with its steps.

    Its owner is the customer's; `assigned_to` is the colleague it was reassigned to, None unless it was. A run that is
    not started is a peek: what a run started now would begin with, without an id. `events` are the latest 50 of
    `event_count`. `due_on` is the notice deadline as of its start, unless a snooze moved it. `escalation` is the
    latest, open or not. `latest_resume_slide` is where the run would continue in `latest_version`, `declined_version`
    the newest one somebody chose not to move to. `start_reason` is why it began by itself.
    """

    id: str
    customer_id: str
    customer_name: str
    owner_id: str
    owner_name: str
    assigned_to: str | None = None
    assigned_to_name: str | None = None
    is_started: bool = True
    workflow_id: str
    status: ExecutionStatus
    current_slide: str
    revision: int
    due_on: date | None
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    may_write: bool
    version: WorkflowVersion
    latest_version: int
    latest_resume_slide: str = ""
    steps: Mapping[str, StepExecution]
    events: tuple[RunEvent, ...]
    event_count: int = 0
    snooze: SnoozeState = field(default_factory=SnoozeState)
    escalation: Escalation | None = None
    undoable: tuple[UndoableAction, ...] = ()
    prices: RunPrices = field(default_factory=RunPrices)
    skip_reason: str | None = None
    skip_words: str | None = None
    declined_version: int | None = None
    start_reason: StartReason | None = None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def peek_key(self) -> str:
        return build_peek_key(self.workflow_id, self.customer_id)

    @property
    def page_key(self) -> str:
        """Names the run among those a tab has open: its id, or its workflow and customer before it has one."""
        return self.id or self.peek_key

    @property
    def has_answers(self) -> bool:
        return any(step.answers for step in self.steps.values())

    def belongs_to(self, person_id: str) -> bool:
        """True for the owner, and for whoever the run is assigned to."""
        return person_id in (self.owner_id, self.assigned_to)

    def find_step(self, slide_id: str) -> StepExecution:
        """The saved step of a slide, or an empty one."""
        return self.steps.get(slide_id, StepExecution(slide_id=slide_id, answers={}))


def build_peek_key(workflow_id: str, customer_id: str) -> str:
    return f"{workflow_id}/{customer_id}"


@dataclass(frozen=True, kw_only=True)
class SavedStep:
    """A slide as it was saved, with the run's revision afterwards and, where they may have changed, its prices."""

    step: StepExecution
    execution_revision: int
    prices: RunPrices | None = None


class StepConflict(Conflict):
    """Someone else saved the slide since it was opened."""

    def __init__(self, message: str, *, conflicting_step: StepExecution, hint: str | None = None) -> None:
        super().__init__(message, detail=conflicting_step, hint=hint)
        self.conflicting_step = conflicting_step
