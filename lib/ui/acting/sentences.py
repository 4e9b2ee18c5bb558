"""What putting away, leaving out and handing on say in words. Pure; what comes from outside is escaped where drawn."""

from datetime import date, datetime, timedelta

from lib.actions.handlers import skip
from lib.actions.handlers.escalate import RESPOND_WITHIN, Severity
from lib.executions.work import Signal
from lib.slides import words
from lib.slides.clock import local

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TIMES = ("", "once", "twice")


def full_day(when: date) -> str:
    """ "Mon 30 Nov 2026"."""
    return f"{WEEKDAYS[when.weekday()]} {words.day(when)}"


def moment(when: datetime, time_zone: str) -> str:
    """ "Mon 30 Nov 2026, 09:00", in the person's own zone."""
    there = local(when, time_zone)
    return f"{full_day(there.date())}, {there:%H:%M}"


def too_late(deadline: date) -> str:
    """Said beside a new due date that lies beyond the notice deadline."""
    return f"That is after the notice deadline, {full_day(deadline)}: the last day one can act."


def put_away(count: int) -> str | None:
    """ "Put away twice already."; None for the first time."""
    if not count:
        return None
    return f"Put away {TIMES[count] if count < len(TIMES) else f'{count} times'} already."


def signal(found: Signal) -> str:
    """What brings a run back, to be read after "until": "health is below 60"."""
    value = str(found.value or "")
    match found.kind:
        case "health_below":
            return f"health is below {value}"
        case "new_ticket":
            return f"a new {' or '.join(value.upper().split(','))} ticket comes"
        case "notice_within":
            return f"the notice deadline is {words.days(int(value)) if value.isdigit() else value} away"
        case "contact_left":
            return "a contact leaves"
        case "note_mentions":
            return f"a note mentions “{value}”"
        case _:
            return "its signal comes"


def until(until_at: datetime | None, found: Signal | None, time_zone: str, *, is_backstop: bool) -> str:
    """ "until Mon 30 Nov 2026, 09:00, or until health is below 60"."""
    day = moment(until_at, time_zone) if until_at else None
    if found is None:
        return f"until {day}" if day else "for now"
    if day is None:
        return f"until {signal(found)}"
    if is_backstop:
        return f"until {signal(found)}, at the latest {day}, in time for the notice deadline"
    return f"until {day}, or until {signal(found)}"


def clock(severity: str, today: date) -> str:
    """ "First answer within 2 days, by Wed 25 Nov 2026."."""
    days = RESPOND_WITHIN[Severity(severity)]
    return f"First answer within {words.days(days)}, by {full_day(today + timedelta(days=days))}."


def standing_clock(respond_by: datetime, acknowledged_at: datetime | None, now: datetime, time_zone: str) -> str:
    """How an escalation's clock stands, now or since it was stopped."""
    if acknowledged_at is not None:
        return f"Acknowledged {moment(acknowledged_at, time_zone)}."
    left = respond_by - now
    if left < timedelta():
        return f"The first answer is overdue by {span(-left)}: it was due {moment(respond_by, time_zone)}."
    return f"First answer due {moment(respond_by, time_zone)}, in {span(left)}."


def span(length: timedelta) -> str:
    """ "3 days", "5 hours", "less than an hour": to the nearest."""
    hours = round(length.total_seconds() / 3600)
    if hours >= 24:
        return words.days(round(hours / 24))
    return words.count(hours, "hour") if hours else "less than an hour"


def skip_reason(code: str | None) -> str:
    """A code of the list as it reads."""
    known = {reason.value: label for reason, label in skip.LABELS.items()}
    return known.get(code, words.spoken(code).capitalize()) if code else "No reason on record"


def left_out(code: str | None, said: str | None) -> str:
    """ "Does not apply here: they have no contract"; the words alone where the reason is "something else"."""
    return said if said and code == "other" else f"{skip_reason(code)}: {said}" if said else skip_reason(code)
