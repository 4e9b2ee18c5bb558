"""Reads the values of one row of an export; errors are collected as sentences, nothing raises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from lib.text.json_values import parse_date, parse_number, parse_text
from lib.text.truncate import single_line

EARLIEST_YEAR = 1990
"""No run began before this year."""
MAX_YEARS_AHEAD = 50
"""Years a plan may lie ahead."""


@dataclass
class RowReader:
    """One row. `errors` keep it from being imported; `remarks` say what stays in the source only."""

    row: Mapping[str, Any]
    now: datetime
    time_zone: str | None
    errors: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def read_required_text(self, key: str, what: str) -> str | None:
        """A text, or a number as text (an id); None and an error if it is missing."""
        value = self.row.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.errors.append(f"It does not say {what} (“{key}”).")
        return None

    def read_time(self, key: str, *, past: bool = True) -> datetime | None:
        """An aware time; None if there is none, with an error if it cannot be read."""
        value = self.row.get(key)
        if value is None or value == "":
            return None
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            self.errors.append(f"“{key}” is not a time: {format_quoted_value(value)}.")
            return None
        if moment.tzinfo is None:
            if self.time_zone is None:
                self.errors.append(f"“{key}” has no time zone: {format_quoted_value(value)}. The mapping can name one.")
                return None
            moment = moment.replace(tzinfo=ZoneInfo(self.time_zone))
        if moment.year < EARLIEST_YEAR or moment.year > self.now.year + MAX_YEARS_AHEAD:
            self.errors.append(f"“{key}” is not of our time: {format_quoted_value(value)}.")
        elif past and moment > self.now:
            self.errors.append(f"“{key}” lies in the future: {format_quoted_value(value)}.")
        return moment

    def read_day(self, key: str) -> date | None:
        value = self.row.get(key)
        found = parse_date(value)
        if value is not None and found is None:
            self.remarks.append(f"“{key}” is not a day; it stands in the source only.")
        return found

    def read_text(self, key: str, max_length: int) -> str | None:
        """A text without invisible characters, truncated; the whole stays in the source."""
        value = self.row.get(key)
        found = parse_text(value)
        if found is None and value not in (None, "") and not isinstance(value, str):
            self.remarks.append(f"“{key}” is not a text; it stands in the source only.")
        if found is not None and len(found) > max_length:
            self.remarks.append(f"“{key}” was cut at {max_length:,} characters; the whole stands in the source.")
            return found[:max_length]
        return found

    def read_amount(self, key: str) -> str | None:
        """An amount in USD as a decimal text."""
        value = self.row.get(key)
        exact = parse_number(_parse_decimal_text(value) if isinstance(value, str) else value)
        if exact is not None and exact >= 0:
            return str(round(exact, 2))
        if value is not None:
            self.remarks.append(f"“{key}” is not an amount; it stands in the source only.")
        return None


def format_quoted_value(value: Any) -> str:
    """A value of the export in quotes: one line, truncated, nothing invisible."""
    return f"“{single_line(str(value)[:400], max_length=80)}”"


def _parse_decimal_text(value: str) -> Decimal | None:
    try:
        return Decimal(value)
    except InvalidOperation:
        return None
