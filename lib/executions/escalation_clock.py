"""The response clock of an escalation in words."""

from datetime import datetime, timedelta

from lib.text.format import format_count, format_days, format_short_date
from lib.text.local_time import format_local_time, to_local_time


def describe_response_clock(
    respond_by: datetime, acknowledged_at: datetime | None, now: datetime, time_zone: str
) -> str:
    """The response clock of an escalation: due, overdue or stopped."""
    if acknowledged_at is not None:
        return f"Acknowledged {format_local_time(acknowledged_at, time_zone)}."
    left = respond_by - now
    if left < timedelta():
        due = format_short_date(to_local_time(respond_by, time_zone).date())
        return f"First answer overdue by {format_duration(-left)} (due {due})."
    return f"First answer due {format_local_time(respond_by, time_zone)}, in {format_duration(left)}."


def format_duration(length: timedelta) -> str:
    """ "3 days", "5 hours", "less than an hour"."""
    hours = round(length.total_seconds() / 3600)
    if hours >= 24:
        return format_days(round(hours / 24))
    return format_count(hours, "hour") if hours else "less than an hour"
