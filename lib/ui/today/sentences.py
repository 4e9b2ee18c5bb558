"""The sentences of Today. Pure; names in them are escaped where they are drawn."""

from datetime import date, datetime

from lib.customers.model import PriorityReason
from lib.customers.today_items import TodayItem, TodayItemKind
from lib.customers.today_overview import TodayOverview
from lib.text.format import format_count, format_date, format_days, format_money, format_relative_days
from lib.text.truncate import single_line

NUMBER_WORDS = ("No", "One", "Two", "Three")
ALWAYS_SHOWN_REASONS = ("deadline", "arr")
NOTHING_URGENT = "Nothing is urgent today."
ALL_DONE = "That is all for today."


def format_greeting(now: datetime, full_name: str) -> str:
    """ "Good morning, Alice." by the hour of `now`, which is in the person's own time zone."""
    part = "morning" if 4 <= now.hour < 12 else "afternoon" if 12 <= now.hour < 18 else "evening"
    first = single_line(full_name, max_length=80).split(" ")[0]
    return f"Good {part}, {first}." if first else f"Good {part}."


def format_weekday_date(now: datetime) -> str:
    return f"{now:%A}, {format_date(now.date())}"


def describe_today(overview: TodayOverview) -> str:
    """The day in one sentence; what cannot wait is in it, on the list or not."""
    number = len(overview.items)
    if overview.is_done:
        return ALL_DONE if overview.listed else NOTHING_URGENT
    if not number:
        return f"Your list is done. {describe_other_pressing_items(overview)}"
    matter = "One thing matters" if number == 1 else f"{_spell_number(number)} things matter"
    return f"{matter} today. {describe_other_pressing_items(overview)}".strip()


def describe_other_pressing_items(overview: TodayOverview) -> str:
    """ "12 more cannot wait." """
    return f"{overview.pressing} more cannot wait." if overview.pressing else ""


def format_priority(item: TodayItem) -> str | None:
    """ "Priority 78 of 100"; None without a score."""
    return None if item.score is None else f"Priority {item.score} of 100"


def _spell_number(number: int) -> str:
    return NUMBER_WORDS[number] if number < len(NUMBER_WORDS) else str(number)


def describe_other_customers(overview: TodayOverview) -> str:
    """ "6 can wait (next notice deadline 1 Feb 2027) · 3 in progress · 15 need nothing".

    With the customers on the list, those that cannot wait and those whose open runs are snoozed these add up to all.
    """
    upcoming = overview.next_deadline
    counts = (
        (overview.can_wait, "can wait" + (f" (next notice deadline {format_date(upcoming)})" if upcoming else "")),
        (overview.in_progress, "in progress"),
        (overview.calm, "needs nothing" if overview.calm == 1 else "need nothing"),
    )
    return " · ".join(f"{number} {text}" for number, text in counts if number > 0)


def format_arr_and_deadline(item: TodayItem) -> str:
    """ "$284,400 ARR · notice deadline in 30 days (12 Mar 2027)"; what the row says elsewhere is left out."""
    arr = "no ARR on record" if item.arr is None else f"{format_money(item.arr)} ARR"
    if item.notice_deadline is not None and item.notice_deadline == item.urgent_day:
        return arr
    is_reason = any(reason.kind == "deadline" for reason in item.strongest_reasons)
    if item.kind is TodayItemKind.CUSTOMER and item.notice_deadline is not None and is_reason:
        return f"{arr} · notice deadline {format_date(item.notice_deadline)}"
    return f"{arr} · {format_notice_deadline(item)}"


def format_notice_deadline(item: TodayItem) -> str:
    """Days to the notice deadline and the day itself."""
    if item.notice_deadline is None or item.days_to_notice is None:
        return "no notice deadline on record"
    verb = "passed " if item.days_to_notice < 0 else ""
    return f"notice deadline {verb}{format_relative_days(item.days_to_notice)} ({format_date(item.notice_deadline)})"


def select_score_parts(reasons: tuple[PriorityReason, ...]) -> tuple[PriorityReason, ...]:
    """What makes up the score, heaviest first. Deadline and size always stand there, even without points."""
    counted = (reason for reason in reasons if reason.points or reason.kind in ALWAYS_SHOWN_REASONS)
    return tuple(sorted(counted, key=lambda reason: -reason.points))


def describe_signals_over_cap(reasons: tuple[PriorityReason, ...]) -> str:
    """Signals without points, because stronger ones used up the maximum for signals."""
    return " ".join(
        reason.sentence for reason in reasons if not reason.points and reason.kind not in ALWAYS_SHOWN_REASONS
    )


def format_due_date(due_on: date | None, today: date) -> str | None:
    """ "due in 30 days (12 Mar 2027)", "was due 4 days ago (…)"; None without a day."""
    if due_on is None:
        return None
    days = (due_on - today).days
    return f"{'was due' if days < 0 else 'due'} {format_relative_days(days)} ({format_date(due_on)})"


def format_elapsed(moment: datetime, now: datetime) -> str:
    """ "5 minutes ago", "yesterday", "4 days ago"; by calendar day once it was not today. Both in one time zone."""
    days = (now.date() - moment.date()).days
    minutes = int((now - moment).total_seconds() // 60)
    if days <= 0 and minutes < 60:
        return "just now" if minutes < 1 else f"{format_count(minutes, 'minute')} ago"
    if days <= 0:
        return f"{format_count(minutes // 60, 'hour')} ago"
    return "yesterday" if days == 1 else f"{format_days(days)} ago"


def format_completed_count(dashboard: TodayOverview) -> str | None:
    """ "Completed this week: 2"."""
    return f"Completed this week: {dashboard.completed_this_week}" if dashboard.completed_this_week else None
