"""Days as files write them. A day that can mean two is no day until somebody says the order of its parts."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from lib.imports.column_mapping import DayOrder, UsagePeriod
from lib.imports.parsed_records import Rejection
from lib.text.month_names import index_month_names

ISO_REMEDY = "Write it as 2026-03-31."
FIRST_YEAR, LAST_YEAR = 1900, 2998
# Exports say "open" by the last day their calendar has: 31/12/9999, 2999-12-31.
OPEN_WORDS = frozenset(
    {"infinity", "+infinity", "inf", "∞", "open", "open-ended", "ongoing", "never", "unlimited", "evergreen"}
    | {"indefinite", "perpetual", "unbefristet", "offen", "unbegrenzt", "nie", "indéterminé", "illimité"}
    | {"indefinido", "ilimitado", "indeterminato", "onbepaald"}
)
# How programs write that there is no day: zero of Excel, of MySQL, of Access.
NO_DAYS = frozenset({"0000-00-00", "00/00/0000", "00.00.0000", "0", "1899-12-30", "1899-12-31", "1900-01-00"})
OPEN_DAY = date.max
EXCEL_EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
FIRST_SECOND, LAST_SECOND = 946_684_800, 4_102_444_800

_CLOCK = re.compile(r"(?:[T ,]+|, at | at | um )\d{1,2}[:.h]\d{2}.*$", re.IGNORECASE)
_NUMERIC = re.compile(r"(\d{1,4})\s*([-/. ])\s*(\d{1,2})\s*\2\s*(\d{1,4})\.?")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_WEEK = re.compile(r"(\d{4})\s*[-/]?\s*(?:W|KW|S)\s*(\d{1,2})(?:-1)?", re.IGNORECASE)
_WEEK_FIRST = re.compile(
    r"(?:week|woche|kw|w|semaine|sem|s|semana|settimana)\.?\s*(\d{1,2})\s*[-/,. ]\s*(\d{4})", re.IGNORECASE
)
_MONTH = re.compile(r"(?:(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4}))")
_TWO_NUMBERS = re.compile(r"\D{0,25}\d{1,4}\D{1,25}\d{1,4}\D{0,3}")
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")


def parse_day(text: str, order: DayOrder | None, period: UsagePeriod | None = None) -> date | Rejection | None:
    """The day a text means; None if it says "open". `period` is set for the days of usage.

    A day of usage by week is moved to the Monday nearest to it, so that weeks from Sunday are those from Monday.
    """
    if text.casefold() in OPEN_WORDS:
        return None
    found = (_parse_usage_day(text, period) if period else None) or _parse_day_of_any_format(text, order)
    match found:
        case None:
            return Rejection("This is no day Zen can read.", ISO_REMEDY)
        case date() if found == OPEN_DAY:
            return None
        case date() if period is UsagePeriod.WEEK:
            return found - timedelta(days=(found.weekday() + 3) % 7 - 3)
        case date() if period is UsagePeriod.MONTH:
            return found.replace(day=1)
    return found


@dataclass(frozen=True, kw_only=True)
class DayOrders:
    """The orders in which a text is a day. It is unclear if they make different days of it."""

    orders: frozenset[DayOrder]
    is_unclear: bool


def find_day_orders(text: str) -> DayOrders | None:
    """The orders in which a text is a day. None if it is not three numbers with the year last."""
    plain = strip_time_of_day(text)
    orders = _list_possible_day_orders(plain)
    if not orders:
        return None
    return DayOrders(orders=orders, is_unclear=len({_read_day_in_order(plain, order) for order in orders}) > 1)


def is_unambiguous_day(text: str) -> bool:
    """True for a day that shows its order. It has a month's name, the year first, or is one number."""
    return isinstance(_parse_day_of_any_format(text, None), date)


def strip_time_of_day(text: str) -> str:
    return _CLOCK.sub("", text) if ":" in text or "h" in text else text


@lru_cache(maxsize=50_000)
def _parse_day_of_any_format(text: str, order: DayOrder | None) -> date | Rejection | None:
    plain = strip_time_of_day(text)
    if plain.isdigit():
        return _parse_digits_as_day(plain)
    if _list_possible_day_orders(plain) is not None:
        return _choose_day_reading(plain, order)
    if match := _NUMERIC.fullmatch(plain):
        return _build_plausible_day(int(match[1]), int(match[3]), int(match[4])) if len(match[1]) == 4 else None
    if re.fullmatch(r"\d{5}\.\d+", plain):
        return _parse_digits_as_day(plain.partition(".")[0])
    return _parse_named_month(plain)


def _choose_day_reading(plain: str, order: DayOrder | None) -> date | Rejection | None:
    orders = _list_possible_day_orders(plain) or frozenset()
    if order is not None:
        return _read_day_in_order(plain, order)
    readings = {_read_day_in_order(plain, each) for each in orders}
    if len(readings) > 1:
        meant = " or ".join(sorted(f"{day:%d %B %Y}".lstrip("0") for day in readings if day))
        return Rejection(f"The day can be read as {meant}.", "Say for the column whether day or month comes first.")
    return next(iter(readings), None)


@lru_cache(maxsize=50_000)
def _list_possible_day_orders(plain: str) -> frozenset[DayOrder] | None:
    match = _NUMERIC.fullmatch(plain)
    if match is None or len(match[1]) > 2 or len(match[4]) == 3:
        return None
    candidates = [DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST]
    # 26-03-04 is a date of some databases; with slashes and dots the year comes last.
    if match[2] == "-" and len(match[1]) == len(match[4]) == 2:
        candidates.append(DayOrder.YEAR_FIRST)
    return frozenset(order for order in candidates if _read_day_in_order(plain, order))


def _read_day_in_order(plain: str, order: DayOrder) -> date | None:
    match = _NUMERIC.fullmatch(plain)
    if match is None:
        return None
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    match order:
        case DayOrder.YEAR_FIRST:
            return _build_plausible_day(_expand_two_digit_year(match[1]), second, third)
        case DayOrder.DAY_FIRST:
            return _build_plausible_day(_expand_two_digit_year(match[4]), second, first)
        case DayOrder.MONTH_FIRST:
            return _build_plausible_day(_expand_two_digit_year(match[4]), first, second)


def _expand_two_digit_year(digits: str) -> int:
    """70 to 99 are 1970 to 1999, as Excel and Python read them from 69 on."""
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year > 69 else 2000)


def _build_plausible_day(year: int, month: int, day: int) -> date | None:
    if year > LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 31:
        return OPEN_DAY
    try:
        return date(year, month, day) if year >= FIRST_YEAR else None
    except ValueError:
        return None


def _parse_digits_as_day(digits: str) -> date | None:
    """20260331, days since 1900 as Excel counts them, or seconds or milliseconds since 1970."""
    if match := _COMPACT.fullmatch(digits):
        return _build_plausible_day(int(match[1]), int(match[2]), int(match[3]))
    number = int(digits) if len(digits) <= 13 else 0
    if FIRST_SERIAL <= number <= LAST_SERIAL:
        return EXCEL_EPOCH + timedelta(days=number)
    if digits in ("99991231", "2958465"):
        return OPEN_DAY
    seconds = number // 1000 if len(digits) == 13 else number
    return datetime.fromtimestamp(seconds, UTC).date() if FIRST_SECOND <= seconds <= LAST_SECOND else None


def _parse_named_month(plain: str) -> date | None:
    """ "4 March 2026", "Mar 4, 2026", "04-Mar-26", "4. März 2026", "4 de marzo de 2026"."""
    if not _TWO_NUMBERS.fullmatch(plain):
        return None
    months = [number for word in _WORD.findall(plain.casefold()) if (number := index_month_names().get(word))]
    numbers = _DIGITS.findall(plain)
    if len(months) != 1:
        return None
    if len(numbers[0]) == 4:
        return _build_plausible_day(int(numbers[0]), months[0], int(numbers[1]))
    return _build_plausible_day(_expand_two_digit_year(numbers[1]), months[0], int(numbers[0]))


def _parse_usage_day(text: str, period: UsagePeriod | None) -> date | None:
    if match := _WEEK.fullmatch(text):
        return _build_week_start(int(match[1]), int(match[2]))
    if match := _WEEK_FIRST.fullmatch(text):
        return _build_week_start(int(match[2]), int(match[1]))
    if period is not UsagePeriod.MONTH:
        return None
    if match := _MONTH.fullmatch(text):
        return _build_plausible_day(int(match[1] or match[4]), int(match[2] or match[3]), 1)
    months = [number for word in _WORD.findall(text.casefold()) if (number := index_month_names().get(word))]
    numbers = _DIGITS.findall(text)
    return (
        _build_plausible_day(_expand_two_digit_year(numbers[0]), months[0], 1)
        if len(months) == len(numbers) == 1
        else None
    )


def _build_week_start(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
