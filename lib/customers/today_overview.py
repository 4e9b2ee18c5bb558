"""What waits for the signed-in person today, and their portfolio, as the database's functions of Today return it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lib.customers.model import PriorityReason
from lib.db.rows import parse_row


class TodayItemKind(StrEnum):
    """What waits. A run is one's own; a customer has none yet and matters enough to begin one."""

    ESCALATION = "escalation"
    HAND_BACK = "hand_back"
    RUN = "run"
    FOLLOW_UP = "follow_up"
    CUSTOMER = "customer"


class Urgency(StrEnum):
    """Why an item cannot wait, the most urgent first."""

    ESCALATED = "escalated"
    HANDED_BACK = "handed_back"
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    BACK = "back"


@dataclass(frozen=True, kw_only=True)
class PortfolioTrendPoint:
    """Sums over the portfolio on one day; None where no customer has data."""

    day: date
    arr: Decimal | None
    arr_at_risk: Decimal | None
    active_users: int | None
    seats: int | None
    open_tickets: int | None

    @property
    def utilisation(self) -> float | None:
        """Share of seats in use, 0-1, over customers with a usage feed."""
        return self.active_users / self.seats if self.active_users is not None and self.seats else None


@dataclass(frozen=True, kw_only=True)
class RenewalTotal:
    """Renewals of one month (YYYY-MM) in one health band (green, yellow, red, none)."""

    month: str
    band: str
    customers: int
    arr: Decimal


@dataclass(frozen=True, kw_only=True)
class OpenRun:
    """A run in progress, to resume."""

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


@dataclass(frozen=True, kw_only=True)
class FinishedRun:
    """A run completed in the last 7 days."""

    execution_id: str
    workflow_name: str
    customer_name: str
    outcome_label: str
    outcome_amount: Decimal | None
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class EscalationSummary:
    """An escalation that is open, or was handed back with a `decision` not seen yet (`is_over`).

    `to_me`: it is assigned to the signed-in person.
    """

    escalation_id: str
    execution_id: str
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
class TodayItem:
    """Something that waits for the person. `urgency` None: it can wait.

    `score` (0-100, higher is more urgent), `reasons`, whose points add up to it, ARR and health are the customer's,
    also where it is a colleague's and the person works for it; None where the customer has left. `workflow_id` of a
    customer is None when no rule of a workflow fits. `woke_because` is why a run is back from a snooze, `snooze_reason`
    why it was snoozed; `planned_for` the day chosen, None where a signal came, and `planned_by_name` a colleague who
    chose it.
    """

    key: str
    kind: TodayItemKind
    urgency: Urgency | None
    customer_id: str
    customer_name: str
    owner_name: str
    score: int | None = None
    reasons: tuple[PriorityReason, ...] = ()
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
    woke_because: str | None = None
    planned_for: date | None = None
    planned_by_name: str | None = None
    snooze_reason: str | None = None

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
        quiet = "" if self.urgent_day else "Nothing presses; it is the largest of the quiet ones."
        return " ".join(reason.sentence for reason in self.strongest_reasons) or quiet


@dataclass(frozen=True, kw_only=True)
class MoreItems:
    """What waits beside the list of the day, in its order: some `items` of `total`."""

    items: tuple[TodayItem, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class OpenRuns:
    """Open runs beside the list of the day, overdue ones first: some `open_runs` of `open_run_count`."""

    open_runs: tuple[OpenRun, ...]
    open_run_count: int


@dataclass(frozen=True, kw_only=True)
class FinishedRuns:
    """Runs completed in seven days, the latest first: some `finished_runs` of `completed_this_week`."""

    finished_runs: tuple[FinishedRun, ...]
    completed_this_week: int


@dataclass(frozen=True, kw_only=True)
class CustomerChoice:
    """A customer to add a follow-up for."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class PriceToApprove:
    """A price below list that the person may approve. Amounts are USD a year."""

    id: str
    execution_id: str
    customer_name: str
    requested_by_name: str
    off_list_percent: Decimal
    total: Decimal | None
    list_total: Decimal | None


@dataclass(frozen=True, kw_only=True)
class TodayOverview:
    """What the signed-in person needs today.

    `items` is what is left of the list of the day, `listed` how long it was. Beside it `more` items wait, of which
    `pressing` cannot wait. The other customers: `can_wait`, `in_progress` (with an open run that is not snoozed),
    `calm`; those whose open runs are all snoozed are in none of these. `snoozed` counts runs.
    `escalations` and `open_runs` are the first ones not on the list, `price_approvals` those that wait longest; their
    counts are of all. `follow_ups` are those due, `notices` those unread.
    """

    today: date
    customers: int
    items: tuple[TodayItem, ...]
    listed: int
    more: int
    pressing: int
    can_wait: int
    in_progress: int
    calm: int
    next_deadline: date | None
    snoozed: int
    completed_this_week: int
    usage_customers: int
    trend: tuple[PortfolioTrendPoint, ...]
    renewals: tuple[RenewalTotal, ...]
    open_runs: tuple[OpenRun, ...]
    open_run_count: int
    finished_runs: tuple[FinishedRun, ...]
    escalations: tuple[EscalationSummary, ...] = ()
    escalation_count: int = 0
    price_approvals: tuple[PriceToApprove, ...] = ()
    price_approval_count: int = 0
    customer_choices: tuple[CustomerChoice, ...] = ()
    follow_ups: int = 0
    notices: int = 0

    @property
    def is_done(self) -> bool:
        """Nothing is left on the list, and nothing else cannot wait."""
        return not self.items and not self.pressing


def parse_today_overview(row: dict[str, Any]) -> TodayOverview:
    """A TodayOverview from what `public.zen_dashboard` returns."""
    return parse_row(TodayOverview, row | row["inbox"])
