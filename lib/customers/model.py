"""A customer as Zen knows it. What is not known is None, never 0: pages print "no data" for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lib.customers.company_codes_and_limits import CompanyRules
from lib.text.format import format_money


class HealthBand(StrEnum):
    """Health in three words; the colour is only its echo."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


AT_RISK_BAND = HealthBand.RED
"""The band of a customer at risk, on every page that counts or filters them; `private.at_risk_band` in the database."""

HEALTH_BAND_LABELS: Mapping[str, str] = {
    HealthBand.GREEN: "healthy",
    HealthBand.YELLOW: "needs attention",
    AT_RISK_BAND: "at risk",
}

SEGMENT_LABELS: Mapping[str, str] = {"smb": "SMB", "mid": "Mid-market", "enterprise": "Enterprise"}
"""The segments of customers, as every page names them."""


@dataclass(frozen=True, kw_only=True)
class Customer:
    id: str
    name: str
    owner_id: str
    owner_name: str
    segment: str
    customer_since: date
    time_zone: str
    industry: str | None = None
    country: str | None = None
    summary: str | None = None
    competitor: str | None = None
    status: str = "active"
    domain: str | None = None
    revision: int = 1


@dataclass(frozen=True, kw_only=True)
class Contract:
    """The contract in force. `ends_on` is the renewal date; money is a year; percentages are 0-100."""

    starts_on: date
    ends_on: date
    notice_deadline: date
    notice_days: int
    term_months: int
    auto_renews: bool
    seats: int
    annual_price_per_seat: Decimal
    discount_percent: Decimal
    arr: Decimal
    uplift_cap_percent: Decimal | None
    modules: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """`influence` is 1-5; `sentiment` positive, neutral or negative; `status` active, left or unknown."""

    id: str
    name: str
    role: str
    status: str
    title: str | None = None
    email: str | None = None
    influence: int | None = None
    sentiment: str | None = None
    last_contact_on: date | None = None
    left_on: date | None = None
    replaced_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class UsageWeek:
    """`active_users` counts the 28 days up to the end of the week; `seats` is what was bought then."""

    week_starts_on: date
    active_users: int
    seats: int
    logins: int
    key_actions: int

    @property
    def utilisation(self) -> float:
        """Share of seats in use, 0-1 (above 1 when over-used)."""
        return self.active_users / self.seats


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """`priority` is p1-p4; `status` open, pending or solved; `satisfied` is the customer's own answer."""

    id: str = ""
    number: str
    title: str
    priority: str
    status: str
    opened_on: date
    solved_on: date | None = None
    satisfied: bool | None = None


@dataclass(frozen=True, kw_only=True)
class SurveyResponse:
    """An answer to "how likely are you to recommend us", 0-10."""

    id: str = ""
    score: int
    responded_on: date
    contact_name: str | None = None
    comment: str | None = None


@dataclass(frozen=True, kw_only=True)
class Note:
    """`kind` is note, call, meeting or email. `body` is untrusted plain text."""

    id: str
    kind: str
    body: str
    author_name: str
    happened_on: date


@dataclass(frozen=True, kw_only=True)
class HealthPart:
    """One part of the health score. `points` is None when there is nothing to judge it by."""

    key: str
    points: int | None
    out_of: int
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Health:
    """`score` 0-100 over the parts that have data; None in the first 60 days. Source: `public.customer_health`."""

    score: int | None
    band: HealthBand | None
    parts: tuple[HealthPart, ...]
    rule_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Signal:
    """Something that speaks for acting now, with its evidence as a sentence. Source: `public.customer_signals`."""

    kind: str
    points: int
    sentence: str


@dataclass(frozen=True, kw_only=True)
class PriorityReason:
    """One addend of a priority score: `kind` is arr, deadline or a signal's kind, `amount` the ARR of the first."""

    kind: str
    points: int
    sentence: str = ""
    amount: Decimal | None = None

    def __post_init__(self) -> None:
        if self.amount is not None and not self.sentence:  # the database does not know how money is written
            object.__setattr__(self, "sentence", f"{format_money(self.amount)} of ARR.")


@dataclass(frozen=True, kw_only=True)
class Priority:
    """`score` 0-100 is the sum of the reasons' points. Source: `public.customer_priorities`."""

    score: int
    reasons: tuple[PriorityReason, ...]
    rule_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ProductModule:
    """An entry of the company's price list: a price per seat and year."""

    name: str
    annual_price_per_seat: Decimal


@dataclass(frozen=True, kw_only=True)
class PastRun:
    """A finished run for this customer."""

    id: str
    workflow_name: str
    status: str
    finished_on: date
    outcome_code: str | None = None
    outcome_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Account:
    """All a slide may read about one customer, as of `today`. Usage is oldest first, tickets open ones first, the other
    lists newest first.

    Long lists are cut: 100 tickets and up to 500 open ones, 50 notes, 50 survey answers, 20 past runs, 26 weeks of
    usage. Their counts are of all, None where nobody counted; `AccountRepository.fetch_customer_records` has the rest.
    """

    today: date
    company_name: str
    customer: Customer
    health: Health
    priority: Priority
    rules: CompanyRules
    signals: tuple[Signal, ...] = ()
    contract: Contract | None = None
    contacts: tuple[Contact, ...] = ()
    usage: tuple[UsageWeek, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    surveys: tuple[SurveyResponse, ...] = ()
    notes: tuple[Note, ...] = ()
    price_list: tuple[ProductModule, ...] = ()
    data_keeper: str | None = None
    past_runs: tuple[PastRun, ...] = ()
    note_count: int | None = None
    ticket_count: int | None = None
    open_ticket_count: int | None = None
    survey_count: int | None = None
    past_run_count: int | None = None

    @property
    def days_to_notice(self) -> int | None:
        """Days until the notice deadline; negative once it has passed, None without a contract."""
        return (self.contract.notice_deadline - self.today).days if self.contract else None

    @property
    def latest_usage(self) -> UsageWeek | None:
        return self.usage[-1] if self.usage else None

    def find_contact_by_role(self, role: str) -> Contact | None:
        """The active contact of most influence in `role`, if any."""
        known = [contact for contact in self.contacts if contact.role == role and contact.status == "active"]
        return max(known, key=lambda contact: contact.influence or 0, default=None)
