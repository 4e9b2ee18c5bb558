"""Holidays as lines of text: "2026-12-25 Christmas", one a line."""

from collections.abc import Sequence
from datetime import date

from lib.companies.company_settings import Holiday


def format_holidays(holidays: Sequence[Holiday]) -> str:
    return "\n".join(f"{each.day.isoformat()} {each.name}" for each in holidays)


def parse_holidays(text: str) -> tuple[tuple[Holiday, ...], tuple[str, ...]]:
    """The holidays in order, and an error for each line that is none. Blank lines are skipped."""
    found: dict[date, Holiday] = {}
    errors: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        day, _, name = line.strip().partition(" ")
        if not day:
            continue
        try:
            holiday = Holiday(day=date.fromisoformat(day), name=name.strip())
        except ValueError:
            errors.append(f"Line {number}: write the day as 2026-12-25, a space and its name.")
            continue
        if not holiday.name:
            errors.append(f"Line {number}: name the holiday.")
        elif holiday.day in found:
            errors.append(f"Line {number}: {day} stands twice.")
        found[holiday.day] = holiday
    return tuple(found[day] for day in sorted(found)), tuple(errors)
