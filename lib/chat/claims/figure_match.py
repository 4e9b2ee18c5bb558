"""Whether two figures are the same: written another way, in another unit of time, or rounded."""

from collections.abc import Iterable
from decimal import Decimal

from lib.chat.claims.figures import Figure, FigureKind

MAX_ROUNDING = Decimal("0.01")
"""A figure rounded by more than this share is another one."""
DAYS_PER_UNIT = {
    "minute": Decimal(1) / 1440,
    "hour": Decimal(1) / 24,
    "day": Decimal(1),
    "week": Decimal(7),
    "month": Decimal("30.4369"),
    "quarter": Decimal("91.3107"),
    "year": Decimal("365.2425"),
}
UNIT_TOLERANCE = Decimal("0.03")
"""60 days are two months."""


def is_same_figure(claimed: Figure, known: Figure) -> bool:
    """True if `claimed` says no more than `known` does."""
    if claimed.kind is FigureKind.DURATION and known.kind is FigureKind.DURATION:
        return is_same_duration(claimed, known)
    if not has_same_kind(claimed, known):
        return False
    return any(is_rounded_from(claimed, number) for number in known.readings)


def has_same_kind(claimed: Figure, known: Figure) -> bool:
    """True if both count the same kind of thing, or one of them does not say what it counts."""
    if FigureKind.DURATION in (claimed.kind, known.kind):
        return claimed.kind is known.kind
    if claimed.kind is known.kind is FigureKind.MONEY:
        return claimed.unit == known.unit
    return claimed.kind is known.kind or claimed.is_bare or known.is_bare


def is_rounded_from(claimed: Figure, number: Decimal) -> bool:
    """True if one reading of `claimed` is `number`, or is what it is rounded to."""
    return any(abs(reading - number) <= get_tolerance(claimed, reading) for reading in claimed.readings)


def get_tolerance(claimed: Figure, reading: Decimal) -> Decimal:
    """How far a number may be from `reading` to be written as `claimed`."""
    step = claimed.step
    if step == 1 and abs(reading) >= 1000:
        # "$284,000" is rounded to thousands.
        digits = str(int(reading))
        step = Decimal(10) ** (len(digits) - len(digits.rstrip("0")))
    return min(step / 2, abs(reading) * MAX_ROUNDING) if step > 1 or claimed.step < 1 else Decimal(0)


def is_same_duration(claimed: Figure, known: Figure) -> bool:
    """True for the same time in the same or in another unit."""
    if claimed.unit == known.unit:
        return bool(set(claimed.readings) & set(known.readings))
    days, theirs = convert_to_days(claimed), convert_to_days(known)
    return any(abs(mine - other) <= UNIT_TOLERANCE * max(mine, other) for mine in days for other in theirs)


def convert_to_days(duration: Figure) -> list[Decimal]:
    return [reading * DAYS_PER_UNIT[duration.unit] for reading in duration.readings]


def find_same_figure(claimed: Figure, known: Iterable[Figure]) -> Figure | None:
    return next((figure for figure in known if is_same_figure(claimed, figure)), None)
