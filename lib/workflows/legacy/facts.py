"""What one row of an export says, read with care: every fault is collected as a sentence, nothing raises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lib.slides import answers as read
from lib.slides.words import plain

EARLIEST = 1990
"""No run began before this year."""
MOST_AHEAD = 50
"""Years a plan may lie ahead."""


@dataclass
class Facts:
    """A row being read. `faults` keep it from being mapped; `remarks` say what of it will stand in the source only."""

    row: Mapping[str, Any]
    now: datetime
    time_zone: str | None
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def words(self, key: str, what: str) -> str | None:
        """A text or a number as text, as ids are; None with a fault when it is missing."""
        value = self.row.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.faults.append(f"It does not say {what} (“{key}”).")
        return None

    def moment(self, key: str, *, past: bool = True) -> datetime | None:
        """A time of the row, with its zone; None when there is none, with a fault when it cannot be one."""
        value = self.row.get(key)
        if value is None or value == "":
            return None
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            self.faults.append(f"“{key}” is not a time: {quoted(value)}.")
            return None
        if moment.tzinfo is None:
            if self.time_zone is None:
                self.faults.append(f"“{key}” has no time zone: {quoted(value)}. The mapping can name one.")
                return None
            moment = moment.replace(tzinfo=ZoneInfo(self.time_zone))
        if moment.year < EARLIEST or moment.year > self.now.year + MOST_AHEAD:
            self.faults.append(f"“{key}” is not of our time: {quoted(value)}.")
        elif past and moment > self.now:
            self.faults.append(f"“{key}” lies in the future: {quoted(value)}.")
        return moment

    def day(self, key: str) -> date | None:
        value = self.row.get(key)
        found = read.day(value)
        if value is not None and found is None:
            self.remarks.append(f"“{key}” is not a day; it stands in the source only.")
        return found

    def text(self, key: str, most: int) -> str | None:
        """A text without invisible characters, cut at `most`; what is cut stands in the source."""
        value = self.row.get(key)
        found = read.text(value)
        if found is None and value not in (None, "") and not isinstance(value, str):
            self.remarks.append(f"“{key}” is not a text; it stands in the source only.")
        if found is not None and len(found) > most:
            self.remarks.append(f"“{key}” was cut at {most:,} characters; the whole stands in the source.")
            return found[:most]
        return found

    def amount(self, key: str) -> str | None:
        """An amount in USD as a decimal text."""
        value = self.row.get(key)
        exact = read.number(float(value)) if isinstance(value, str) and _is_number(value) else read.number(value)
        if exact is not None and exact >= 0:
            return str(round(exact, 2))
        if value is not None:
            self.remarks.append(f"“{key}” is not an amount; it stands in the source only.")
        return None


def quoted(value: Any) -> str:
    """A value of the export as it may be shown: one line, nothing invisible, cut."""
    return f"“{plain(str(value)[:400], most=80)}”"


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
