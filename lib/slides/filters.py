"""The filters a template may use: `{{ contract.arr|money }}`, `{{ sponsor.name|or_else("your sponsor") }}`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.slides import words
from lib.slides.vocabulary import Kind, Value


@dataclass(frozen=True)
class Said:
    """A value on its way to the page, with how it reads."""

    value: Value
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, kw_only=True)
class Filter:
    """`arguments` is how many texts it takes. `apply` sees what is missing too; `accepts` only what is there."""

    meaning: str
    apply: Callable[..., Said]
    accepts: Callable[[Said], bool] = lambda _: True
    arguments: int = 0


def read(said: Said) -> str:
    """How it reads; None is "no data"."""
    value = said.value
    if value is None:
        return words.NO_DATA
    if isinstance(value, bool):
        return words.yes_no(value)
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, str):
        return value
    match said.kind:
        case Kind.MONEY:
            return words.money(value)
        case Kind.PERCENT:
            return words.percent(value)
        case Kind.DAYS:
            return words.days(value)
        case _:
            return words.count(value)


def _is_number(said: Said) -> bool:
    return isinstance(said.value, int | float | Decimal) and not isinstance(said.value, bool)


def _reads_as(kind: Kind) -> Callable[[Said], Said]:
    return lambda said: Said(said.value, kind)


def _text(write: Callable[..., str]) -> Callable[..., Said]:
    """A filter that makes text of a value, and leaves what is missing missing."""
    return lambda said, *arguments: said if said.value is None else Said(write(said, *arguments))


FILTERS: dict[str, Filter] = {
    "money": Filter(meaning="USD: $284,400", apply=_reads_as(Kind.MONEY), accepts=_is_number),
    "percent": Filter(meaning="Share of 100: 38 %", apply=_reads_as(Kind.PERCENT), accepts=_is_number),
    "number": Filter(meaning="A plain number: 1,250", apply=_reads_as(Kind.NUMBER), accepts=_is_number),
    "days": Filter(meaning="30 days", apply=_reads_as(Kind.DAYS), accepts=_is_number),
    "away": Filter(
        meaning="Days from today, said: in 30 days, today, 12 days ago",
        apply=_text(lambda said: words.away(int(said.value))),
        accepts=_is_number,
    ),
    "date": Filter(
        meaning="12 Mar 2027", apply=_reads_as(Kind.DATE), accepts=lambda said: isinstance(said.value, date)
    ),
    "count": Filter(
        meaning='With its noun: {{ contract.seats|count("seat") }}',
        apply=_text(lambda said, noun: words.count(said.value, noun)),
        accepts=_is_number,
        arguments=1,
    ),
    "sentence": Filter(
        meaning="First letter large", apply=_text(lambda said: (text := read(said))[:1].upper() + text[1:])
    ),
    "or_else": Filter(
        meaning='What stands there without data: {{ sponsor.name|or_else("the sponsor") }}',
        apply=lambda said, otherwise: Said(otherwise) if said.value in (None, "") else said,
        arguments=1,
    ),
}
