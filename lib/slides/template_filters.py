"""Filters of templates: `{{ contract.arr|money }}`, `{{ sponsor.name|or_else("your sponsor") }}`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.slides.template_variables import VariableKind, VariableValue
from lib.text.format import (
    NO_DATA,
    format_count,
    format_date,
    format_days,
    format_money,
    format_percent,
    format_relative_days,
    format_yes_no,
)


@dataclass(frozen=True)
class TypedValue:
    """A value of a template, with the kind that says how it reads."""

    value: VariableValue
    kind: VariableKind = VariableKind.TEXT


@dataclass(frozen=True, kw_only=True)
class TemplateFilter:
    """`arguments` is the number of texts it takes. `apply` is called for None too, `accepts` is not."""

    meaning: str
    apply: Callable[..., TypedValue]
    accepts: Callable[[TypedValue], bool] = lambda _: True
    arguments: int = 0


def format_typed_value(typed: TypedValue) -> str:
    """The value as text of its kind; None is "no data"."""
    value = typed.value
    if value is None:
        return NO_DATA
    if isinstance(value, bool):
        return format_yes_no(value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, str):
        return value
    match typed.kind:
        case VariableKind.MONEY:
            return format_money(value)
        case VariableKind.PERCENT:
            return format_percent(value)
        case VariableKind.DAYS:
            return format_days(value)
        case _:
            return format_count(value)


def _is_number_or_none(typed: TypedValue) -> bool:
    return isinstance(typed.value, int | float | Decimal) and not isinstance(typed.value, bool)


def _build_kind_filter(kind: VariableKind) -> Callable[[TypedValue], TypedValue]:
    return lambda typed: TypedValue(typed.value, kind)


def _build_text_filter(write: Callable[..., str]) -> Callable[..., TypedValue]:
    """A filter that turns a value into text and leaves None."""
    return lambda typed, *arguments: typed if typed.value is None else TypedValue(write(typed, *arguments))


FILTERS: dict[str, TemplateFilter] = {
    "money": TemplateFilter(
        meaning="Money: $284,400", apply=_build_kind_filter(VariableKind.MONEY), accepts=_is_number_or_none
    ),
    "percent": TemplateFilter(
        meaning="Share of 100: 38%", apply=_build_kind_filter(VariableKind.PERCENT), accepts=_is_number_or_none
    ),
    "number": TemplateFilter(
        meaning="A plain number: 1,250", apply=_build_kind_filter(VariableKind.NUMBER), accepts=_is_number_or_none
    ),
    "days": TemplateFilter(meaning="30 days", apply=_build_kind_filter(VariableKind.DAYS), accepts=_is_number_or_none),
    "away": TemplateFilter(
        meaning="Days from today: in 30 days, today, 12 days ago",
        apply=_build_text_filter(lambda typed: format_relative_days(int(typed.value))),
        accepts=_is_number_or_none,
    ),
    "date": TemplateFilter(
        meaning="12 Mar 2027",
        apply=_build_kind_filter(VariableKind.DATE),
        accepts=lambda typed: isinstance(typed.value, date),
    ),
    "count": TemplateFilter(
        meaning='With its noun: {{ contract.seats|count("seat") }}',
        apply=_build_text_filter(lambda typed, noun: format_count(typed.value, noun)),
        accepts=_is_number_or_none,
        arguments=1,
    ),
    "sentence": TemplateFilter(
        meaning="First letter capitalized",
        apply=_build_text_filter(lambda typed: (text := format_typed_value(typed))[:1].upper() + text[1:]),
    ),
    "or_else": TemplateFilter(
        meaning='Text used without data: {{ sponsor.name|or_else("the sponsor") }}',
        apply=lambda typed, otherwise: TypedValue(otherwise) if typed.value in (None, "") else typed,
        arguments=1,
    ),
}
