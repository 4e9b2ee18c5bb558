"""What `public.zen_dashboard` returns for the signed-in person, as values."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lib.accounts.model import PriorityReason
from lib.db.rows import parse_row


@dataclass(frozen=True, kw_only=True)
class PriorityItem:
    """A customer that matters today, with the workflow that fits.

    The reasons' points add up to `score`. `workflow_id` is None when no rule of a workflow fits. `execution_id` is a
    run whose snooze is over, `woke_because` the sentence why, `snooze_reason` why it was snoozed.
    """

    customer_id: str
    customer_name: str
    owner_name: str
    score: int
    reasons: tuple[PriorityReason, ...]
    workflow_id: str | None
    workflow_name: str | None
    arr: Decimal | None
    notice_deadline: date | None
    days_to_notice: int | None
    health_score: int | None
    health_band: str | None
    execution_id: str | None = None
    woke_because: str | None = None
    snooze_reason: str | None = None

    @property
    def reason_text(self) -> str:
        """The two strongest reasons in sentences; the size of the account is none."""
        reasons = [reason for reason in self.reasons if reason.kind != "arr" and reason.points]
        strongest = sorted(reasons, key=lambda reason: -reason.points)[:2]
        return (
            " ".join(reason.sentence for reason in strongest) or "Nothing presses; it is the largest of the quiet ones."
        )


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
    severity: str
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
class TodayOverview:
    """What the signed-in person needs today.

    Counts: `waiting` customers that matter but are not among `priorities`, `calm` those that do not matter today,
    `follow_ups` due, `notices` unread.
    """

    today: date
    customers: int
    priorities: tuple[PriorityItem, ...]
    waiting: int
    next_deadline: date | None
    calm: int
    snoozed: int
    completed_this_week: int
    usage_customers: int
    trend: tuple[PortfolioTrendPoint, ...]
    renewals: tuple[RenewalTotal, ...]
    open_runs: tuple[OpenRun, ...]
    finished_runs: tuple[FinishedRun, ...]
    escalations: tuple[EscalationSummary, ...] = ()
    follow_ups: int = 0
    notices: int = 0


def parse_today_overview(row: dict[str, Any]) -> TodayOverview:
    """A Dashboard from what `public.zen_dashboard` returns."""
    renamed = {"priorities": row["things"], "open_runs": row["resume"], "finished_runs": row["recently_completed"]}
    return parse_row(TodayOverview, row | row["inbox"] | renamed)
