"""Snoozes, skips and escalations in words. Plain text, to be escaped where it is drawn."""

from datetime import date, datetime, timedelta

from lib.customers.company_codes_and_limits import CompanyRules
from lib.customers.working_days import WorkingDays
from lib.executions.snoozes import WakeSignal
from lib.text.format import format_count, format_date, format_days, humanize_code
from lib.text.local_time import to_local_time

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COUNT_WORDS = ("", "once", "twice")


def format_weekday_date(when: date) -> str:
    """ "Mon 30 Nov 2026"."""
    return f"{WEEKDAYS[when.weekday()]} {format_date(when)}"


def format_local_time(when: datetime, time_zone: str) -> str:
    """ "Mon 30 Nov 2026, 09:00", in the person's own zone."""
    there = to_local_time(when, time_zone)
    return f"{format_weekday_date(there.date())}, {there:%H:%M}"


def describe_late_due_date(deadline: date) -> str:
    """The warning beside a new due date beyond the notice deadline."""
    return f"That is after the notice deadline, {format_weekday_date(deadline)}: the last day to act."


def describe_snooze_count(count: int) -> str | None:
    """ "Snoozed twice already."; None for the first time."""
    if not count:
        return None
    return f"Snoozed {COUNT_WORDS[count] if count < len(COUNT_WORDS) else f'{count} times'} already."


def describe_signal(found: WakeSignal) -> str:
    """What wakes a run, to follow "until": "health is below 60"."""
    value = str(found.value or "")
    match found.kind:
        case "health_below":
            return f"health is below {value}"
        case "new_ticket":
            return f"a new {' or '.join(value.upper().split(','))} ticket is opened"
        case "notice_within":
            return f"the notice deadline is {format_days(int(value)) if value.isdigit() else value} away"
        case "contact_left":
            return "a contact leaves"
        case "note_mentions":
            return f"a note mentions “{value}”"
        case _:
            return "its signal occurs"


def describe_snooze_end(
    until_at: datetime | None, found: WakeSignal | None, time_zone: str, *, is_backstop: bool
) -> str:
    """ "until Mon 30 Nov 2026, 09:00, or until health is below 60"."""
    day = format_local_time(until_at, time_zone) if until_at else None
    if found is None:
        return f"until {day}" if day else "for now"
    if day is None:
        return f"until {describe_signal(found)}"
    if is_backstop:
        return f"until {describe_signal(found)}, at the latest {day}, in time for the notice deadline"
    return f"until {day}, or until {describe_signal(found)}"


def describe_response_deadline(days: int, today: date, working_days: WorkingDays) -> str:
    """ "First answer within 2 days, by Wed 25 Nov 2026."; the day is a working day."""
    due = working_days.find_next(today + timedelta(days=days))
    return f"First answer within {format_days(days)}, by {format_weekday_date(due)}."


def describe_response_clock(
    respond_by: datetime, acknowledged_at: datetime | None, now: datetime, time_zone: str
) -> str:
    """The response clock of an escalation: due, overdue or stopped."""
    if acknowledged_at is not None:
        return f"Acknowledged {format_local_time(acknowledged_at, time_zone)}."
    left, due = respond_by - now, format_local_time(respond_by, time_zone)
    if left < timedelta():
        return f"The first answer is overdue by {format_duration(-left)}: it was due {due}."
    return f"First answer due {due}, in {format_duration(left)}."


def format_duration(length: timedelta) -> str:
    """ "3 days", "5 hours", "less than an hour"."""
    hours = round(length.total_seconds() / 3600)
    if hours >= 24:
        return format_days(round(hours / 24))
    return format_count(hours, "hour") if hours else "less than an hour"


def format_severity(code: str, rules: CompanyRules | None) -> str:
    """The label of a severity without its response time: "Critical"."""
    severity = rules.find_severity(code) if rules else None
    return severity.short_label if severity else humanize_code(code).capitalize()


def describe_skip(code: str | None, words: str | None, rules: CompanyRules) -> str:
    """ "Does not apply here: they have no contract"; the words alone where the reason says nothing without them."""
    reason = rules.find_skip_reason(code)
    if words and reason is not None and reason.needs_words:
        return words
    label = reason.label if reason else humanize_code(code).capitalize() if code else "No reason on record"
    return f"{label}: {words}" if words else label
