"""Days in a text: "30 November 2026", "Nov 30", "2026-11-30", "30.11.2026", "Q1 2027", with all they may mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
        if self.month is None:
            return self.year == other.year
        # A known day without a year fits any; one without a month or day says less than is claimed.
        is_year_known = self.year is None or other.year in (None, self.year)
        return is_year_known and self.month == other.month and self.day in (None, other.day)

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
_ORDINAL = r"(?:st|nd|rd|th|er|º|\.)?"
_WORD = re.compile(r"[^\W\d_]{3,12}")
_DAY_BEFORE = re.compile(rf"(?<![\w.,/-])(\d\d?){_ORDINAL}\s?(?:of |de |di )?$")
_YEAR_AFTER = re.compile(rf"\.?,? (?:de )?({_YEAR})(?!\d)")
_DAY_AFTER = re.compile(rf"\.? (\d\d?)(?!\d){_ORDINAL}(?![.,]\d)(?:,? ({_YEAR})(?!\d))?")
_MONTH_ALONE = re.compile(r"\b(?:in|by|of|until|since|after|before|early|late|mid)[ -]$", re.IGNORECASE)
_NUMERIC = re.compile(
    rf"\b(?P<iso>{_YEAR}-\d\d?-\d\d?)(?!\d)"
    rf"|\b(?P<cjk>(?:{_YEAR}年)?\d\d?月(?:\d\d?日)?)"
    rf"|\b(?P<numeric>\d\d?[./]\d\d?[./](?:{_YEAR}|\d\d))(?![\d.])"
    rf"|\bQ(?P<q>[1-4])(?:[ /]?(?P<q_year>{_YEAR}))?\b"
    rf"|\b(?P<ordinal>first|second|third|fourth) quarter(?: of (?P<o_year>{_YEAR}))?\b"
    rf"|(?<![\w$€£.,/-])(?P<year>{_YEAR})(?![\w%.,/-]*\d)(?!\s?%)(?!-\w)",
    re.IGNORECASE,
)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def find_days(text: str) -> Iterator[DayClaim]:
    """The days of a text, in order; a number that looks like a year is one."""
    named = list(_find_named_months(text))
    rest = list(text)
    for day in named:
        rest[day.start : day.end] = " " * (day.end - day.start)
    numeric = (
        DayClaim(text=found[0].strip(), start=found.start(), end=found.end(), readings=tuple(_list_readings(found)))
        for found in _NUMERIC.finditer("".join(rest))
    )
    for claim in sorted((*named, *numeric), key=lambda claim: claim.start):
        readings = tuple(reading for reading in claim.readings if _is_plausible(reading))
        if readings:
            yield replace(claim, readings=readings)


def _find_named_months(text: str) -> Iterator[DayClaim]:
    """Days whose month is a word: "30 Nov 2026", "November 30", "November 2026", "in November"."""
    months = index_month_names()
    done = 0
    # Words first: two hundred names of months as one pattern take a second for 100 kB.
    for word in _WORD.finditer(text):
        month = months.get(word[0].casefold())
        if month is None or word.start() < done:
            continue
        start, end = word.span()
        before = text[max(done, start - 14) : start]
        day = year = None
        if found := _DAY_BEFORE.search(before):
            start, day = start - len(before) + found.start(), int(found[1])
        elif found := _DAY_AFTER.match(text, end):
            end, day, year = found.end(), int(found[1]), found[2]
        if year is None and (found := _YEAR_AFTER.match(text, end)):
            end, year = found.end(), found[1]
        if day is None and year is None and not (word[0][0].isupper() and _MONTH_ALONE.search(before)):
            continue
        reading = DayReading(int(year) if year else None, month, day)
        yield DayClaim(text=text[start:end].strip(), start=start, end=end, readings=(reading,))
        done = end


def _list_readings(found: re.Match[str]) -> Iterator[DayReading]:
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
    elif found["year"]:
        yield DayReading(int(found["year"]))
    else:
        quarter = int(found["q"]) if found["q"] else _QUARTERS[found["ordinal"].casefold()]
        written = found["q_year"] or found["o_year"]
        yield DayReading(int(written) if written else None, quarter=quarter)


def _is_plausible(reading: DayReading) -> bool:
    return 1 <= (reading.month or 1) <= 12 and 1 <= (reading.day or 1) <= 31
