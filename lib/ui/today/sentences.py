"""The sentences of Today. Pure; names in them are escaped where they are drawn."""

from datetime import date, datetime

from lib.accounts.model import PriorityReason
from lib.accounts.today_overview import OpenRun, PriorityItem, TodayOverview
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.text.format import NO_DATA, format_count, format_date, format_days, format_money, humanize_code, relative_days
from lib.text.truncate import single_line

NUMBER_WORDS = ("No", "One", "Two", "Three")
ALWAYS_SHOWN_REASONS = ("deadline", "arr")
NOTHING_URGENT = "Nothing is urgent today."


def format_greeting(now: datetime, full_name: str) -> str:
    """ "Good morning, Alice." by the hour of `now`, which is in the person's own time zone."""
    part = "morning" if 4 <= now.hour < 12 else "afternoon" if 12 <= now.hour < 18 else "evening"
    first = single_line(full_name, max_length=80).split(" ")[0]
    return f"Good {part}, {first}." if first else f"Good {part}."


def format_weekday_date(now: datetime) -> str:
    return f"{now:%A}, {format_date(now.date())}"


def describe_day(dashboard: TodayOverview) -> str:
    """The day in one sentence."""
    number = len(dashboard.priorities)
    if not number:
        return NOTHING_URGENT
    matter = "One thing matters today" if number == 1 else f"{NUMBER_WORDS[number]} things matter today"
    return f"{matter}; {dashboard.waiting} more can wait." if dashboard.waiting else f"{matter}."


def describe_other_customers(dashboard: TodayOverview) -> str:
    """ "6 can wait (next notice deadline 1 Feb 2027) · 3 in progress · 15 need nothing".

    With the priorities these counts add up to all customers.
    """
    in_progress = dashboard.customers - len(dashboard.priorities) - dashboard.waiting - dashboard.calm
    upcoming = dashboard.next_deadline
    counts = (
        (dashboard.waiting, "can wait" + (f" (next notice deadline {format_date(upcoming)})" if upcoming else "")),
        (in_progress, "in progress"),
        (dashboard.calm, "needs nothing" if dashboard.calm == 1 else "need nothing"),
    )
    return " · ".join(f"{number} {text}" for number, text in counts if number > 0)


def describe_return_from_snooze(item: PriorityItem) -> str | None:
    """Why a snoozed customer is here again, and why it was snoozed; None for others."""
    if item.woke_because is None:
        return None
    return f"Back: {item.woke_because} Snoozed because: {item.snooze_reason or NO_DATA}"


def format_arr_and_deadline(item: PriorityItem) -> str:
    """ "$284,400 ARR · notice deadline in 30 days (12 Mar 2027)"."""
    arr = "no ARR on record" if item.arr is None else f"{format_money(item.arr)} ARR"
    return f"{arr} · {format_notice_deadline(item)}"


def format_notice_deadline(item: PriorityItem) -> str:
    """Days to the notice deadline and the day itself."""
    if item.notice_deadline is None or item.days_to_notice is None:
        return "no notice deadline on record"
    verb = "passed " if item.days_to_notice < 0 else ""
    return f"notice deadline {verb}{relative_days(item.days_to_notice)} ({format_date(item.notice_deadline)})"


def select_score_parts(reasons: tuple[PriorityReason, ...]) -> tuple[PriorityReason, ...]:
    """What makes up the score, heaviest first. Deadline and size always stand there, even when they give noitem."""
    counted = (reason for reason in reasons if reason.points or reason.kind in ALWAYS_SHOWN_REASONS)
    return tuple(sorted(counted, key=lambda reason: -reason.points))


def describe_signals_over_cap(reasons: tuple[PriorityReason, ...]) -> str:
    """Signals without points, because stronger ones used up the maximum for signals."""
    return " ".join(
        reason.sentence for reason in reasons if not reason.points and reason.kind not in ALWAYS_SHOWN_REASONS
    )


def format_run_progress(run: OpenRun) -> str:
    """ "At “Contract terms”, 3 of 9 slides done"."""
    known = run.current_slide in LIBRARY
    title = LIBRARY[SlideId(run.current_slide)].title if known else humanize_code(run.current_slide)
    return f"At “{title}”, {run.slides_done} of {run.slides} slides done"


def format_due_date(due_on: date | None, today: date) -> str | None:
    """ "due in 30 days (12 Mar 2027)", "was due 4 days ago (…)"; None without a day."""
    if due_on is None:
        return None
    days = (due_on - today).days
    return f"{'was due' if days < 0 else 'due'} {relative_days(days)} ({format_date(due_on)})"


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
