"""The forecast: renewals of four fiscal quarters, what became of them, and three calls on each, never averaged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from lib.customers.model import HealthBand
from lib.forms.schema_fields import NonBlankStr, build_labels_schema_extra

PAGE_ROWS = 20


class CallLevel(StrEnum):
    """Whose call it is: of the owner of the customer or their deputy, or of a manager or admin."""

    CSM = "csm"
    LEADER = "leader"


class CallCategory(StrEnum):
    COMMIT = "commit"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"
    LOST = "lost"


class RenewalOutcome(StrEnum):
    """What became of a renewal. Downgraded is renewed for less."""

    RENEWED = "renewed"
    EXPANDED = "expanded"
    DOWNGRADED = "downgraded"
    CHURNED = "churned"


LEVEL_LABELS: Mapping[str, str] = {CallLevel.CSM: "CSM's call", CallLevel.LEADER: "Manager's call"}
CATEGORY_LABELS: Mapping[str, str] = {
    CallCategory.COMMIT: "Commit",
    CallCategory.LIKELY: "Likely",
    CallCategory.DOUBTFUL: "Doubtful",
    CallCategory.LOST: "Lost",
}
OUTCOME_LABELS: Mapping[str, str] = {
    RenewalOutcome.RENEWED: "renewed",
    RenewalOutcome.EXPANDED: "renewed for more",
    RenewalOutcome.DOWNGRADED: "renewed for less",
    RenewalOutcome.CHURNED: "lost",
}
ForecastState = Literal["open", "decided", "no_csm", "no_leader"]
STATE_LABELS: Mapping[ForecastState, str] = {
    "open": "Open",
    "decided": "Decided",
    "no_csm": "Without the CSM's call",
    "no_leader": "Without the manager's call",
}


class CallAnswers(BaseModel):
    """A call as it is given. `amount` is the ARR expected afterwards."""

    category: Literal["commit", "likely", "doubtful", "lost"] = Field(
        title="Category", json_schema_extra=build_labels_schema_extra(CATEGORY_LABELS)
    )
    amount: Annotated[Decimal, Field(ge=0, le=Decimal("999999999999.99"))] | None = Field(
        default=None, title="ARR afterwards"
    )
    reason: Annotated[NonBlankStr, Field(max_length=2000)] | None = Field(default=None, title="Reason")


@dataclass(frozen=True, kw_only=True)
class ForecastView:
    """Which renewals. `owner` is "mine", "team" or a person's id; `quarter` the first day of one. None is all."""

    owner: str | None = None
    segment: str | None = None
    quarter: date | None = None
    state: ForecastState | None = None


@dataclass(frozen=True, kw_only=True)
class ForecastQuarter:
    """What is due in a fiscal quarter. Amounts are ARR.

    `arr` is that of all its terms as they end; `computed`, `csm` and `leader` are what is expected afterwards, decided
    ones with what they came to (`kept`). Renewals without a call are in `csm_missing` and `leader_missing`.
    """

    label: str
    starts_on: date
    until_on: date
    renewals: int = 0
    arr: Decimal = Decimal(0)
    decided: int = 0
    decided_arr: Decimal = Decimal(0)
    kept: Decimal = Decimal(0)
    computed: Decimal = Decimal(0)
    csm: Decimal = Decimal(0)
    csm_missing: int = 0
    csm_missing_arr: Decimal = Decimal(0)
    leader: Decimal = Decimal(0)
    leader_missing: int = 0
    leader_missing_arr: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class ForecastRow:
    """A renewal: the end of one contract.

    `share` is the part taken to renew: of `share_n` closed renewals of its segment and band, or the benchmark where
    those are too few. `computed`, `csm` and `leader` are ARR afterwards, None without a call; a revision is that of the
    latest call, `*_unmet` the evidence the records do not show for it. `is_own`: one may give the CSM's call.
    """

    contract_id: str
    customer_id: str
    customer_name: str
    owner_id: str
    owner_name: str
    is_own: bool
    segment: str
    quarter_on: date
    due_on: date
    renews_on: date
    arr: Decimal
    outcome: RenewalOutcome | None
    decided_on: date | None
    band: HealthBand | None
    share: Decimal
    share_n: int
    share_renewed: int
    computed: Decimal
    csm: Decimal | None
    csm_category: CallCategory | None
    csm_amount: Decimal | None
    csm_revision: int | None
    csm_unmet: tuple[str, ...]
    leader: Decimal | None
    leader_category: CallCategory | None
    leader_amount: Decimal | None
    leader_revision: int | None
    leader_unmet: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ForecastOwner:
    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The quarters, and some of the `total` renewals of a view.

    From `least_experience` closed renewals on, a share is of the company's own.
    """

    today: date
    quarters: tuple[ForecastQuarter, ...]
    rows: tuple[ForecastRow, ...]
    total: int
    owners: tuple[ForecastOwner, ...]
    least_experience: int


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the records of a customer show on a day. `supporter` is an economic buyer, champion or sponsor."""

    today: date
    buyer_contact_on: date | None
    supporter_contact_on: date | None
    has_price: bool
    open_p1: int
    band: HealthBand | None


@dataclass(frozen=True, kw_only=True)
class RenewalCall:
    """A call that was given. `unmet` is the evidence that the records did not show then."""

    level: CallLevel
    revision: int
    category: CallCategory
    amount: Decimal | None
    reason: str | None
    unmet: tuple[str, ...]
    called_at: datetime
    called_by_name: str


@dataclass(frozen=True, kw_only=True)
class RenewalCalls:
    """The calls on one renewal, the latest first, and the evidence missing today for each category."""

    evidence: Evidence
    unmet: Mapping[str, tuple[str, ...]]
    calls: tuple[RenewalCall, ...]
