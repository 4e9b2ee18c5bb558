"""Typed numbers: "84,50", "1.234,5", "12,5 %", "$41,066.50" as exact decimals, and decimals as text to edit.

A number is read when it can mean one thing only. What can mean two things, or one that is not plausible here, is a
NumberError with the readings to choose from: nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

from babel import Locale, UnknownLocaleError, numbers

from lib.forms.model import FieldKind
from lib.text.format import group_digits, round_half_up
from lib.text.regional_format import RegionalFormat, get_regional_format, list_currency_signs
from lib.text.truncate import single_line

DEFAULT_LOCALE = "en_US"
DECIMAL_PLACES = {FieldKind.WHOLE: 0, FieldKind.DECIMAL: 2, FieldKind.MONEY: 2, FieldKind.PERCENT: 2}
# More digits are not exact in JSON, where a number is a double.
MAX_DIGITS = 15
# A number below a quarter of its usual value, or above four times it, is asked about: a slip of a digit or a sign
# moves it at least that far, a price agreed on hardly ever.
FAR_FACTOR = 4

_PERCENT_UNIT = "[%٪﹪％]?"
_ZEROS = {"arab": "٠", "arabext": "۰", "beng": "০", "deva": "०", "mymr": "၀"}
_PATTERNS = {
    FieldKind.WHOLE: numbers.parse_pattern("0"),
    FieldKind.DECIMAL: numbers.parse_pattern("0.##"),
    FieldKind.MONEY: numbers.parse_pattern("0.00"),
    FieldKind.PERCENT: numbers.parse_pattern("0.##"),
}
_MONEY_WITHOUT_CENTS = numbers.parse_pattern("0.##")
_MINUS = dict.fromkeys(map(ord, "−–﹣－"), "-")
_MARKS = {ord("٫"): ".", ord("٬"): "'", ord("’"): "'", ord("ʼ"): "'", ord("`"): "'", ord("＇"): "'"}
_EXAMPLES = {
    FieldKind.WHOLE: Decimal(1200),
    FieldKind.DECIMAL: Decimal("12.5"),
    FieldKind.MONEY: Decimal("1234.50"),
    FieldKind.PERCENT: Decimal("12.5"),
}


@dataclass(frozen=True, kw_only=True)
class NumberLimits:
    """What a field takes. `usual` is what the number is compared with, such as the list price, called `usual_name`."""

    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    usual: Decimal | None = None
    usual_name: str = "usual value"


@dataclass(frozen=True, kw_only=True)
class NumberError:
    """Why a text is no number here. `readings` are the numbers it may mean, likeliest first."""

    message: str
    readings: tuple[Decimal, ...] = ()


def parse_typed_number(
    text: str, kind: FieldKind, locale: str = DEFAULT_LOCALE, limits: NumberLimits = NumberLimits()
) -> Decimal | NumberError:
    """The number that `text` means in `locale`, or why it is none. `text` is not blank."""
    body, sign = _normalize_typed_number(text, kind)
    readings = tuple(dict.fromkeys(_list_number_readings(body, locale))) if body else ()
    fitting = [reading.value * sign for reading in readings if reading.fits_field_kind(kind)]
    if len(fitting) > 1 and limits.maximum is not None:
        fitting = [number for number in fitting if number <= limits.maximum] or fitting
    if not fitting:
        return NumberError(message=_describe_unreadable_number(kind, locale, is_number=bool(readings)))
    # A sign before three digits may stand for thousands. It does where the locale writes them so; else it is asked.
    if len(readings) > 1 and not (readings[0].is_grouped and readings[0].fits_field_kind(kind)):
        return NumberError(message=_describe_unclear_number(fitting, kind, locale), readings=tuple(fitting))
    return _check_number_is_plausible(fitting[0], kind, locale, limits)


def format_typed_number(number: Decimal, kind: FieldKind, locale: str = DEFAULT_LOCALE) -> str:
    """A number as text to edit, in the digits and signs of `locale`: "41.066,50", "12,5", "1.200"."""
    known = _find_locale(locale)
    system = known.default_numbering_system if known.default_numbering_system in known.number_symbols else "latn"
    exact = round_half_up(number, str(Decimal(1).scaleb(-DECIMAL_PLACES[kind])))
    with localcontext(prec=80):
        plain = _choose_pattern(kind).apply(exact, known, numbering_system=system, group_separator=False)
    # Babel's own grouping writes 1000000'000 in de-CH.
    group = numbers.get_group_symbol(known, numbering_system=system)
    sizes = known.decimal_formats[None].grouping
    text = re.sub("[0-9]+", lambda digits: group_digits(digits[0], group, *sizes), plain, count=1)
    zero = _ZEROS.get(system)
    return text.translate({ord("0") + digit: ord(zero) + digit for digit in range(10)}) if zero else text


@dataclass(frozen=True)
class _Reading:
    """One meaning of a text: its whole digits, its decimals, and whether a sign stood between thousands."""

    whole: str
    decimals: str
    is_grouped: bool

    @property
    def value(self) -> Decimal:
        return Decimal(f"{self.whole or '0'}.{self.decimals or '0'}")

    def fits_field_kind(self, kind: FieldKind) -> bool:
        is_short = len((self.whole + self.decimals).lstrip("0")) <= MAX_DIGITS
        return is_short and len(self.decimals.rstrip("0")) <= DECIMAL_PLACES[kind]


def _choose_pattern(kind: FieldKind) -> numbers.NumberPattern:
    """With cents for money, unless the currency has none."""
    if kind is FieldKind.MONEY and not get_regional_format().currency_digits:
        return _MONEY_WITHOUT_CENTS
    return _PATTERNS[kind]


@lru_cache(maxsize=64)
def _compile_number_pattern(kind: FieldKind, regional: RegionalFormat) -> re.Pattern[str]:
    """A number with its sign and unit: of money the code and the symbols of the company's currency."""
    unit = _PERCENT_UNIT if kind is FieldKind.PERCENT else ""
    if kind is FieldKind.MONEY:
        signs = "|".join(map(re.escape, list_currency_signs(regional)))
        unit = f"(?:{signs})?"
    return re.compile(
        rf"(?P<sign>[+-]?) ?(?P<before>{unit}) ?(?P<inner_sign>[+-]?) ?(?P<body>[0-9.,' ]*[0-9]) ?(?P<after>{unit})",
        re.IGNORECASE,
    )


def _normalize_typed_number(text: str, kind: FieldKind) -> tuple[str, int]:
    """ASCII digits and signs without the unit, and 1 or -1. Blank when there is anything else in it."""
    shown = "".join(char for char in text if unicodedata.category(char) != "Cf").translate(_MINUS).translate(_MARKS)
    shown = "".join(" " if char.isspace() else str(unicodedata.decimal(char, char)) for char in shown).strip()
    found = _compile_number_pattern(kind, get_regional_format()).fullmatch(shown)
    if found is None or (found["before"] and found["after"]) or (found["sign"] and found["inner_sign"]):
        return "", 1
    return found["body"], -1 if "-" in (found["sign"], found["inner_sign"]) else 1


def _list_number_readings(body: str, locale: str) -> Iterator[_Reading]:
    """Every meaning of `body`, that of the locale first."""
    if re.search("[' ]", body):
        yield from _read_with_separators(body, group="'" if "'" in body else " ", decimal="," if "," in body else ".")
        return
    own = _find_decimal_symbol(locale)
    for decimal in (own, "." if own == "," else ","):
        yield from _read_with_separators(body, group="." if decimal == "," else ",", decimal=decimal)


def _read_with_separators(body: str, *, group: str, decimal: str) -> Iterator[_Reading]:
    """`body` if its thousands are marked by `group` as they should be, and its decimals by `decimal`."""
    whole, sign, decimals = body.partition(decimal)
    if not re.fullmatch("[0-9]*", decimals) or (sign and not decimals):
        return
    parts = whole.split(group)
    if len(parts) == 1:
        if re.fullmatch("[0-9]*", whole):
            yield _Reading(whole, decimals, is_grouped=False)
    elif all(re.fullmatch("[0-9]+", part) for part in parts) and _are_thousands_groups(parts, group):
        yield _Reading("".join(parts), decimals, is_grouped=True)


def _are_thousands_groups(parts: list[str], group: str) -> bool:
    """True for 1,234,567 and, with commas, India's 12,34,567."""
    first, *middle, last = map(len, parts)
    if parts[0].startswith("0") or last != 3:
        return False
    is_indian = group == "," and first <= 2 and all(size == 2 for size in middle)
    return is_indian or (first <= 3 and all(size == 3 for size in middle))


def _check_number_is_plausible(
    number: Decimal, kind: FieldKind, locale: str, limits: NumberLimits
) -> Decimal | NumberError:
    """The number, unless it is negative where nothing is, or far from what is usual."""
    if number < 0 and limits.minimum is not None and limits.minimum >= 0:
        return NumberError(
            message=f"cannot be negative. {_build_number_question((-number,), kind, locale)}", readings=(-number,)
        )
    usual = limits.usual
    if usual and usual > 0 and not usual / FAR_FACTOR <= number <= usual * FAR_FACTOR:
        far = f"is far from the {limits.usual_name} of {_format_number_of_kind(usual, kind, locale)}."
        meant = (*_list_misplaced_signs(number, usual), number)
        return NumberError(message=f"{far} {_build_number_question(meant, kind, locale)}", readings=meant)
    return number


def _list_misplaced_signs(number: Decimal, usual: Decimal) -> Iterator[Decimal]:
    """The number as it is when a decimal sign was lost, where that is near the usual one."""
    for power in (1, 2, 3):
        moved = number.scaleb(-power)
        if usual / 2 <= moved <= usual * 2:
            yield moved


def _describe_unclear_number(meant: Sequence[Decimal], kind: FieldKind, locale: str) -> str:
    problem = "can be read in two ways" if len(meant) > 1 else "is unclear"
    return f"{problem}. {_build_number_question(meant, kind, locale)}"


def _build_number_question(meant: Sequence[Decimal], kind: FieldKind, locale: str) -> str:
    return f"Did you mean {' or '.join(_format_number_of_kind(number, kind, locale) for number in meant)}?"


def _describe_unreadable_number(kind: FieldKind, locale: str, *, is_number: bool) -> str:
    example = _format_number_of_kind(_EXAMPLES[kind], kind, locale)
    nouns = {
        FieldKind.WHOLE: "a whole number",
        FieldKind.DECIMAL: "a number",
        FieldKind.MONEY: "an amount",
        FieldKind.PERCENT: "a percentage",
    }
    if not is_number:
        return f"must be {nouns[kind]}, such as {example}."
    places = DECIMAL_PLACES[kind]
    limit = f"at most {places} decimals and" if places else "no decimals and at most"
    return f"has {limit} {MAX_DIGITS} digits, such as {example}."


def _format_number_of_kind(number: Decimal, kind: FieldKind, locale: str) -> str:
    return single_line(format_typed_number(number, kind, locale))


@lru_cache(maxsize=256)
def _find_decimal_symbol(locale: str) -> str:
    return "," if numbers.get_decimal_symbol(_find_locale(locale)) == "," else "."


@lru_cache(maxsize=256)
def _find_locale(locale: str) -> Locale:
    """The locale of a tag such as "de-DE" or "de_DE"; English of the United States for an unknown one."""
    try:
        return Locale.parse(locale.replace("-", "_"), resolve_likely_subtags=True)
    except (ValueError, UnknownLocaleError):
        return Locale.parse(DEFAULT_LOCALE)
