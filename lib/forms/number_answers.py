"""Numbers among answers, from typed text and back. A text that is no number stays an answer, as it was typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lib.forms.answer_validation import FIELD_KIND_OF_COLUMN, find_bound_errors
from lib.forms.model import EditableColumn, Field, FieldKind
from lib.forms.number_parser import (
    DECIMAL_PLACES,
    NumberError,
    NumberLimits,
    format_typed_number,
    parse_typed_number,
)
from lib.text.json_values import parse_number, parse_rows, parse_text

NumberAnswer = Decimal | int | str | None


@dataclass(frozen=True, kw_only=True)
class NumberQuestion:
    """What is wrong or unclear about a number; `message` starts with `where` it is.

    `readings` are what the typed `text` may mean; `column_key` is None outside of rows.
    """

    where: str
    message: str
    text: str = ""
    kind: FieldKind
    readings: tuple[Decimal, ...] = ()
    column_key: str | None = None

    def is_about_text(self, error: str) -> bool:
        """True if the error of a check is about the same number."""
        return error.startswith(self.where)


def is_number_kind(kind: FieldKind) -> bool:
    return kind in DECIMAL_PLACES


def is_number_column(column: EditableColumn) -> bool:
    return is_number_kind(FIELD_KIND_OF_COLUMN[column.kind])


def format_number_answer(kind: FieldKind, value: Any, locale: str) -> str:
    """An answer as text to edit; blank without one. Text is shown as it was typed."""
    number = parse_number(value)
    if number is None:
        return value if isinstance(value, str) else ""
    return format_typed_number(number, kind, locale)


def read_number_answer(text: Any, asked: Field | EditableColumn, locale: str, row: Mapping[str, Any]) -> NumberAnswer:
    """The number that `text` means, or the text itself if that is unclear. `row` is the row of a column."""
    typed = parse_text(text)
    if typed is None:
        return None
    found = _parse_number_answer(typed, asked, locale, row)
    if isinstance(found, NumberError):
        return typed
    return int(found) if _find_number_kind(asked) is FieldKind.WHOLE else found


def has_unread_number(field: Field, value: Any) -> bool:
    """True if a number of the answer is still text, because it could not be read."""
    if field.kind is FieldKind.ROWS:
        columns = [column.key for column in field.columns if is_number_column(column)]
        return any(isinstance(row.get(key), str) and row[key].strip() for row in parse_rows(value) for key in columns)
    return is_number_kind(field.kind) and isinstance(value, str) and bool(value.strip())


def list_number_questions(field: Field, value: Any, locale: str) -> tuple[NumberQuestion, ...]:
    """What there is to say or ask about the numbers of one answer."""
    if is_number_kind(field.kind):
        return tuple(_find_number_questions(f"“{field.label}”", field, value, locale, {}))
    if field.kind is not FieldKind.ROWS:
        return ()
    return tuple(
        question
        for place, row in enumerate(parse_rows(value), start=1)
        for column in field.columns
        if is_number_column(column)
        for question in _find_number_questions(
            f"“{field.label}”, row {place}, {column.label.lower()}:", column, row.get(column.key), locale, row
        )
    )


def _find_number_questions(
    where: str, asked: Field | EditableColumn, value: Any, locale: str, row: Mapping[str, Any]
) -> Iterator[NumberQuestion]:
    kind = _find_number_kind(asked)
    number, key = parse_number(value), asked.key if isinstance(asked, EditableColumn) else None
    if number is not None:
        for message in find_bound_errors(where, number, kind, asked):
            yield NumberQuestion(where=where, message=message, kind=kind, column_key=key)
    elif isinstance(value, str) and value.strip():
        found = _parse_number_answer(value, asked, locale, row)
        if isinstance(found, NumberError):
            yield NumberQuestion(
                where=where,
                message=f"{where} {found.message}",
                text=value,
                kind=kind,
                readings=found.readings,
                column_key=key,
            )


def _parse_number_answer(
    text: str, asked: Field | EditableColumn, locale: str, row: Mapping[str, Any]
) -> Decimal | NumberError:
    limits = NumberLimits(minimum=asked.minimum, maximum=asked.maximum)
    if isinstance(asked, EditableColumn) and asked.usual is not None:
        limits = replace(limits, usual=asked.usual(row), usual_name=asked.usual_name)
    return parse_typed_number(text, _find_number_kind(asked), locale, limits)


def _find_number_kind(asked: Field | EditableColumn) -> FieldKind:
    return FIELD_KIND_OF_COLUMN[asked.kind] if isinstance(asked, EditableColumn) else asked.kind
