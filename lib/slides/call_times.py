"""Days, times and time zones of a call."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from lib.customers.model import Account
from lib.customers.working_days import MONDAY_TO_FRIDAY, WorkingDays
from lib.forms.model import Answers
from lib.text.format import WEEKDAY_NAMES, format_date
from lib.text.json_values import parse_date, parse_time
from lib.text.local_time import format_time_zone

ZONE_REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
OFFICE_OPENS, OFFICE_CLOSES = time(8), time(18)
UTC = "UTC"


@lru_cache(maxsize=1)
def list_known_time_zones() -> frozenset[str]:
    """Every IANA zone name, cached because they are read from disk."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def list_time_zones_by_place() -> tuple[str, ...]:
    """UTC and every zone named after a place."""
    return (UTC, *sorted(name for name in list_known_time_zones() if name.startswith(ZONE_REGIONS)))


def find_customer_time_zone(account: Account) -> str:
    """The customer's time zone; UTC if the one on record does not exist."""
    name = account.customer.time_zone
    return name if name in list_known_time_zones() else UTC


def parse_call_start(answers: Answers) -> datetime | None:
    """The start of the call, in its zone; None while day, time or zone is missing."""
    day, clock, zone = (
        parse_date(answers.get("date")),
        parse_time(answers.get("time")),
        answers.get("time_zone"),
    )
    if day is None or clock is None or not isinstance(zone, str) or zone not in list_known_time_zones():
        return None
    if not 1900 <= day.year <= 9000:
        return None
    return datetime.combine(day, clock, ZoneInfo(zone))


def convert_to_time_zone(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def format_zone_of_moment(moment: datetime) -> str:
    """ "New York time"."""
    return format_time_zone(str(moment.tzinfo))


def format_call_time(moment: datetime, minutes: int) -> str:
    """ "Tuesday 12 Jan 2027, 10:00 to 10:30"."""
    end = moment + timedelta(minutes=minutes)
    end_day = "" if end.date() == moment.date() else f"{WEEKDAY_NAMES[end.weekday()]} "
    return f"{WEEKDAY_NAMES[moment.weekday()]} {format_date(moment.date())}, {moment:%H:%M} to {end_day}{end:%H:%M}"


def find_call_time_problems(
    today: date, here: datetime, there: datetime, working_days: WorkingDays = MONDAY_TO_FRIDAY
) -> list[str]:
    """A sentence for each problem of the start, `here` in its zone and `there` in the customer's.

    `working_days` are the company's; its holidays do not bind the customer.
    """
    problems = []
    if here.date() < today:
        problems.append("This day is in the past.")
    elif here.date() in working_days.holidays:
        problems.append(f"{format_date(here.date())} is a holiday of your company.")
    if here.astimezone(ZoneInfo(UTC)).astimezone(here.tzinfo).time() != here.time():
        problems.append(f"This time does not exist in {format_zone_of_moment(here)}: the clocks change.")
    for moment, who in ((here, f"in {format_zone_of_moment(here)}"), (there, "at the customer")):
        if moment.isoweekday() not in working_days.weekdays:
            problems.append(f"It is {WEEKDAY_NAMES[moment.weekday()]} {who}.")
        elif not OFFICE_OPENS <= moment.time() < OFFICE_CLOSES:
            problems.append(f"It is {moment:%H:%M} {who}, outside office hours.")
    return list(dict.fromkeys(problems[:1] if here == there and str(here.tzinfo) == str(there.tzinfo) else problems))


def find_working_day_after(today: date, working_days: WorkingDays = MONDAY_TO_FRIDAY, days: int = 7) -> str:
    """The company's first working day at least `days` from today, as JSON stores it."""
    ordinal = min(date.max.toordinal() - 3, today.toordinal() + days)
    return working_days.find_next_working_day(date.fromordinal(ordinal)).isoformat()
