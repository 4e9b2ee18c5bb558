from dataclasses import dataclass
from datetime import date, timedelta

_A_YEAR = 366


@dataclass(frozen=True, kw_only=True)
class WorkingDays:
    """The weekdays a company works (ISO: Monday is 1) and its holidays.

    `private.is_working_day` asks the same of the tables.
    """

    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    holidays: tuple[date, ...] = ()

    def is_working_day(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def find_next_working_day(self, day: date) -> date:
        """`day` itself, or the first working day after it; `day` where there is none within a year."""
        return self._find_working_day_from(day, step=1)

    def find_previous_working_day(self, day: date) -> date:
        """`day` itself, or the last working day before it; `day` where there is none within a year."""
        return self._find_working_day_from(day, step=-1)

    def _find_working_day_from(self, day: date, *, step: int) -> date:
        last = (date.max - day).days if step > 0 else (day - date.min).days
        days = (day + timedelta(days=step * n) for n in range(min(_A_YEAR, last) + 1))
        return next((each for each in days if self.is_working_day(each)), day)


MONDAY_TO_FRIDAY = WorkingDays()
