"""Rolls daily and monthly usage up into weeks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from lib.imports.column_mapping import DayOrder, UsagePeriod
from lib.imports.day_parser import parse_day
from lib.imports.record_fields import FieldValue, RecordValues
from lib.imports.reference_fields import CUSTOMER_REFERENCE_NAMES

NumberedRecord = tuple[int, RecordValues]
"""The line where a record begins, and its values."""

COUNTS = ("logins", "key_actions")
# Active users of a week are those of the 28 days up to its end: that many weeks look back on a day.
WEEKS_SEEN = 4
# More than a file of 50 MB can have; five times as many fit into the number of a staged row.
LINES_OF_A_FILE = 100_000_000
_WEEK_WORDS = re.compile(r"w|kw|week|woche|semana|semaine|settimana", re.IGNORECASE)
_MONTH_ONLY = re.compile(r"\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{4}|[^\W\d]+\.?[ -]'?\d{2,4}")
_HEADER_PERIODS = {
    UsagePeriod.DAY: re.compile(r"\b(?:day|daily|tag|täglich|jour|día|giorno)\b", re.IGNORECASE),
    UsagePeriod.MONTH: re.compile(r"\b(?:month|monthly|monat|mois|mes|mese)\b", re.IGNORECASE),
}


def detect_usage_granularity(header: str, texts: Iterable[str], order: DayOrder | None) -> UsagePeriod:
    """What a row covers. The days between rows tell, and for a single day the header does."""
    filled = [text.strip() for text in texts if text.strip()]
    if any(_WEEK_WORDS.search(text) and any(map(str.isdigit, text)) for text in filled[:50]):
        return UsagePeriod.WEEK
    if filled and all(_MONTH_ONLY.fullmatch(text) for text in filled):
        return UsagePeriod.MONTH
    days = {day for text in filled if isinstance(day := parse_day(text, order, UsagePeriod.DAY), date)}
    if len(days) > 1:
        return _infer_usage_period(days)
    named = (period for period, word in _HEADER_PERIODS.items() if word.search(header))
    return next(named, UsagePeriod.WEEK)


def roll_up_usage(records: Iterable[RecordValues], period: UsagePeriod) -> Iterator[RecordValues]:
    """Weeks of usage, by customer and week: the values of `roll_up_numbered_usage`."""
    return (values for _, values in roll_up_numbered_usage(enumerate(records, start=1), period))


def roll_up_numbered_usage(records: Iterable[NumberedRecord], period: UsagePeriod) -> Iterator[NumberedRecord]:
    """Weeks of usage, by customer and week, each with the first line of the rows it is made of.

    The weeks of a month come of one line: `number_week_of_month` makes theirs distinct.

    Sign-ins and key actions of days are added up. Those of a month are divided over its weeks, which are those whose
    Thursday it has, and add up to it. Active users of a week are the most of one day in its 28 days, since the same
    people come on several days; of a month, its own. Seats are the latest.
    """
    if period is UsagePeriod.WEEK:
        yield from records
        return
    customers: dict[tuple[FieldValue, ...], list[NumberedRecord]] = {}
    for line, record in records:
        key = tuple(record.get(name) for name in CUSTOMER_REFERENCE_NAMES)
        customers.setdefault(key, []).append((line, record))
    for rows in customers.values():
        weeks = _roll_up_days_to_weeks(rows) if period is UsagePeriod.DAY else _divide_months_into_weeks(rows)
        first = rows[0][1]
        references = {name: first[name] for name in CUSTOMER_REFERENCE_NAMES if name in first}
        for monday in sorted(weeks):
            week = weeks[monday]
            yield week.line, {**references, "week_starts_on": monday.isoformat(), **week.to_values()}


def number_week_of_month(line: int, place: int) -> int:
    """A number of its own for a week of a month; `place` counts the weeks of this line from 0."""
    return place * LINES_OF_A_FILE + line


def find_file_line_of_number(number: int) -> int:
    """The line of the file that a numbered week, or any other row, begins on."""
    return number % LINES_OF_A_FILE


@dataclass(kw_only=True)
class _Week:
    line: int
    active_users: int | None = None
    seats: int | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def to_values(self) -> dict[str, FieldValue]:
        known = {"active_users": self.active_users, "seats": self.seats, **self.counts}
        return {name: value for name, value in known.items() if value is not None}


def _infer_usage_period(days: set[date]) -> UsagePeriod:
    if all(day.day == 1 for day in days) or all((day + timedelta(days=1)).day == 1 for day in days):
        return UsagePeriod.MONTH
    return UsagePeriod.WEEK if len({day.weekday() for day in days}) == 1 else UsagePeriod.DAY


def _roll_up_days_to_weeks(rows: Sequence[NumberedRecord]) -> dict[date, _Week]:
    weeks: dict[date, _Week] = {}
    for day, line, row in _sort_records_by_day(rows):
        week = weeks.setdefault(day - timedelta(days=day.weekday()), _Week(line=line))
        week.line = min(week.line, line)
        week.seats = _read_count_or_none(row, "seats") or week.seats
        for name in COUNTS:
            if (count := _read_count_or_none(row, name)) is not None:
                week.counts[name] = week.counts.get(name, 0) + count
    for day, _, row in _sort_records_by_day(rows):
        active = _read_count_or_none(row, "active_users")
        for later in range(WEEKS_SEEN):
            week_seen = weeks.get(day - timedelta(days=day.weekday()) + timedelta(weeks=later))
            if week_seen is not None and active is not None:
                week_seen.active_users = max(active, week_seen.active_users or 0)
    return weeks


def _divide_months_into_weeks(rows: Sequence[NumberedRecord]) -> dict[date, _Week]:
    weeks: dict[date, _Week] = {}
    for first, line, row in _sort_records_by_day(rows):
        mondays = list_weeks_of_month(first)
        for place, monday in enumerate(mondays):
            week = weeks.setdefault(monday, _Week(line=number_week_of_month(line, place)))
            week.line = min(week.line, number_week_of_month(line, place))
            week.active_users = _read_count_or_none(row, "active_users")
            week.seats = _read_count_or_none(row, "seats")
            for name in COUNTS:
                if (count := _read_count_or_none(row, name)) is not None:
                    share = count * (place + 1) // len(mondays) - count * place // len(mondays)
                    week.counts[name] = week.counts.get(name, 0) + share
    return weeks


def list_weeks_of_month(first: date) -> list[date]:
    """Mondays of the weeks whose Thursday is in the month."""
    thursday = first + timedelta(days=(3 - first.weekday()) % 7)
    thursdays = (thursday + timedelta(weeks=number) for number in range(5))
    return [day - timedelta(days=3) for day in thursdays if day.month == first.month]


def _sort_records_by_day(rows: Sequence[NumberedRecord]) -> list[tuple[date, int, RecordValues]]:
    dated = [
        (date.fromisoformat(str(row["week_starts_on"])), line, row) for line, row in rows if row.get("week_starts_on")
    ]
    return sorted(dated, key=lambda item: item[0])


def _read_count_or_none(row: RecordValues, name: str) -> int | None:
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
