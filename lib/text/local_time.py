"""Moments and days in a person's time zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from lib.text.format import format_date

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def to_local_time(moment: datetime, time_zone: str) -> datetime:
    """`moment` (aware) in an IANA time zone; in UTC if this machine does not know it."""
    try:
        return moment.astimezone(ZoneInfo(time_zone))
    except (KeyError, ValueError, OSError):
        return moment.astimezone(UTC)


def format_time_zone(name: str) -> str:
    """A time zone by its place: "America/New_York" is "New York time", "UTC" is "UTC"."""
    _, has_place, place = name.rpartition("/")
    known = has_place and not name.startswith("Etc/")
    return f"{place.replace('_', ' ')} time" if known else name.removeprefix("Etc/").replace("_", " ")


def today_in_zone(time_zone: str, now: datetime | None = None) -> date:
    """Today in a time zone, or the day of an aware moment there."""
    return to_local_time(now or datetime.now(UTC), time_zone).date()


def format_weekday_date(when: date) -> str:
    """ "Mon 30 Nov 2026"."""
    return f"{WEEKDAYS[when.weekday()]} {format_date(when)}"


def format_local_time(when: datetime, time_zone: str) -> str:
    """ "Mon 30 Nov 2026, 09:00", in the person's own zone."""
    there = to_local_time(when, time_zone)
    return f"{format_weekday_date(there.date())}, {there:%H:%M}"
