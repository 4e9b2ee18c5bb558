"""What the morning page says in words. Pure; names that come from outside are escaped where they are drawn."""

from datetime import date, datetime

from lib.accounts.board import Board, OpenRun, Thing
from lib.accounts.model import Reason
from lib.slides import words
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId

NUMBERS = ("No", "One", "Two", "Three")
ALWAYS = ("deadline", "arr")
NOTHING_PRESSES = "Nothing presses today."


def greeting(now: datetime, full_name: str) -> str:
    """ "Good morning, Alice." by the hour of `now`, which is in the person's own time zone."""
    part = "morning" if 4 <= now.hour < 12 else "afternoon" if 12 <= now.hour < 18 else "evening"
    first = words.plain(full_name, most=80).split(" ")[0]
    return f"Good {part}, {first}." if first else f"Good {part}."


def long_day(now: datetime) -> str:
    return f"{now:%A}, {words.day(now.date())}"


def state_of_the_day(board: Board) -> str:
    """The day in one sentence."""
    number = len(board.things)
    if not number:
        return NOTHING_PRESSES
    matter = "One thing matters today" if number == 1 else f"{NUMBERS[number]} things matter today"
    return f"{matter}; {board.waiting} more can wait." if board.waiting else f"{matter}."


def the_rest(board: Board) -> str:
    """What is counted, not shown: together with the things it adds up to all customers."""
    said = [_waiting(board), _in_hand(board), _calm(board)]
    return " ".join(sentence for sentence in said if sentence)


def back(thing: Thing) -> str | None:
    """Why a thing that was put away is here again, and why it was put away."""
    if thing.woke_because is None:
        return None
    return f"It is back: {thing.woke_because} It was snoozed because: {thing.snooze_reason or words.NO_DATA}"


def thing_facts(thing: Thing) -> str:
    """ "$284,400 ARR · notice deadline in 30 days (12 Mar 2027)"."""
    arr = "no ARR on record" if thing.arr is None else f"{words.money(thing.arr)} ARR"
    return f"{arr} · {notice(thing)}"


def notice(thing: Thing) -> str:
    """Days to the notice deadline and the day itself."""
    if thing.notice_deadline is None or thing.days_to_notice is None:
        return "no notice deadline on record"
    verb = "passed " if thing.days_to_notice < 0 else ""
    return f"notice deadline {verb}{words.away(thing.days_to_notice)} ({words.day(thing.notice_deadline)})"


def addends(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """What makes up the score, heaviest first. Deadline and size always stand there, even when they give nothing."""
    counted = (reason for reason in reasons if reason.points or reason.kind in ALWAYS)
    return tuple(sorted(counted, key=lambda reason: -reason.points))


def beyond_the_ceiling(reasons: tuple[Reason, ...]) -> str:
    """Signals that give nothing any more because stronger ones used up what signals can give."""
    return " ".join(reason.sentence for reason in reasons if not reason.points and reason.kind not in ALWAYS)


def run_progress(run: OpenRun) -> str:
    """ "At “Contract terms”, 3 of 9 slides done"."""
    known = run.current_slide in LIBRARY
    title = LIBRARY[SlideId(run.current_slide)].title if known else words.spoken(run.current_slide)
    return f"At “{title}”, {run.slides_done} of {run.slides} slides done"


def due(due_on: date | None, today: date) -> str | None:
    """ "due in 30 days (12 Mar 2027)", "was due 4 days ago (…)"; None without a day."""
    if due_on is None:
        return None
    days = (due_on - today).days
    return f"{'was due' if days < 0 else 'due'} {words.away(days)} ({words.day(due_on)})"


def how_long_ago(moment: datetime, now: datetime) -> str:
    """ "5 minutes ago", "yesterday", "4 days ago"; by calendar day once it was not today. Both in one time zone."""
    days = (now.date() - moment.date()).days
    minutes = int((now - moment).total_seconds() // 60)
    if days <= 0 and minutes < 60:
        return "just now" if minutes < 1 else f"{words.count(minutes, 'minute')} ago"
    if days <= 0:
        return f"{words.count(minutes // 60, 'hour')} ago"
    return "yesterday" if days == 1 else f"{words.days(days)} ago"


def completed(board: Board) -> str | None:
    """ "Completed this week: 2"."""
    return f"Completed this week: {board.completed_this_week}" if board.completed_this_week else None


def _waiting(board: Board) -> str | None:
    if not board.waiting:
        return None
    upcoming = board.next_deadline
    when = f"; the next notice deadline among them is {words.day(upcoming)}" if upcoming else ""
    return f"{board.waiting} more can wait{when}."


def _in_hand(board: Board) -> str | None:
    """Customers who matter and are being worked on, or were lately."""
    number = board.customers - len(board.things) - board.waiting - board.calm
    return f"{words.count(number, 'customer')} {_are(number)} in hand." if number > 0 else None


def _calm(board: Board) -> str | None:
    return f"{words.count(board.calm, 'customer')} {_are(board.calm)} calm." if board.calm else None


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
