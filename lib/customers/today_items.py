"""Items that wait on Today: escalations, runs, follow-ups and customers."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from lib.customers.model import PriorityReason
from lib.customers.start_reason import StartReason
from lib.customers.stuck_run_reasons import StuckState


class TodayItemKind(StrEnum):
    """What waits. A run is one's own; a customer has none yet and matters enough to begin one.

    For leaders only: a price to approve, a stuck run of the team, a renewal at risk that nobody in it has begun.
    """

    ESCALATION = "escalation"
    HAND_BACK = "hand_back"
    RUN = "run"
    FOLLOW_UP = "follow_up"
    CUSTOMER = "customer"
    PRICE = "price"
    STUCK = "stuck"
    RENEWAL = "renewal"


class Urgency(StrEnum):
    """Why an item cannot wait, the most urgent first."""

    ESCALATED = "escalated"
    HANDED_BACK = "handed_back"
    APPROVAL = "approval"
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    BACK = "back"


@dataclass(frozen=True, kw_only=True)
class OpenRun:
    """A run in progress, to resume. `start_reason` is why it began by itself, None where a person began it."""

    execution_id: str
    workflow_id: str
    workflow_name: str
    customer_id: str
    customer_name: str
    owner_name: str
    assigned_to_name: str | None = None
    status: str
    current_slide: str
    slides: int
    slides_done: int
    due_on: date | None
    updated_at: datetime
    start_reason: StartReason | None = None


@dataclass(frozen=True, kw_only=True)
class EscalationSummary:
    """An escalation that is open, or was handed back with a `decision` not seen yet (`is_over`).

    `to_me`: it is assigned to the signed-in person.
    """

    escalation_id: str
    execution_id: str
    customer_id: str
    customer_name: str
    workflow_name: str
    severity_label: str
    ask: str
    respond_by: datetime
    acknowledged_at: datetime | None
    decision: str | None
    is_over: bool
    is_overdue: bool
    to_me: bool
    assigned_to_name: str
    raised_by_name: str


@dataclass(frozen=True, kw_only=True)
class TodayFollowUp:
    """A follow-up that is due. `is_own`: whoever has it wrote it."""

    id: str
    title: str
    due_on: date
    created_by_name: str
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class PriceToApprove:
    """A price below list that the person may approve. Amounts are a year."""

    id: str
    execution_id: str
    customer_id: str
    customer_name: str
    requested_by_name: str
    off_list_percent: Decimal
    lacks_list_price: bool
    total: Decimal | None
    list_total: Decimal | None


@dataclass(frozen=True, kw_only=True)
class AbsentColleague:
    """A colleague for whom the person stands in, until the last day of their absence."""

    person_name: str
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class TodayItem:
    """Something that waits for the person. `urgency` None: it can wait.

    `score` (0-100, higher is more urgent), `reasons`, whose points add up to it, the version of the rules it is by, ARR
    and health are the customer's, also where it is a colleague's and the person works for it; None where the customer
    has left. `workflow_id` of a customer is None when no rule of a workflow fits. `woke_because` is why a run is back
    from a snooze, `snooze_reason` why it was snoozed; `planned_for` the day chosen, None where a signal came, and
    `planned_by_name` a colleague who chose it. `absence` is of a colleague whose item it is, for whom the person
    stands in. `stuck` is why a run of the team does not move.
    """

    key: str
    kind: TodayItemKind
    urgency: Urgency | None
    customer_id: str
    customer_name: str
    owner_name: str
    score: int | None = None
    reasons: tuple[PriorityReason, ...] = ()
    rule_version: int | None = None
    workflow_id: str | None = None
    workflow_name: str | None = None
    arr: Decimal | None = None
    notice_deadline: date | None = None
    days_to_notice: int | None = None
    health_score: int | None = None
    health_band: str | None = None
    execution_id: str | None = None
    run: OpenRun | None = None
    escalation: EscalationSummary | None = None
    follow_up: TodayFollowUp | None = None
    price: PriceToApprove | None = None
    stuck: StuckState | None = None
    woke_because: str | None = None
    planned_for: date | None = None
    planned_by_name: str | None = None
    snooze_reason: str | None = None
    absence: AbsentColleague | None = None

    @property
    def urgent_day(self) -> date | None:
        """The day that makes it overdue or due today: of the follow-up, the run or the notice deadline."""
        if self.urgency not in (Urgency.OVERDUE, Urgency.DUE_TODAY):
            return None
        return self.follow_up.due_on if self.follow_up else self.run.due_on if self.run else self.notice_deadline

    @property
    def strongest_reasons(self) -> tuple[PriorityReason, ...]:
        """The two strongest reasons; the size of the account is none, nor is a deadline already named as urgent."""
        without = ("arr", "deadline") if self.urgent_day else ("arr",)
        reasons = [reason for reason in self.reasons if reason.kind not in without and reason.points]
        return tuple(sorted(reasons, key=lambda reason: -reason.points)[:2])

    @property
    def reason_text(self) -> str:
        """The strongest reasons in sentences; blank where the urgent day is the only one."""
        quiet = "" if self.urgent_day else "Nothing urgent; it is the largest of the rest."
        return " ".join(reason.sentence for reason in self.strongest_reasons) or quiet


@dataclass(frozen=True, kw_only=True)
class MoreItems:
    """What waits beside the list of the day, in its order: some `items` of `total`."""

    items: tuple[TodayItem, ...]
    total: int
