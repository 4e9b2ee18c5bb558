"""Prices of a run as the database has them, and who approved them. `private.read_prices` returns these."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator

from lib.customers.company_codes_and_limits import ADMIN_WITH_PROOF, CompanyRules
from lib.text.format import format_date, format_money, format_percent
from lib.text.json_values import to_exact_numbers

NO_LIST_PRICE = "There is no list price to compare it with"

ROLE_APPROVALS = {
    "CSM": "a CSM's approval",
    "manager": "a manager's approval",
    "admin": "an admin's approval",
    ADMIN_WITH_PROOF: "an admin's approval, with proof of who agreed",
}


class PriceApprovalStatus(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class PriceApproval:
    """A price that needed somebody else. `approver` is a role or a name, `agreed_by` who stands behind an admin."""

    id: str
    status: PriceApprovalStatus
    off_list_percent: Decimal
    approver: str
    requested_by_name: str
    decided_by_name: str | None = None
    decided_on: date | None = None
    reason: str | None = None
    agreed_by: str | None = None
    agreed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class StoredPrice:
    """A price as it was saved. `approval` is the one that holds for it; None where nobody had to be asked."""

    figures: Annotated[Any, AfterValidator(to_exact_numbers)]
    off_list_percent: Decimal | None = None
    approval: PriceApproval | None = None


@dataclass(frozen=True, kw_only=True)
class RunPrices:
    """The chosen scenario and the quote of a run; None where there is none."""

    scenario: StoredPrice | None = None
    quote: StoredPrice | None = None


@dataclass(frozen=True, kw_only=True)
class PriceStatus:
    """What a price needs. `approver` is empty if it needs nobody, or nobody any more."""

    off_list_percent: Decimal
    lacks_list_price: bool = False
    approver: str = ""
    approval: PriceApproval | None = None

    @property
    def is_approved(self) -> bool:
        return self.approval is not None and self.approval.status is PriceApprovalStatus.APPROVED

    @property
    def is_denied(self) -> bool:
        return self.approval is not None and self.approval.status is PriceApprovalStatus.DENIED


def read_price_status(
    rules: CompanyRules,
    off_list_percent: Decimal,
    figures: Any,
    stored: StoredPrice | None,
    *,
    lacks_list_price: bool = False,
) -> PriceStatus:
    """The status of a price on screen: the stored one's if the figures are the same, else what saving would need."""
    if stored is None or stored.figures != figures:
        needs = rules.needs_discount_approval(off_list_percent, lacks_list_price=lacks_list_price)
        approver = rules.find_discount_approver(off_list_percent, lacks_list_price=lacks_list_price) if needs else ""
        return PriceStatus(off_list_percent=off_list_percent, lacks_list_price=lacks_list_price, approver=approver)
    approval = stored.approval
    is_open = approval is not None and approval.status is not PriceApprovalStatus.APPROVED
    return PriceStatus(
        off_list_percent=off_list_percent,
        lacks_list_price=lacks_list_price,
        approver=approval.approver if approval and is_open else "",
        approval=approval,
    )


def describe_price_status(status: PriceStatus) -> str:
    """ "11.4% below list — needs your manager's approval"; who decided, if anybody had to."""
    how_far = describe_distance_from_list(status.off_list_percent, lacks_list_price=status.lacks_list_price)
    approval = status.approval
    if approval is None:
        needed = describe_needed_approval(status.approver).replace("a manager's", "your manager's")
        return f"{how_far} — needs {needed}" if status.approver else ""
    if status.is_approved:
        return f"{how_far} — approved by {describe_decision(approval)}"
    if status.is_denied:
        return f"{how_far} — denied by {describe_decision(approval)}: {approval.reason}"
    return f"{how_far} — waiting for {describe_needed_approval(status.approver)}"


def describe_distance_from_list(off_list_percent: Decimal, *, lacks_list_price: bool) -> str:
    """ "15% below list"; that there is no list price, where nothing is known to compare with."""
    return NO_LIST_PRICE if lacks_list_price else f"{format_percent(off_list_percent)} below list"


def describe_price_below_list(
    total: Decimal | None, list_total: Decimal | None, off_list_percent: Decimal, *, lacks_list_price: bool = False
) -> str:
    """ "$42,500 a year instead of $50,000 at list price: 15% below list, $7,500 less"."""
    how_far = describe_distance_from_list(off_list_percent, lacks_list_price=lacks_list_price)
    if lacks_list_price:
        return f"{format_money(total)} a year. {how_far}." if total is not None else f"{how_far}."
    if total is None or list_total is None:
        return how_far
    less = list_total - total
    difference = f", {format_money(less)} less" if less > 0 else ""
    return f"{format_money(total)} a year instead of {format_money(list_total)} at list price: {how_far}{difference}"


def describe_needed_approval(approver: str) -> str:
    """ "a manager's approval"; `approver` is a role or a name."""
    return ROLE_APPROVALS.get(approver, f"{approver}'s approval")


def describe_decision(approval: PriceApproval) -> str:
    """ "Carol Adeyemi, 29 Nov 2026"; the day is the reader's, as is the date of the quote."""
    day = format_date(approval.decided_on) if approval.decided_on else ""
    return ", ".join(part for part in (approval.decided_by_name, day) if part)
