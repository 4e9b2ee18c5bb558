"""Days, times and time zones of a call."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from lib.accounts.model import Account
from lib.slides import answers as read
from lib.slides import words
from lib.slides.model import Answers

REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OPENS, CLOSES = time(8), time(18)
UTC = "UTC"


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Every zone name; reading them from disk takes long."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Every zone named for a place, and UTC."""
    return (UTC, *sorted(name for name in known() if name.startswith(REGIONS)))


def zone_of(account: Account) -> str:
    """The customer's time zone; UTC when what is on record is none."""
    name = account.customer.time_zone
    return name if name in known() else UTC


def beginning(answers: Answers) -> datetime | None:
    """When the call begins, with its zone; None while day, time or zone is missing."""
    day, clock, zone = read.day(answers.get("date")), read.clock(answers.get("time")), answers.get("time_zone")
    if day is None or clock is None or not isinstance(zone, str) or zone not in known():
        return None
    if not 1900 <= day.year <= 9000:
        return None
    return datetime.combine(day, clock, ZoneInfo(zone))


def in_zone(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def zone_name(moment: datetime) -> str:
    return str(moment.tzinfo).replace("_", " ")


def spoken(moment: datetime, minutes: int) -> str:
    """ "Tuesday 12 Jan 2027, 10:00 to 10:30"."""
    end = moment + timedelta(minutes=minutes)
    later = "" if end.date() == moment.date() else f"{WEEKDAYS[end.weekday()]} "
    return f"{WEEKDAYS[moment.weekday()]} {words.day(moment.date())}, {moment:%H:%M} to {later}{end:%H:%M}"


def doubts(today: date, here: datetime, there: datetime) -> list[str]:
    """What speaks against this moment, as sentences."""
    found = []
    if here.date() < today:
        found.append("This day has passed.")
    if here.astimezone(ZoneInfo(UTC)).astimezone(here.tzinfo).time() != here.time():
        found.append(f"That hour does not exist in {zone_name(here)}: the clocks change.")
    for moment, who in ((here, f"in {zone_name(here)}"), (there, "at the customer")):
        if moment.weekday() >= 5:
            found.append(f"It is {WEEKDAYS[moment.weekday()]} {who}.")
        elif not OPENS <= moment.time() < CLOSES:
            found.append(f"It is {moment:%H:%M} {who}, outside office hours.")
    return list(dict.fromkeys(found[:1] if here == there and zone_name(here) == zone_name(there) else found))


def weekday_after(today: date, days: int = 7) -> str:
    """The first weekday at least `days` from now, as JSON keeps it."""
    ordinal = min(date.max.toordinal() - 3, today.toordinal() + days)
    candidates = (date.fromordinal(ordinal + later) for later in range(3))
    return next(day for day in candidates if day.weekday() < 5).isoformat()
