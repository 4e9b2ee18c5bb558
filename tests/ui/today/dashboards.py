"""Boards to shape and draw."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lib.customers.fiscal_quarters import FiscalQuarter
from lib.customers.model import PriorityReason
from lib.customers.today_items import EscalationSummary, OpenRun, TodayFollowUp, TodayItem, TodayItemKind
from lib.customers.today_overview import PortfolioTrendPoint, RenewalTotal, TodayOverview

TODAY = date(2027, 2, 1)
QUARTERS = tuple(
    FiscalQuarter(starts_on=date(year, month, 1), label=label)
    for year, month, label in (
        (2027, 2, "FY28 Q1"), (2027, 5, "FY28 Q2"), (2027, 8, "FY28 Q3"), (2027, 11, "FY28 Q4")
    )
)  # fmt: skip
EMPTY_WEEK = PortfolioTrendPoint(
    day=TODAY, arr=None, arr_at_risk=None, active_users=None, seats=None, open_tickets=None
)


def make_dashboard(**given: Any) -> TodayOverview:
    """A board of somebody with three customers where nothing presses."""
    plain: dict[str, Any] = {
        "today": TODAY, "customers": 3, "items": (), "listed": 0, "more": 0, "pressing": 0, "can_wait": 0,
        "in_progress": 0, "next_deadline": None, "calm": 3, "snoozed": 0,
        "completed_this_week": 0, "usage_customers": 3, "trend": (), "renewals": (), "quarters": QUARTERS,
        "open_runs": (), "open_run_count": 0, "finished_runs": (),
    }  # fmt: skip
    return TodayOverview(**plain | given)


def make_item(**given: Any) -> TodayItem:
    """A customer without a run."""
    plain: dict[str, Any] = {
        "key": "customer:c1", "kind": TodayItemKind.CUSTOMER, "urgency": None, "customer_id": "c1",
         "customer_name": "Obsidian Black", "owner_name": "Bob Stone", "score": 78,
        "reasons": (
            PriorityReason(kind="deadline", points=38, sentence="The notice deadline is in 6 days."),
            PriorityReason(kind="arr", points=15, sentence="$47,250 of ARR."),
            PriorityReason(
                kind="sponsor_left", points=25, sentence="Dana Voss left 18 days ago; no successor is known."
            ),
        ),
        "workflow_id": "standard-renewal", "workflow_name": "Standard renewal", "arr": Decimal(47250),
        "notice_deadline": TODAY + timedelta(days=6), "days_to_notice": 6, "health_score": 62, "health_band": "yellow",
    }  # fmt: skip
    return TodayItem(**plain | given)


def make_escalation(**given: Any) -> EscalationSummary:
    plain: dict[str, Any] = {
        "escalation_id": "x1", "execution_id": "e1", "customer_id": "c1", "customer_name": "Obsidian Black",
        "severity_label": "Critical", "workflow_name": "Standard renewal", "ask": "May we?",
        "respond_by": datetime(2027, 2, 1, 18, tzinfo=UTC),
        "acknowledged_at": None, "decision": None, "is_over": False, "is_overdue": False, "to_me": True,
        "assigned_to_name": "Carol Adeyemi", "raised_by_name": "Alice Moreau",
    }  # fmt: skip
    return EscalationSummary(**plain | given)


def make_follow_up(**given: Any) -> TodayFollowUp:
    plain: dict[str, Any] = {
        "id": "f1", "title": "Send the offer", "due_on": TODAY, "created_by_name": "Alice Moreau", "is_own": True
    }  # fmt: skip
    return TodayFollowUp(**plain | given)


def make_week(number: int, **given: Any) -> PortfolioTrendPoint:
    """The trend's point `number` weeks after the first."""
    plain: dict[str, Any] = {
        "arr": Decimal("100000.00"), "arr_at_risk": None, "active_users": 70, "seats": 100, "open_tickets": 4
    }  # fmt: skip
    return PortfolioTrendPoint(day=TODAY - timedelta(weeks=12 - number), **plain | given)


def make_renewal_bar(month: str, band: str, customers: int, arr: str) -> RenewalTotal:
    return RenewalTotal(month=month, band=band, customers=customers, arr=Decimal(arr))


def make_open_run(**given: Any) -> OpenRun:
    plain: dict[str, Any] = {
        "execution_id": "e1", "workflow_id": "standard-renewal", "workflow_name": "Standard renewal",
        "customer_id": "c1", "customer_name": "Obsidian Black", "owner_name": "Bob Stone", "status": "active",
        "current_slide": "contract-terms", "slides": 9, "slides_done": 2, "due_on": TODAY,
        "updated_at": datetime(2027, 1, 31, 9, 0, tzinfo=UTC),
    }  # fmt: skip
    return OpenRun(**plain | given)
