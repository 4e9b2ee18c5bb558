"""Days and moments of the demo data, counted back from one day, so that the same day gives the same data."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

WEEKS = 26
TROUGH = (17, 18)
"""The two weeks, counted back, in which the book has its holidays."""


@dataclass(frozen=True)
class DemoCalendar:
    """`ago(3)` is three days before `today`; negative numbers lie ahead."""

    today: date

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def workday_near(self, days: int) -> date:
        """`days` ago, or the Friday before where that is a weekend."""
        day = self.days_ago(days)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def week_start(self, back: int) -> date:
        """Monday of a whole week: 0 is the latest one that has ended."""
        return self.today - timedelta(days=self.today.weekday() + 7 * (back + 1))


def format_utc_moment(day: date, hour: int, minute: int = 0) -> str:
    """A moment of `day` in UTC, as Postgres reads it."""
    return datetime.combine(day, time(hour, minute), UTC).isoformat()
