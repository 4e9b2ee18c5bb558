"""A moment where somebody is: the one place that knows what to do with a time zone this machine has not."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def to_local_time(moment: datetime, time_zone: str) -> datetime:
    """`moment` (aware) in a time zone, an IANA name; in UTC where there is no such zone."""
    try:
        return moment.astimezone(ZoneInfo(time_zone))
    except (KeyError, ValueError, OSError):
        return moment.astimezone(UTC)


def today_in_zone(time_zone: str, now: datetime | None = None) -> date:
    """The day it is in a time zone, now or at an aware moment."""
    return to_local_time(now or datetime.now(UTC), time_zone).date()
