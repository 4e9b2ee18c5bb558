"""Numbers, money, percentages and dates as people read them. What is missing reads "no data"."""

import re
from collections.abc import Iterable
from copy import copy
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from typing import Any

from babel import Locale, dates, numbers

from lib.text.regional_format import RegionalFormat, get_regional_format, parse_locale

NO_DATA = "no data"
LOCALE = Locale.parse("en_US")
MONTH_NAMES = tuple(LOCALE.months["format"]["abbreviated"][month] for month in range(1, 13))
WEEKDAY_NAMES = tuple(LOCALE.days["format"]["wide"][day] for day in range(7))

Number = int | float | Decimal

# Parsed once: looking a pattern up for each value takes as long as applying it.
_DATE = dates.parse_pattern("d MMM y")
_SHORT_DATE = dates.parse_pattern("d MMM")
# 28 digits, the default, are too few for the products of two large amounts.
_WIDE = Context(prec=80)


def format_money(amount: Number | None) -> str:
    """In the company's currency, with cents only where there are any: "$284,400", "$12.50", "-1.200 €"."""
    if amount is None:
        return NO_DATA
    regional = get_regional_format()
    exact = round_half_up(amount, str(Decimal(1).scaleb(-regional.currency_digits))) or Decimal(0)  # no "-$0"
    digits = 0 if exact == exact.to_integral_value() else regional.currency_digits
    return _format_money_in_locale(exact, digits, regional)


def format_exact_money(amount: Decimal | None) -> str:
    """As on an invoice, always with cents, more digits where there are any: "$84.50", "-1.200,00 €", "¥1,200"."""
    if amount is None:
        return NO_DATA
    regional = get_regional_format()
    digits = max(regional.currency_digits, -int(amount.normalize(_WIDE).as_tuple().exponent))
    return _format_money_in_locale(amount, digits, regional)


def format_exact_percent(share: Decimal) -> str:
    """`share` is 0-100, with every digit it has: "12.25%"."""
    exact = share.normalize(_WIDE)
    return (
        f"{_format_number_in_locale(exact, 0, max(0, -int(exact.as_tuple().exponent)), get_regional_format().locale)}%"
    )


def format_cost(cost: Decimal) -> str:
    """What a model cost, in USD: "$1,204.50"; below a cent with all its digits, "$0.000018"."""
    return f"${cost.normalize(_WIDE):f}" if 0 < cost < Decimal("0.01") else f"${round_half_up(cost, '0.01'):,}"


def format_change(amount: Number | None) -> str:
    """Money with its sign: "+$1,200", "-$1,200", "no change"."""
    if amount is None:
        return NO_DATA
    if amount == 0:
        return "no change"
    return f"+{format_money(amount)}" if amount > 0 else format_money(amount)


def format_exact_change(amount: Decimal | None) -> str:
    """Money with its sign and cents: "+$1,200.00", "-$12.50", "no change"."""
    if not amount:
        return format_change(amount)
    return f"+{format_exact_money(amount)}" if amount > 0 else format_exact_money(amount)


def format_percent(share: Number | None) -> str:
    """`share` is 0-100: "38%", "12.5%"."""
    return NO_DATA if share is None else f"{format_number(share)}%"


def format_number(number: Number | None) -> str:
    """At most one decimal: "1,250", "12.5"."""
    if number is None:
        return NO_DATA
    return _format_number_in_locale(round_half_up(number, "0.1") or Decimal(0), 0, 1, get_regional_format().locale)


def format_decimal(number: Number) -> str:
    """With two decimals, or none where there are none: "1,250", "12.50"."""
    exact = round_half_up(number, "0.01") or Decimal(0)
    return _format_number_in_locale(
        exact, 0 if exact == exact.to_integral_value() else 2, 2, get_regional_format().locale
    )


def format_count(number: Number | None, noun: str = "", plural: str | None = None) -> str:
    """A number with its noun: "1 seat", "1,250 seats"."""
    if number is None or not noun:
        return format_number(number)
    return f"{format_number(number)} {noun if number == 1 else plural or noun + 's'}"


def format_date(day: date | None) -> str:
    """ "12 Mar 2027", which no country reads another way."""
    return NO_DATA if day is None else _apply_date_pattern(_DATE, day)


def format_short_date(day: date | None) -> str:
    """ "12 Mar", where the year is plain from the context."""
    return NO_DATA if day is None else _apply_date_pattern(_SHORT_DATE, day)


# A page has the same few days many times, and babel takes as long for each as for a short text.
@lru_cache(maxsize=4096)
def _apply_date_pattern(pattern: dates.DateTimePattern, day: date) -> str:
    return pattern.apply(day, LOCALE)


def format_days(number: Number | None) -> str:
    """ "1 day", "30 days"."""
    return format_count(number, "day")


def format_relative_days(number: int | None) -> str:
    """Days from today: "in 30 days", "today", "12 days ago"."""
    if number is None:
        return NO_DATA
    if number == 0:
        return "today"
    return f"in {format_days(number)}" if number > 0 else f"{format_days(-number)} ago"


def format_yes_no(answer: bool | None) -> str:
    return NO_DATA if answer is None else "yes" if answer else "no"


def join_names(names: Iterable[str]) -> str:
    """ "A, B and C"."""
    known = [name for name in names if name]
    if len(known) < 2:
        return known[0] if known else NO_DATA
    return f"{', '.join(known[:-1])} and {known[-1]}"


def humanize_code(code: str | None) -> str:
    """A code as words: "economic_buyer" is "economic buyer"."""
    return NO_DATA if code is None else code.replace("_", " ").replace("-", " ")


def round_half_up(number: Number, step: str) -> Decimal:
    """`number` rounded to `step`, such as "0.01", halves away from zero."""
    return Decimal(str(number)).quantize(Decimal(step), ROUND_HALF_UP, _WIDE)


def group_digits(digits: str, group: str, last: int, others: int) -> str:
    """The digits with `group` between thousands, or as India groups them."""
    parts, rest = [digits[-last:]], digits[:-last]
    while rest:
        parts, rest = [rest[-others:], *parts], rest[:-others]
    return group.join(parts)


# Babel takes 40 µs for a number, a page has a hundred of them, and most are the same in the next rerun.
@lru_cache(maxsize=4096, typed=True)
def _format_money_in_locale(amount: Decimal, digits: int, regional: RegionalFormat) -> str:
    pattern = copy(parse_locale(regional.locale).currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    return _apply_number_pattern(pattern, amount, regional.locale, currency=regional.currency, currency_digits=False)


@lru_cache(maxsize=4096, typed=True)
def _format_number_in_locale(number: Decimal, least_digits: int, most_digits: int, locale: str) -> str:
    pattern = copy(parse_locale(locale).decimal_formats[None])
    pattern.frac_prec = (least_digits, most_digits)
    return _apply_number_pattern(pattern, number, locale)


def _apply_number_pattern(pattern: numbers.NumberPattern, value: Decimal, code: str, **options: Any) -> str:
    """`value` with its thousands grouped here: Babel's own grouping writes 1000000'000 in de-CH."""
    locale = parse_locale(code)
    with localcontext(_WIDE):
        plain = str(pattern.apply(value, locale, group_separator=False, **options))
    group = numbers.get_group_symbol(locale)
    return re.sub("[0-9]+", lambda found: group_digits(found[0], group, *pattern.grouping), plain, count=1)
