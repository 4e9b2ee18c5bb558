"""Figures and days as people and models write them: "$47.3K", "47.250,00 €", "March 12, 2027", "2027-03-12". Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from lib.slides.template_variables import VariableKind, VariableValue

MONTHS = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    "|Nov(?:ember)?|Dec(?:ember)?"
)
MULTIPLIERS = {"k": 3, "m": 6, "million": 6, "bn": 9}
MONEY_SIGN = re.compile(r"[$€£¥]|\b(?:USD|EUR|GBP|CHF)\b", re.IGNORECASE)

_DAY_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%b %d %Y")
_MONTH_WORD = re.compile(rf"\b({MONTHS})\b\.?", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_SCALE = re.compile(r"(?<=[\d\s])(k|m|million|bn)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class WrittenNumber:
    """A number as written: what it may be, by both ways to read its separators, and how exactly it is given."""

    readings: tuple[Decimal, ...]
    tolerance: Decimal
    is_percent: bool
    is_money: bool

    @property
    def is_bare(self) -> bool:
        """True without a sign or unit."""
        return not self.is_percent and not self.is_money

    def may_be(self, value: VariableValue, kind: VariableKind) -> bool:
        """True if the number may stand for a value of this kind."""
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return False
        if self.is_percent != (kind is VariableKind.PERCENT) and not self.is_bare:
            return False
        if self.is_money and kind is not VariableKind.MONEY:
            return False
        return any(abs(reading - Decimal(str(value))) <= self.tolerance for reading in self.readings)


def parse_written_number(passage: str) -> WrittenNumber | None:
    """The number a passage writes; None if it is none."""
    scale = _SCALE.search(passage)
    power = MULTIPLIERS[scale[1].lower()] if scale else 0
    digits = re.sub(r"[^\d.,]", "", passage)
    readings = {
        reading: decimals
        for group, point in ((",", "."), (".", ","))
        if (reading := _parse_decimal(digits.replace(group, "").replace(point, "."), power)) is not None
        for decimals in [len(digits.rpartition(point)[2]) if point in digits else 0]
    }
    if not readings:
        return None
    is_percent = "%" in passage or "percent" in passage.lower()
    exact = min(readings.values())
    return WrittenNumber(
        readings=tuple(readings),
        # Only what is rounded to thousands or more is compared as rounded.
        tolerance=Decimal(5).scaleb(power - exact - 1) if power else Decimal(0),
        is_percent=is_percent,
        is_money=not is_percent and MONEY_SIGN.search(passage) is not None,
    )


def parse_written_days(passage: str) -> tuple[date, ...]:
    """The days a passage may mean: two where day and month can be swapped, none for no day."""
    plain = _ORDINAL.sub("", _MONTH_WORD.sub(lambda word: word[1][:3].title(), passage))
    plain = re.sub(r"(?<=\d)\.(?=\s)", "", plain).replace(",", "")
    found: dict[date, None] = {}
    for each in _DAY_FORMATS:
        try:
            found[datetime.strptime(plain, each).date()] = None
        except ValueError:
            continue
    return tuple(found)


def _parse_decimal(digits: str, power: int) -> Decimal | None:
    try:
        return Decimal(digits).scaleb(power)
    except InvalidOperation:
        return None
