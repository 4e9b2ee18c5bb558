"""Snoozes, skips and escalations in words. Plain text, to be escaped where it is drawn."""

from datetime import date, datetime, timedelta

from lib.customers.company_codes_and_limits import CompanyRules
from lib.customers.working_days import WorkingDays
from lib.executions.snoozes import WakeSignal
from lib.text.format import format_days, humanize_code
from lib.text.local_time import format_local_time, format_weekday_date

COUNT_WORDS = ("", "once", "twice")


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
    due = working_days.find_next_working_day(today + timedelta(days=days))
    return f"First answer within {format_days(days)}, by {format_weekday_date(due)}."


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
