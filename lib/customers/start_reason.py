"""Why a run began by itself: what of its workflow's trigger was true of the customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lib.customers.model import HEALTH_BAND_LABELS, SEGMENT_LABELS
from lib.text.format import format_days, format_money, humanize_code


@dataclass(frozen=True, kw_only=True)
class StartReason:
    """What the trigger asked for, as it was on the day of the start. `arr` is USD a year; None: not asked for."""

    signals: tuple[str, ...] = ()
    days_to_notice: int | None = None
    health: str | None = None
    health_before: str | None = None
    arr: Decimal | None = None
    segment: str | None = None


def describe_start_reason(reason: StartReason) -> str:
    """ "Notice deadline in 30 days; health at risk, before: healthy; ARR $47,250"; as a sentence without its stop."""
    before = f", before: {_label(HEALTH_BAND_LABELS, reason.health_before)}" if reason.health_before else ""
    parts = (
        f"signal: {', '.join(humanize_code(kind).replace('p1', 'P1') for kind in reason.signals)}"
        if reason.signals
        else "",
        _describe_days_to_notice(reason.days_to_notice),
        f"health: {_label(HEALTH_BAND_LABELS, reason.health)}{before}" if reason.health else "",
        f"ARR {format_money(reason.arr)}" if reason.arr is not None else "",
        f"segment: {_label(SEGMENT_LABELS, reason.segment)}" if reason.segment else "",
    )
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def _describe_days_to_notice(days: int | None) -> str:
    match days:
        case None:
            return ""
        case 0:
            return "notice deadline today"
        case 1:
            return "notice deadline tomorrow"
        case _:
            return f"notice deadline in {format_days(days)}"


def _label(labels: Mapping[str, str], code: str | None) -> str:
    return labels.get(code or "", humanize_code(code))
