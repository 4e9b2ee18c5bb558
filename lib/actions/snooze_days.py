"""Days one often puts work away until. Days only: the database makes them 09:00 where the person is, so that no preset
can be an hour off when the clocks change."""

from dataclasses import dataclass
from datetime import date, timedelta

MONDAY = 0
DEADLINE_MARGIN = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class SnoozeDay:
    """`day` is the day it comes back; `is_beyond` says it is after the notice deadline, which asks for a word."""

    key: str
    label: str
    day: date
    is_after_deadline: bool = False


def suggest_snooze_days(today: date, deadline: date | None = None) -> tuple[SnoozeDay, ...]:
    """What to offer on `today`, soonest first; a day that several presets mean is offered once, the first of:
    tomorrow, in three days, next Monday, in two weeks, a week before the notice deadline (while that is to come), the
    first of next month."""
    named = {
        "tomorrow": ("Tomorrow", today + timedelta(days=1)),
        "three_days": ("In three days", today + timedelta(days=3)),
        "monday": ("Next Monday", find_next_monday(today)),
        "two_weeks": ("In two weeks", today + timedelta(weeks=2)),
        "before_deadline": ("A week before the deadline", deadline - DEADLINE_MARGIN if deadline else today),
        "next_month": ("The first of next month", find_first_of_next_month(today)),
    }
    offered: dict[date, SnoozeDay] = {}
    for key, (label, day) in named.items():
        if day > today:
            beyond = deadline is not None and today <= deadline < day
            offered.setdefault(day, SnoozeDay(key=key, label=label, day=day, is_after_deadline=beyond))
    return tuple(offered[day] for day in sorted(offered))


def find_next_monday(today: date) -> date:
    """The first Monday after `today`."""
    return today + timedelta(days=(MONDAY - today.weekday() - 1) % 7 + 1)


def find_first_of_next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
