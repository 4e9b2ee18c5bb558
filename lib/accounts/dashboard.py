"""The zen dashboard as values: what `public.zen_dashboard` returns for the signed-in person."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lib.accounts.model import PriorityReason
from lib.db.rows import pick_fields, to_date, to_datetime, to_decimal


@dataclass(frozen=True, kw_only=True)
class PriorityItem:
    """One customer that matters today, the workflow that fits, and why: the reasons' points add up to `score`.

    `execution_id` is a run whose snooze is over, with the sentence why and the reason it was put away for.
    """

    customer_id: str
    customer_name: str
    owner_name: str
    score: int
    reasons: tuple[PriorityReason, ...]
    workflow_id: str
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
        """The strongest reasons but the size of the account, at most two, as one or two sentences."""
        telling = sorted(
            (reason for reason in self.reasons if reason.kind != "arr" and reason.points), key=lambda r: -r.points
        )
        return (
            " ".join(reason.sentence for reason in telling[:2])
            or "Nothing presses; it is the largest of the quiet ones."
        )


@dataclass(frozen=True, kw_only=True)
class PortfolioTrendPoint:
    """The book on one day. Sums over customers; None where no customer has data."""

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
    """A run to resume."""

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
    execution_id: str
    workflow_name: str
    customer_name: str
    outcome_code: str
    outcome_amount: Decimal | None
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class EscalationSummary:
    """An escalation that waits for somebody, or was handed back with a `decision` nobody has seen yet (`is_over`).
    `to_me` tells who is asked from who asks."""

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
class Dashboard:
    """`waiting` counts what matters but is not among the things, `calm` what does not matter today, `follow_ups` what
    is due, `notices` what is unread."""

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


def parse_dashboard(row: dict[str, Any]) -> Dashboard:
    """A Board from what `public.zen_dashboard` returns."""
    counts = {
        key: row[key] for key in ("customers", "waiting", "calm", "snoozed", "completed_this_week", "usage_customers")
    }
    return Dashboard(
        **counts,
        today=to_date(row["today"]),
        next_deadline=to_date(row["next_deadline"]),
        priorities=tuple(_parse_priority_item(thing) for thing in row["things"]),
        trend=tuple(_parse_trend_point(point) for point in row["trend"]),
        renewals=tuple(
            RenewalTotal(month=bar["month"], band=bar["band"], customers=bar["customers"], arr=Decimal(str(bar["arr"])))
            for bar in row["renewals"]
        ),
        open_runs=tuple(_parse_open_run(run) for run in row["resume"]),
        finished_runs=tuple(_parse_finished_run(run) for run in row["recently_completed"]),
        escalations=tuple(_parse_escalation(asked) for asked in row["escalations"]),
        follow_ups=row["inbox"]["follow_ups"],
        notices=row["inbox"]["notices"],
    )


def _parse_priority_item(row: dict[str, Any]) -> PriorityItem:
    return PriorityItem(
        **pick_fields(PriorityItem, row)
        | {
            "reasons": tuple(PriorityReason(**reason) for reason in row["reasons"]),
            "arr": to_decimal(row["arr"]),
            "notice_deadline": to_date(row["notice_deadline"]),
        }
    )


def _parse_escalation(row: dict[str, Any]) -> EscalationSummary:
    times = {key: to_datetime(row[key]) for key in ("respond_by", "acknowledged_at")}
    return EscalationSummary(**pick_fields(EscalationSummary, row) | times)


def _parse_trend_point(row: dict[str, Any]) -> PortfolioTrendPoint:
    money = {"arr": to_decimal(row["arr"]), "arr_at_risk": to_decimal(row["arr_at_risk"])}
    return PortfolioTrendPoint(**pick_fields(PortfolioTrendPoint, row) | money | {"day": to_date(row["day"])})


def _parse_open_run(row: dict[str, Any]) -> OpenRun:
    return OpenRun(
        **pick_fields(OpenRun, row) | {"due_on": to_date(row["due_on"]), "updated_at": to_datetime(row["updated_at"])}
    )


def _parse_finished_run(row: dict[str, Any]) -> FinishedRun:
    return FinishedRun(
        **pick_fields(FinishedRun, row)
        | {"outcome_amount": to_decimal(row["outcome_amount"]), "ended_at": to_datetime(row["ended_at"])}
    )
