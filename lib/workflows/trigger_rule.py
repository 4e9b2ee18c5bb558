"""When a workflow begins by itself, and what a dry run of that finds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lib.customers.model import HEALTH_BAND_LABELS, SEGMENT_LABELS, HealthBand
from lib.customers.signal_kinds import SignalKind
from lib.customers.start_reason import StartReason
from lib.text.format import format_days, format_money, humanize_code

Segment = Literal["smb", "mid", "enterprise"]
DEFAULT_PERIOD_DAYS = 90


class TriggerRule(BaseModel):
    """For which customers a workflow begins by itself, once in `period_days` each; all that is given must hold.

    `signals`: the customer has one of them; with `only_leading` it is the strongest. With `only_health_turned` the
    health was better within the last 7 days. `arr_from` is USD a year. `private.trigger_rule_errors` checks the same.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    period_days: int = Field(ge=7, le=730)
    signals: tuple[SignalKind, ...] | None = Field(default=None, min_length=1)
    only_leading: bool = False
    notice_within_days: int | None = Field(default=None, ge=0, le=730)
    segments: tuple[Segment, ...] | None = Field(default=None, min_length=1)
    health: tuple[HealthBand, ...] | None = Field(default=None, min_length=1)
    only_health_turned: bool = False
    arr_from: int | None = Field(default=None, ge=0, lt=10**12)

    @model_validator(mode="after")
    def _require_condition(self) -> Self:
        conditions = (self.signals, self.notice_within_days, self.segments, self.health, self.arr_from)
        if all(condition is None for condition in conditions):
            raise ValueError("Say for which customers it begins; without a condition it would begin for all.")
        if self.only_health_turned and self.health is None:
            raise ValueError("Choose the health that it turns to.")
        return self


class StartBlocker(StrEnum):
    """Why no run begins for a customer that fits: one is open, or one began within the period."""

    OPEN = "open"
    RECENT = "recent"


@dataclass(frozen=True, kw_only=True)
class TriggerMatch:
    """A customer that fits. `why` is what of the rule is true of it."""

    customer_id: str
    customer_name: str
    owner_name: str
    why: StartReason
    blocked_by: StartBlocker | None = None


@dataclass(frozen=True, kw_only=True)
class TriggerPreview:
    """A dry run: `matching_count` customers fit, a run would begin for `starting_count`, `customers` has up to 200.

    `started_today` of at most `most_a_day` runs began by themselves within 24 hours, of all the company's workflows.
    """

    matching_count: int
    starting_count: int
    most_a_day: int
    started_today: int
    customers: tuple[TriggerMatch, ...]

    @property
    def waiting_count(self) -> int:
        """For how many more a run would begin if more were allowed a day."""
        return max(0, self.starting_count - max(0, self.most_a_day - self.started_today))


@dataclass(frozen=True, kw_only=True)
class WorkflowStart:
    """A run that began by itself."""

    execution_id: str
    customer_id: str
    customer_name: str
    started_at: datetime
    why: StartReason


@dataclass(frozen=True, kw_only=True)
class WorkflowTrigger:
    """Whether a workflow begins by itself, and its last starts. `rule` is a TriggerRule as JSON, None without one.

    `is_changed_since`: it was on, and a new rule was published.
    """

    rule: Mapping[str, Any] | None
    is_enabled: bool
    is_changed_since: bool
    changed_by_name: str | None
    changed_at: datetime | None
    started_count: int
    starts: tuple[WorkflowStart, ...]


def parse_trigger_rule(rule: Any) -> dict[str, Any]:
    """The rule as the database holds it. Raises pydantic.ValidationError."""
    return TriggerRule.model_validate(rule).model_dump(mode="json", exclude_defaults=True)


def describe_trigger_rule(rule: Mapping[str, Any]) -> str:
    """ "Notice deadline within 60 days; health red; at most once in 90 days for a customer"."""
    try:
        read = TriggerRule.model_validate(rule)
    except ValidationError:
        return "A trigger that cannot be read"
    turned = "health turned to" if read.only_health_turned else "health"
    strongest = " as the strongest signal" if read.only_leading else ""
    parts = [
        _join_choices(map(humanize_code, read.signals)) + strongest if read.signals else "",
        f"notice deadline within {format_days(read.notice_within_days)}" if read.notice_within_days is not None else "",
        f"{turned} {_join_choices(HEALTH_BAND_LABELS[band] for band in read.health)}" if read.health else "",
        f"segment {_join_choices(SEGMENT_LABELS[name] for name in read.segments)}" if read.segments else "",
        f"ARR from {format_money(read.arr_from)}" if read.arr_from is not None else "",
        f"at most once in {format_days(read.period_days)} for a customer",
    ]
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def _join_choices(choices: Iterable[str]) -> str:
    *first, last = choices
    return f"{', '.join(first)} or {last}" if first else last
