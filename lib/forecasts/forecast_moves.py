"""What moved the forecast since the snapshot of a week: causes with their parts, which add up exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class ForecastCall(StrEnum):
    """The three calls, of which each has its own sum."""

    COMPUTED = "computed"
    CSM = "csm"
    LEADER = "leader"


CALL_LABELS: Mapping[str, str] = {
    ForecastCall.COMPUTED: "Computed",
    ForecastCall.CSM: "CSM's call",
    ForecastCall.LEADER: "Manager's call",
}

CAUSE_LABELS: Mapping[str, str] = {
    "renewed": "Renewed",
    "expanded": "Renewed for more",
    "downgraded": "Renewed for less",
    "churned": "Lost",
    "reopened": "Open again",
    "call": "Calls changed",
    "contract": "Contract edited",
    "health": "Health changed",
    "experience": "Share changed",
    "owner": "Customer reassigned",
    "entered": "New in the four quarters",
    "past": "Quarter is over",
    "gone": "No longer due",
}
CAUSE_RULES: Mapping[str, str] = {
    "renewed": "Decided since; it counts as it ended.",
    "expanded": "Decided since; it counts as it ended.",
    "downgraded": "Decided since; it counts as it ended.",
    "churned": "Decided since; it counts with nothing.",
    "reopened": "The decision was undone.",
    "call": "Somebody gave another call.",
    "contract": "The ARR of the contract, or of what it ended with, was changed.",
    "health": "Its health band changed, and with it the share that renews.",
    "experience": "More renewals closed, or the segment changed: this band now has a different share.",
    "owner": "The customer came from, or went to, another owner.",
    "entered": "The renewal was not in the forecast: a new contract, or a new quarter.",
    "past": "Its quarter is over, and no longer among the four.",
    "gone": "Moved beyond the four quarters, replaced by another term, or deleted.",
}


@dataclass(frozen=True, kw_only=True)
class MovedRenewal:
    """A renewal and how much of its difference is by one cause. Values are ARR then and now."""

    contract_id: str
    customer_id: str
    customer_name: str
    step: Decimal
    value_was: Decimal
    value_now: Decimal


@dataclass(frozen=True, kw_only=True)
class MoveCause:
    """A cause with its part of the difference, and the largest 100 of its `renewals`."""

    cause: str
    step: Decimal
    renewals: int
    rows: tuple[MovedRenewal, ...]


@dataclass(frozen=True, kw_only=True)
class ForecastWeek:
    """A week by its Monday, and the day its snapshot is as of; None where none was taken."""

    week_starts_on: date
    day: date | None


@dataclass(frozen=True, kw_only=True)
class ForecastMoves:
    """The sum of a call at a snapshot and today, and the causes between. `value_was` is None without a snapshot."""

    today: date
    weeks: tuple[ForecastWeek, ...]
    week_starts_on: date | None
    day: date | None
    value_was: Decimal | None
    value_now: Decimal | None
    causes: tuple[MoveCause, ...]
