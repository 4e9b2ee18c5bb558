"""Days in a text: "30 November 2026", "Nov 30", "2026-11-30", "30.11.2026", "Q1 2027", with all they may mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lib.text.month_names import index_month_names


@dataclass(frozen=True)
class DayReading:
    """A day, or what is said of one: a part that is not said is None. `quarter` stands in place of a month."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None

    def fits(self, other: "DayReading") -> bool:
        """True if `other`, a day that is known, is one this may mean."""
        if self.quarter is not None:
            mine = other.quarter if other.month is None else (other.month + 2) // 3
            return mine == self.quarter and (self.year is None or other.year in (None, self.year))
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        # A known day without a year fits any; one without a month or day says less than is claimed.
        return all(
            mine is None or mine == theirs or (at == 0 and theirs is None) for at, (mine, theirs) in enumerate(pairs)
        )

    def to_date(self) -> date | None:
        try:
            return date(self.year, self.month, self.day) if self.year and self.month and self.day else None
        except ValueError:
            return None


@dataclass(frozen=True, kw_only=True)
class DayClaim:
    """A day in a text, with what it may mean."""

    text: str
    start: int
    end: int
    readings: tuple[DayReading, ...]


_YEAR = r"(?:19|20)\d\d"
_MONTH = "|".join(sorted(map(re.escape, index_month_names()), key=len, reverse=True))
_ORDINAL = r"(?:st|nd|rd|th|er|º|\.)?"
_DAY = re.compile(
    rf"\b(?P<iso>{_YEAR}-\d\d?-\d\d?)(?!\d)"
    rf"|\b(?P<cjk>(?:{_YEAR}年)?\d\d?月(?:\d\d?日)?)"
    rf"|\b(?P<numeric>\d\d?[./]\d\d?[./](?:{_YEAR}|\d\d))(?![\d.])"
    rf"|\b(?P<d>\d\d?){_ORDINAL}\s?(?:of |de |di )?(?P<m>{_MONTH})\b\.?(?:,? (?:de )?(?P<y>{_YEAR}))?(?!\d)"
    rf"|\b(?P<m2>{_MONTH})\b\.? (?P<d2>\d\d?)(?!\d){_ORDINAL}(?:,? (?P<y2>{_YEAR}))?(?!\d)"
    rf"|\b(?P<m3>{_MONTH})\b\.?,? (?:de )?(?P<y3>{_YEAR})(?!\d)"
    rf"|\bQ(?P<q>[1-4])(?:[ /]?(?P<y4>{_YEAR}))?\b"
    rf"|\b(?P<ordinal>first|second|third|fourth) quarter(?: of (?P<y6>{_YEAR}))?\b"
    rf"|(?<=\b(?:in|by|of) )(?P<m5>{_MONTH})\b(?! [a-z]+ing)"
    rf"|(?<=\b(?:until|since|after|early) )(?P<m6>{_MONTH})\b|(?<=\bbefore )(?P<m7>{_MONTH})\b"
    rf"|(?<![\w$€£.,/-])(?P<y5>{_YEAR})(?![\w%.,/-]*\d)(?!\s?%)(?!-\w)",
    re.IGNORECASE,
)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def find_days(text: str) -> Iterator[DayClaim]:
    """The days of a text, in order; a number that looks like a year is one."""
    for found in _DAY.finditer(text):
        readings = tuple(reading for reading in _list_readings(found) if _is_plausible(reading))
        if readings:
            yield DayClaim(text=found[0].strip(), start=found.start(), end=found.end(), readings=readings)


def _list_readings(found: re.Match[str]) -> Iterator[DayReading]:
    months = index_month_names()
    if found["iso"]:
        year, month, day = map(int, found["iso"].split("-"))
        yield DayReading(year, month, day)
    elif found["cjk"]:
        parts = {sign: int(number) for number, sign in re.findall(r"(\d+)([年月日])", found["cjk"])}
        yield DayReading(parts.get("年"), parts.get("月"), parts.get("日"))
    elif found["numeric"]:
        first, second, year = map(int, re.split("[./]", found["numeric"]))
        year += 2000 if year < 100 else 0
        yield DayReading(year, second, first)
        yield DayReading(year, first, second)
    elif found["q"] or found["ordinal"]:
        quarter = int(found["q"]) if found["q"] else _QUARTERS[found["ordinal"].casefold()]
        year_text = found["y4"] or found["y6"]
        yield DayReading(int(year_text) if year_text else None, quarter=quarter)
    else:
        name = found["m"] or found["m2"] or found["m3"] or found["m5"] or found["m6"] or found["m7"]
        day_text, year_text = found["d"] or found["d2"], found["y"] or found["y2"] or found["y3"] or found["y5"]
        yield DayReading(
            int(year_text) if year_text else None,
            months[name.casefold()] if name else None,
            int(day_text) if day_text else None,
        )


def _is_plausible(reading: DayReading) -> bool:
    return 1 <= (reading.month or 1) <= 12 and 1 <= (reading.day or 1) <= 31
