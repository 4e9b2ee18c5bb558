"""Figures a model was given, looked up by value: written otherwise, rounded, or in another unit of time."""

from bisect import bisect_left, insort
from collections import defaultdict
from decimal import Decimal

from lib.chat.claims.figure_match import DAYS_PER_UNIT, UNIT_TOLERANCE, get_tolerance
from lib.chat.claims.figures import Figure, FigureKind

MIN_PLAIN_AMOUNT = 1000
"""A number without a sign may be an amount from here on; 5 of "5 of 5" is no percentage and no price."""


class KnownFigures:
    """An index of figures; looking one up takes the same time however many there are."""

    def __init__(self) -> None:
        self._values: defaultdict[str, list[Decimal]] = defaultdict(list)
        self._days: defaultdict[str, list[Decimal]] = defaultdict(list)

    def add_figure(self, figure: Figure, *, is_whole_fact: bool = False) -> None:
        """Add a figure; `is_whole_fact` if nothing else stands in its fact, so that it may be days as well as seats."""
        for reading in figure.readings:
            insort(self._values[_get_key(figure)], reading)
            if figure.kind is FigureKind.DURATION:
                insort(self._days[figure.unit], reading * DAYS_PER_UNIT[figure.unit])
            if is_whole_fact and figure.is_bare:
                insort(self._values["alone"], reading)

    def has_figure(self, claimed: Figure) -> bool:
        """True if the figure stands in what was given."""
        return any(
            self._has_value(key, reading, get_tolerance(claimed, reading))
            for reading in claimed.readings
            for key in self._list_keys(claimed)
        ) or (claimed.kind is FigureKind.DURATION and self._has_duration(claimed))

    def _list_keys(self, claimed: Figure) -> list[str]:
        if claimed.kind is FigureKind.DURATION:
            return [_get_key(claimed), "alone"]
        if claimed.is_bare:
            return [key for key in self._values if not key.startswith("duration")]
        if claimed.kind is FigureKind.COUNT or min(claimed.readings) >= MIN_PLAIN_AMOUNT:
            return [_get_key(claimed), "bare"]
        return [_get_key(claimed), "alone"]

    def _has_value(self, key: str, value: Decimal, tolerance: Decimal) -> bool:
        return _has_value_between(self._values.get(key, []), value - tolerance, value + tolerance)

    def _has_duration(self, claimed: Figure) -> bool:
        """True for the same time in another unit, such as two months for 60 days."""
        for reading in claimed.readings:
            days = reading * DAYS_PER_UNIT[claimed.unit]
            slack = days * UNIT_TOLERANCE
            if any(
                _has_value_between(known, days - slack, days + slack)
                for unit, known in self._days.items()
                if unit != claimed.unit
            ):
                return True
        return False


def _get_key(figure: Figure) -> str:
    if figure.is_bare:
        return "bare"
    if figure.kind in (FigureKind.MONEY, FigureKind.DURATION):
        return f"{figure.kind}:{figure.unit}"
    return figure.kind


def _has_value_between(values: list[Decimal], least: Decimal, most: Decimal) -> bool:
    at = bisect_left(values, least)
    return at < len(values) and values[at] <= most
