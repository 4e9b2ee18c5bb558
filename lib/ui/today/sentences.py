"""What the morning page says in words. Pure; names that come from outside are escaped where they are drawn."""

from datetime import date, datetime

from lib.accounts.dashboard import Dashboard, OpenRun, PriorityItem
from lib.accounts.model import PriorityReason
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.text.format import NO_DATA, format_count, format_date, format_days, format_money, humanize_code, relative_days
from lib.text.truncate import single_line

NUMBER_WORDS = ("No", "One", "Two", "Three")
ALWAYS_SHOWN_REASONS = ("deadline", "arr")
NOTHING_URGENT = "Nothing presses today."


def format_greeting(now: datetime, full_name: str) -> str:
    """ "Good morning, Alice." by the hour of `now`, which is in the person's own time zone."""
    part = "morning" if 4 <= now.hour < 12 else "afternoon" if 12 <= now.hour < 18 else "evening"
    first = single_line(full_name, max_length=80).split(" ")[0]
    return f"Good {part}, {first}." if first else f"Good {part}."


def format_weekday_date(now: datetime) -> str:
    return f"{now:%A}, {format_date(now.date())}"


def summarize_day(board: Dashboard) -> str:
    """The day in one sentence."""
    number = len(board.priorities)
    if not number:
        return NOTHING_URGENT
    matter = "One thing matters today" if number == 1 else f"{NUMBER_WORDS[number]} things matter today"
    return f"{matter}; {board.waiting} more can wait." if board.waiting else f"{matter}."


def summarize_other_customers(board: Dashboard) -> str:
    """What is counted, not shown: together with the things it adds up to all customers."""
    said = [_count_waiting(board), _count_in_progress(board), _count_quiet(board)]
    return " ".join(sentence for sentence in said if sentence)


def explain_return(thing: PriorityItem) -> str | None:
    """Why a thing that was put away is here again, and why it was put away."""
    if thing.woke_because is None:
        return None
    return f"It is back: {thing.woke_because} It was snoozed because: {thing.snooze_reason or NO_DATA}"


def format_arr_and_deadline(thing: PriorityItem) -> str:
    """ "$284,400 ARR · notice deadline in 30 days (12 Mar 2027)"."""
    arr = "no ARR on record" if thing.arr is None else f"{format_money(thing.arr)} ARR"
    return f"{arr} · {format_notice_deadline(thing)}"


def format_notice_deadline(thing: PriorityItem) -> str:
    """Days to the notice deadline and the day itself."""
    if thing.notice_deadline is None or thing.days_to_notice is None:
        return "no notice deadline on record"
    verb = "passed " if thing.days_to_notice < 0 else ""
    return f"notice deadline {verb}{relative_days(thing.days_to_notice)} ({format_date(thing.notice_deadline)})"


def select_score_parts(reasons: tuple[PriorityReason, ...]) -> tuple[PriorityReason, ...]:
    """What makes up the score, heaviest first. Deadline and size always stand there, even when they give nothing."""
    counted = (reason for reason in reasons if reason.points or reason.kind in ALWAYS_SHOWN_REASONS)
    return tuple(sorted(counted, key=lambda reason: -reason.points))


def describe_signals_over_cap(reasons: tuple[PriorityReason, ...]) -> str:
    """Signals that give nothing any more because stronger ones used up what signals can give."""
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


def format_completed_count(board: Dashboard) -> str | None:
    """ "Completed this week: 2"."""
    return f"Completed this week: {board.completed_this_week}" if board.completed_this_week else None


def _count_waiting(board: Dashboard) -> str | None:
    if not board.waiting:
        return None
    upcoming = board.next_deadline
    when = f"; the next notice deadline among them is {format_date(upcoming)}" if upcoming else ""
    return f"{board.waiting} more can wait{when}."


def _count_in_progress(board: Dashboard) -> str | None:
    """Customers who matter and are being worked on, or were lately."""
    number = board.customers - len(board.priorities) - board.waiting - board.calm
    return f"{format_count(number, 'customer')} {_are(number)} in hand." if number > 0 else None


def _count_quiet(board: Dashboard) -> str | None:
    return f"{format_count(board.calm, 'customer')} {_are(board.calm)} calm." if board.calm else None


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
