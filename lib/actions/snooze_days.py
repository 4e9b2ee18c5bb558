"""Days to snooze until. The database turns a day into 09:00 where the person is, whatever the clocks do."""

from dataclasses import dataclass
from datetime import date, timedelta

from lib.customers.working_days import MONDAY_TO_FRIDAY, WorkingDays

MONDAY = 0
DEADLINE_MARGIN = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class SnoozeDay:
    """A day to offer. One after the notice deadline needs confirmation."""

    key: str
    label: str
    day: date
    is_after_deadline: bool = False


def suggest_snooze_days(
    today: date, deadline: date | None = None, working_days: WorkingDays = MONDAY_TO_FRIDAY
) -> tuple[SnoozeDay, ...]:
    """The days to offer, soonest first, each under the first of its labels. All but "Tomorrow" are working days."""
    monday = find_next_monday(today)
    candidates = {
        "tomorrow": ("Tomorrow", today + timedelta(days=1)),
        "three_days": ("In three days", working_days.find_next_working_day(today + timedelta(days=3))),
        "monday": ("Next Monday", monday if working_days.is_working_day(monday) else today),
        "two_weeks": ("In two weeks", working_days.find_next_working_day(today + timedelta(weeks=2))),
        "before_deadline": (
            "A week before the deadline",
            working_days.find_previous_working_day(deadline - DEADLINE_MARGIN) if deadline else today,
        ),
        "next_month": ("Start of next month", working_days.find_next_working_day(find_first_of_next_month(today))),
    }
    offered: dict[date, SnoozeDay] = {}
    for key, (label, day) in candidates.items():
        if day > today:
            is_after = deadline is not None and today <= deadline < day
            offered.setdefault(day, SnoozeDay(key=key, label=label, day=day, is_after_deadline=is_after))
    return tuple(offered[day] for day in sorted(offered))


def find_next_monday(today: date) -> date:
    """The first Monday after `today`."""
    return today + timedelta(days=(MONDAY - today.weekday() - 1) % 7 + 1)


def find_first_of_next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
