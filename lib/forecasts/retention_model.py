"""Gross and net retention: what was kept of the revenue of a year ago, and what will be."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

BENCHMARK_SOURCE = "SaaS Capital 2023, medians by ARR of the customer, for the same mix of customers"


@dataclass(frozen=True, kw_only=True)
class RetentionGroup:
    """Sums of ARR of all customers, a segment or an owner.

    To date: `arr_then` a year ago, `arr_now` of the same customers, `kept_now` without growth. As forecast: `base` is
    today's, each call has its sum and what it keeps; renewals without a call are in neither its sum nor its base.
    """

    segment: str | None
    owner_id: str | None
    owner_name: str | None
    customers: int
    arr_then: Decimal | None
    arr_now: Decimal | None
    kept_now: Decimal | None
    benchmark_kept: Decimal | None
    benchmark_now: Decimal | None
    base: Decimal
    computed: Decimal | None
    kept_computed: Decimal | None
    csm_base: Decimal | None
    csm: Decimal | None
    kept_csm: Decimal | None
    csm_missing: int
    leader_base: Decimal | None
    leader: Decimal | None
    kept_leader: Decimal | None
    leader_missing: int


@dataclass(frozen=True, kw_only=True)
class Retention:
    """All first, then segments, then owners; `since` a year ago, `until` the last day of the four quarters."""

    today: date
    since: date
    until: date
    groups: tuple[RetentionGroup, ...]


def compute_percent_of_whole(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """A part of a whole in percent; None of nothing."""
    return 100 * part / whole if part is not None and whole else None
