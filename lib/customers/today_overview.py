"""What waits for the signed-in person today, and their portfolio, as the database's functions of Today return it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lib.customers.fiscal_quarters import FiscalQuarter
from lib.customers.today_items import EscalationSummary, OpenRun, PriceToApprove, TodayItem
from lib.db.row_parsing import parse_row


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
class FinishedRun:
    """A run completed in the last 7 days."""

    execution_id: str
    workflow_name: str
    customer_name: str
    outcome_label: str
    outcome_amount: Decimal | None
    ended_at: datetime


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
class DemoBookImport:
    """Status as of `lib.imports.model`: decided while the worker brings it in."""

    import_id: str
    status: str


@dataclass(frozen=True, kw_only=True)
class FirstSteps:
    """What a company has done of what it begins with. `invited` counts open invitations.

    `demo_book` is the import of the demo book, until it is taken back.
    """

    has_settings: bool
    customers: int
    colleagues: int
    invited: int
    has_runs: bool
    demo_book: DemoBookImport | None = None

    @property
    def can_load_demo_book(self) -> bool:
        return self.customers == 0 and self.demo_book is None


@dataclass(frozen=True, kw_only=True)
class TeamFigures:
    """The company's active customers, those at risk and their ARR, and its open runs and escalations."""

    customers: int
    at_risk: int
    arr_at_risk: Decimal
    open_runs: int
    overdue_runs: int
    stuck_runs: int
    escalations: int


@dataclass(frozen=True, kw_only=True)
class TodayOverview:
    """What the signed-in person needs today.

    `items` is what is left of the list of the day, `listed` how long it was. Beside it `more` items wait, of which
    `pressing` cannot wait. The other customers: `can_wait`, `in_progress` (with an open run that is not snoozed),
    `calm`; those whose open runs are all snoozed are in none of these. `snoozed` counts runs.
    `escalations` and `open_runs` are the first ones not on the list, `price_approvals` those that wait longest; their
    counts are of all. `quarters` are the fiscal ones of the next twelve months. `follow_ups` are those due, `notices`
    those unread. `first_steps` is for who leads a company without a run or with the demo book, else None. `team` is for
    leaders: all else is of one's own customers, but for what waits in the team and `customer_choices`.
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
    quarters: tuple[FiscalQuarter, ...]
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
    first_steps: FirstSteps | None = None
    team: TeamFigures | None = None

    @property
    def has_customers(self) -> bool:
        """The person has customers, or a leader's team has."""
        return self.customers > 0 or (self.team is not None and self.team.customers > 0)

    @property
    def is_done(self) -> bool:
        """Nothing is left on the list, and nothing else cannot wait."""
        return not self.items and not self.pressing


def parse_today_overview(row: dict[str, Any]) -> TodayOverview:
    """A TodayOverview from what `public.zen_dashboard` returns."""
    return parse_row(TodayOverview, row | row["inbox"])
