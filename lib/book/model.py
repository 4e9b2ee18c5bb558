"""The book of customers: its columns, filters, orders and rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from lib.customers.fiscal_quarters import FiscalQuarter
from lib.customers.model import HealthBand

MAX_NAME_CHARS = 200
PAGE_ROWS = 50


class BookColumn(StrEnum):
    """The columns one can choose; the customer's name always comes first."""

    OWNER = "owner"
    SEGMENT = "segment"
    ARR = "arr"
    HEALTH = "health"
    DEADLINE = "deadline"
    DAYS_LEFT = "days_left"
    RUN = "run"
    LAST_CONTACT = "last_contact"
    RISK = "risk"


class BookSort(StrEnum):
    """What the database can sort the book by."""

    NAME = "name"
    OWNER = "owner"
    SEGMENT = "segment"
    ARR = "arr"
    HEALTH = "health"
    DEADLINE = "deadline"
    LAST_CONTACT = "last_contact"
    PRIORITY = "priority"


COLUMN_LABELS: Mapping[BookColumn, str] = {
    BookColumn.OWNER: "Owner",
    BookColumn.SEGMENT: "Segment",
    BookColumn.ARR: "ARR",
    BookColumn.HEALTH: "Health",
    BookColumn.DEADLINE: "Notice deadline",
    BookColumn.DAYS_LEFT: "Days left",
    BookColumn.RUN: "Open run",
    BookColumn.LAST_CONTACT: "Last contact",
    BookColumn.RISK: "First reason to act",
}
COLUMN_SORTS: Mapping[BookColumn, BookSort] = {
    BookColumn.OWNER: BookSort.OWNER,
    BookColumn.SEGMENT: BookSort.SEGMENT,
    BookColumn.ARR: BookSort.ARR,
    BookColumn.HEALTH: BookSort.HEALTH,
    BookColumn.DEADLINE: BookSort.DEADLINE,
    BookColumn.DAYS_LEFT: BookSort.DEADLINE,
    BookColumn.LAST_CONTACT: BookSort.LAST_CONTACT,
    BookColumn.RISK: BookSort.PRIORITY,
}
DEFAULT_COLUMNS = (
    BookColumn.OWNER,
    BookColumn.ARR,
    BookColumn.HEALTH,
    BookColumn.DEADLINE,
    BookColumn.RUN,
    BookColumn.LAST_CONTACT,
    BookColumn.RISK,
)
LARGEST_FIRST = frozenset({BookSort.ARR, BookSort.PRIORITY, BookSort.LAST_CONTACT})
"""Orders in which the first click puts the largest first."""

BANDS = (HealthBand.RED, HealthBand.YELLOW, HealthBand.GREEN, "none")


@dataclass(frozen=True, kw_only=True)
class BookFilter:
    """Which customers. None and () leave a part open.

    `owner` is "mine", "team" or the id of a person; `days_from` and `days_to` count to the notice deadline, negative
    once it has passed; months are YYYY-MM; amounts are a year.
    """

    owner: str | None = None
    segments: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    status: Literal["active", "churned"] | None = None
    name: str | None = None
    has_run: bool | None = None
    days_from: int | None = None
    days_to: int | None = None
    arr_from: int | None = None
    arr_to: int | None = None
    deadline_month: str | None = None
    end_month: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The parts that are set, as the database takes them."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value not in (None, ())
        }


@dataclass(frozen=True, kw_only=True)
class BookView:
    """What of the book is shown, and how."""

    filter: BookFilter = field(default_factory=BookFilter)
    sort: BookSort = BookSort.DEADLINE
    descending: bool = False
    columns: tuple[BookColumn, ...] = DEFAULT_COLUMNS


@dataclass(frozen=True, kw_only=True)
class BookRun:
    """The open run of a customer that is due first; `others` are open beside it."""

    execution_id: str
    workflow_id: str
    workflow_name: str
    status: str
    due_on: date | None
    others: int = 0


@dataclass(frozen=True, kw_only=True)
class BookRow:
    """A customer of the book. `days_left` to the notice deadline is negative once it has passed.

    `workflow_id` is suggested for it; `next_term_on` is when the next term begins that is agreed already.
    `renewal_quarter` labels the fiscal quarter of `ends_on`.
    """

    id: str
    name: str
    owner_id: str
    owner_name: str
    segment: str
    status: str
    arr: Decimal | None
    notice_deadline: date | None
    ends_on: date | None
    days_left: int | None
    health_score: int | None
    health_band: HealthBand | None
    last_contact_on: date | None
    run: BookRun | None = None
    priority: int | None = None
    risk: str | None = None
    workflow_id: str | None = None
    next_term_on: date | None = None
    renewal_quarter: str | None = None


@dataclass(frozen=True, kw_only=True)
class BookOwner:
    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class BookPage:
    """Some rows of the book, with the count and sums of all that match. `arr` is None where no customer has one."""

    today: date
    rows: tuple[BookRow, ...]
    total: int
    arr: Decimal | None
    at_risk: int
    arr_at_risk: Decimal
    without_health: int
    owners: tuple[BookOwner, ...]


@dataclass(frozen=True, kw_only=True)
class RenewalSum:
    """Customers of one month, and what of them is at risk. Amounts are a year."""

    customers: int
    arr: Decimal
    at_risk: int
    arr_at_risk: Decimal


@dataclass(frozen=True, kw_only=True)
class RenewalMonth:
    """A month (YYYY-MM): whose notice deadline is in it, and whose renewal date. None where nobody's is."""

    month: str
    deadlines: RenewalSum | None
    ends: RenewalSum | None


@dataclass(frozen=True, kw_only=True)
class RenewalCalendar:
    """Months from this one on with their fiscal quarters, and how many notice deadlines are before and after them."""

    today: date
    months: tuple[RenewalMonth, ...]
    quarters: tuple[FiscalQuarter, ...]
    earlier: int
    later: int
    without_contract: int
