"""Holidays being edited, a row each: what is missing or double, and the next year's from this year's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from lib.text.format import format_date


@dataclass(kw_only=True)
class HolidayRow:
    """A row of the editor, of `year`. Without day and name it is not filled in yet, and is not saved."""

    year: int
    day: date | None = None
    name: str = ""
    id: str = field(default_factory=lambda: uuid4().hex[:8])

    @property
    def is_blank(self) -> bool:
        return self.day is None and not self.name.strip()


def find_holiday_errors(rows: Sequence[HolidayRow]) -> tuple[str, ...]:
    """A sentence for each row that lacks its day or name, and for each day that stands twice."""
    filled = [row for row in rows if not row.is_blank]
    errors = [f"Choose the day of “{row.name.strip()}”." for row in filled if row.day is None]
    errors += [f"Name the holiday on {format_date(row.day)}." for row in filled if row.day and not row.name.strip()]
    days = Counter(row.day for row in filled if row.day)
    return (*errors, *(f"{format_date(day)} stands twice." for day, number in days.items() if number > 1))


def copy_holidays_to_next_year(rows: Sequence[HolidayRow], year: int) -> list[HolidayRow]:
    """Rows for the same days a year later, but for days that have one and for 29 February."""
    taken = {row.day for row in rows}
    copies = []
    for row in rows:
        if row.day is None or row.day.year != year or (row.day.month, row.day.day) == (2, 29):
            continue
        day = row.day.replace(year=year + 1)
        if day not in taken:
            copies.append(HolidayRow(year=year + 1, day=day, name=row.name))
    return copies
