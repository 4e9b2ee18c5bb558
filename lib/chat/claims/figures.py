"""Figures in a text: "$284,400", "284.4k", "284 400", "30 %", "24-month", "two weeks", with all they may mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from babel import units

from lib.text.month_names import MONTH_LANGUAGES


class FigureKind(StrEnum):
    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    DURATION = "duration"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure in a text. `readings` are the numbers it may mean ("1.200" may be 1.2), `step` is what it is rounded to.

    `unit` is "day", "month" and the like for a duration, a currency code for money, the word behind a count. `is_bare`
    is true if nothing says what it counts.
    """

    text: str
    start: int
    end: int
    kind: FigureKind
    readings: tuple[Decimal, ...]
    step: Decimal
    unit: str = ""

    @property
    def is_bare(self) -> bool:
        return self.kind is FigureKind.COUNT and not self.unit

    @property
    def value(self) -> Decimal:
        return self.readings[0]


DURATION_UNITS = ("minute", "hour", "day", "week", "month", "quarter", "year")
_SYMBOLS = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR",
    "euros": "EUR", "£": "GBP", "gbp": "GBP", "pounds": "GBP", "¥": "JPY", "jpy": "JPY", "円": "JPY", "chf": "CHF",
    "fr.": "CHF", "sek": "SEK", "dkk": "DKK", "nok": "NOK", "pln": "PLN", "cad": "CAD", "aud": "AUD", "inr": "INR",
    "₹": "INR",
}  # fmt: skip
_FACTORS = {
    "k": 10**3, "thousand": 10**3, "tsd": 10**3, "hundred": 100, "m": 10**6, "mn": 10**6, "mio": 10**6,
    "million": 10**6, "millions": 10**6, "bn": 10**9, "billion": 10**9,
}  # fmt: skip
_PERCENT_WORDS = (
    "%|％|percentage points?|percent|per cent|pct|pp|prozent(?:punkte)?|pour ?cent|por ciento|per cento|procent|procent"
)
_SMALL_TEXT = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_SMALL = _SMALL_TEXT.split()
_TENS = {
    word: 20 + 10 * at
    for at, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
_NUMBER_WORDS = {word: at for at, word in enumerate(_SMALL)} | _TENS | {"dozen": 12}

_DIGITS = r"\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*"
_WORDS = rf"(?:(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_SMALL[1:10])})|{'|'.join([*_SMALL, *_TENS, 'dozen'])})"
_CURRENCY = r"(?:us\$|[$€£¥₹]|(?:usd|eur|gbp|jpy|chf|sek|dkk|nok|pln|cad|aud|inr|fr\.)(?![a-z]))"
_FIGURE = re.compile(
    rf"(?<![\w$€£.,/:-])(?P<before>{_CURRENCY}\s?)?[-−–+]?\s?(?P<after_sign>{_CURRENCY}\s?)?"
    rf"(?:(?P<digits>(?<![\w.,]){_DIGITS})|(?P<words>\b{_WORDS}\b))"
    rf"(?:(?:\s|-)?(?P<factor>(?:k|mn|mio|tsd|m|bn)\b\.?|(?:hundred|thousand|millions?|billion)\b))?"
    rf"(?:\s?(?P<percent>{_PERCENT_WORDS})(?!\w)|\s?(?P<currency>{_CURRENCY}|円|dollars?\b|euros?\b|pounds\b)"
    r"|[\s-]{0,2}(?P<unit>[^\W\d_]{1,20}))?",
    re.IGNORECASE,
)
_ORDINAL_OR_CODE = re.compile(r"(?:st|nd|rd|th)\b|[\w/:]", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"^[ \t]*(?:\d{1,3}[.)]\s|#+\s*\d{1,3}[.)]?\s)", re.MULTILINE)
_CITATION = re.compile(r"\[\s*S?\d{1,3}(?:\s*[,;]\s*S?\d{1,3})*\s*\]", re.IGNORECASE)
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b(?:\s?[ap]m\b)?|\b\d{1,2}\s?[ap]\.?m\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|\b24/7\b")
# "60 of 100", "30 and 60": no noun says what these count.
_NO_NOUNS_TEXT = (
    "of and or to in on at by from for with as is are was were the a an than per out until till before "
    "after if but und oder von bis der die das et ou de y o e i og och en van or"
)
_NO_NOUNS = frozenset(_NO_NOUNS_TEXT.split())


def find_figures(text: str) -> Iterator[Figure]:
    """The figures of a text, in order. Days must be blanked out before (`lib.chat.claims.days`)."""
    plain = blank_out(text, _CITATION, _LIST_NUMBER, _CLOCK, _ADDRESS)
    for found in _FIGURE.finditer(plain):
        digits = found["digits"]
        end_of_number = found.end("digits") if digits else found.end("words")
        # "3rd", "2B", "1/2": no figures; letters behind a number are its unit only after a sign or as "60d".
        rest = plain[end_of_number : end_of_number + 3]
        if digits and rest and not found["factor"] and re.match(r"(?:st|nd|rd|th)\b|[/:]\d|_", rest, re.IGNORECASE):
            continue
        figure = _build_figure(found, digits)
        if figure is not None:
            yield figure


def blank_out(text: str, *patterns: re.Pattern[str]) -> str:
    """The text with each match as blanks, so that places stay."""
    for pattern in patterns:
        text = pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    return text


def list_readings(digits: str) -> tuple[tuple[Decimal, ...], Decimal]:
    """The numbers that digits with signs may mean, and what they are rounded to."""
    body = re.sub(r"[ \u00a0\u202f'’]", "", digits)
    signs = [sign for sign in body if sign in ".,"]
    whole = body.replace(".", "").replace(",", "")
    if not signs:
        return (Decimal(whole),), Decimal(1)
    last = max(body.rfind("."), body.rfind(","))
    decimals = len(body) - last - 1
    as_decimal = Decimal(body[:last].replace(".", "").replace(",", "") + "." + body[last + 1 :])
    as_step = Decimal(1).scaleb(-decimals)
    if len(set(signs)) == 2:
        return (as_decimal,), as_step
    if len(signs) > 1:
        return (Decimal(whole),), Decimal(1)
    if decimals == 3 and 1 <= last <= 3 and body[0] != "0":
        return (Decimal(whole), as_decimal), Decimal(1)
    return (as_decimal,), as_step


def _build_figure(found: re.Match[str], digits: str | None) -> Figure | None:
    if digits:
        readings, step = list_readings(digits)
    else:
        parts = re.split("[- ]", found["words"].casefold())
        readings, step = (Decimal(sum(_NUMBER_WORDS[part] for part in parts)),), Decimal(1)
    factor = _FACTORS[found["factor"].casefold().strip(".")] if found["factor"] else 1
    # "5 m" is metres or minutes as often as millions.
    sign = (found["before"] or found["after_sign"] or found["currency"] or "").strip().casefold()
    kind, unit = FigureKind.COUNT, ""
    end = found.end("factor") if found["factor"] else found.end("digits") if digits else found.end("words")
    word = (found["unit"] or "").casefold()
    if sign:
        kind, unit = FigureKind.MONEY, _SYMBOLS.get(sign, sign.upper())
        end = max(end, found.end("currency"))
    elif found["percent"]:
        kind, end = FigureKind.PERCENT, found.end("percent")
    elif word in _index_duration_words():
        kind, unit, end = FigureKind.DURATION, _index_duration_words()[word], found.end("unit")
    elif word and word not in _NO_NOUNS:
        unit = word
    start = min(
        place for place in (found.start(name) for name in ("before", "after_sign", "digits", "words")) if place >= 0
    )
    return Figure(
        text=found.string[start:end].strip(),
        start=start,
        end=end,
        kind=kind,
        readings=tuple(reading * factor for reading in readings),
        step=step * factor,
        unit=unit,
    )


@cache
def _index_duration_words() -> dict[str, str]:
    """Names of units of time in the languages answers are written in, and their abbreviations in English."""
    found = {"days": "day", "weeks": "week", "months": "month", "years": "year", "hrs": "hour", "mins": "minute"}
    for language in MONTH_LANGUAGES:
        for unit in DURATION_UNITS:
            for number in (1, 2, 5):
                written = units.format_unit(number, f"duration-{unit}", "long", locale=language)
                name = re.sub(r"[\d\s]", "", written).casefold()
                if name:
                    found.setdefault(name, unit)
    return {name: unit for name, unit in found.items() if len(name) > 2}
