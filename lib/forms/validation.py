"""Answers against a form: what to begin with, what is wrong, whether it is done.

`validate` never raises: answers are JSON from a browser, an earlier version of the form or an import. Keys the form
does not know are left alone: they may belong to another version of it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lib.forms import answers as read
from lib.slides.model import Answers, Column, ColumnKind, Field, FieldKind, Form
from lib.text.format import format_count

MAX_TEXT_LENGTH = 500
MAX_LONG_TEXT_LENGTH = 200_000
MAX_ROWS = 100


def initial_answers(form: Form, stored: Answers) -> dict[str, Any]:
    """What to show: the stored answer, else the default. A stored one the form can no longer hold gives way to it."""
    return {field.key: _initial_answer(field, stored) for field in form.fields}


def validate_answers(form: Form, answers: Answers, *, draft: bool = False) -> tuple[str, ...]:
    """Every fault, as a sentence each, in the order of the form. With `draft`, unanswered questions are no fault."""
    faults: list[str] = []
    for field in form.fields:
        value = answers.get(field.key)
        if is_blank(value):
            if not draft and is_required(field, answers):
                faults.append(f"“{field.label}” needs an answer.")
        else:
            faults += _field_errors(field, value)
    return tuple(faults)


def is_complete(form: Form, answers: Answers) -> bool:
    """True when everything needed is answered and nothing is wrong."""
    return not validate_answers(form, answers)


def clean_answers(form: Form, answers: Answers) -> dict[str, Any]:
    """What to keep: the form's own keys, blanks as null, empty rows left out, texts without invisible characters."""
    return {field.key: _clean_answer(field, answers.get(field.key)) for field in form.fields}


def is_required(field: Field, answers: Answers) -> bool:
    """Whether the field needs an answer, given the others."""
    if field.required or field.required_when is None:
        return field.required
    return field.required_when(answers)


def is_blank(value: Any) -> bool:
    """Unanswered: null, blank text, or a list in which nothing stands. 0 and False are answers."""
    if value is None:
        return True
    if isinstance(value, str):
        return read.parse_text(value) is None
    if isinstance(value, list | tuple):
        return all(isinstance(row, Mapping) and read.is_blank_row(row) for row in value)
    return False


def _initial_answer(field: Field, stored: Answers) -> Any:
    value = stored.get(field.key)
    return value if field.key in stored and (is_blank(value) or _fits_widget(field, value)) else field.default


def _fits_widget(field: Field, value: Any) -> bool:
    """Whether a widget can hold it. What is merely out of bounds is shown, with its fault."""
    return KIND_CHECKS[field.kind][0](value) and not _has_unknown_choice(field, value)


def _has_unknown_choice(field: Field, value: Any) -> bool:
    if field.kind not in (FieldKind.CHOICE, FieldKind.MULTI):
        return False
    known = {option.value for option in field.options}
    return not known.issuperset([value] if isinstance(value, str) else value)


def _field_errors(field: Field, value: Any) -> Iterator[str]:
    fits, otherwise = KIND_CHECKS[field.kind]
    if not fits(value):
        yield f"“{field.label}” {otherwise}"
        return
    match field.kind:
        case FieldKind.TEXT | FieldKind.LONG_TEXT:
            longest = MAX_TEXT_LENGTH if field.kind is FieldKind.TEXT else MAX_LONG_TEXT_LENGTH
            if len(value) > longest:
                yield f"“{field.label}” is longer than {longest:,} characters."
        case FieldKind.CHOICE | FieldKind.MULTI:
            if _has_unknown_choice(field, value):
                yield f"“{field.label}” holds a choice that is no longer offered."
        case FieldKind.WHOLE | FieldKind.MONEY | FieldKind.PERCENT:
            yield from _bound_errors(f"“{field.label}”", value, *_field_bounds(field))
        case FieldKind.ROWS:
            yield from _row_errors(field, value)


def _field_bounds(field: Field) -> tuple[float | None, float | None]:
    if field.kind is FieldKind.PERCENT:
        return (0 if field.minimum is None else field.minimum, 100 if field.maximum is None else field.maximum)
    return field.minimum, field.maximum


def _row_errors(field: Field, value: list[Any]) -> Iterator[str]:
    if len(value) > MAX_ROWS:
        yield f"“{field.label}” has more than {format_count(MAX_ROWS, 'row')}."
        return
    for place, row in enumerate((row for row in value if not read.is_blank_row(row)), start=1):
        for column in field.columns:
            yield from _cell_errors(f"“{field.label}”, row {place}, {column.label.lower()}", column, row)


def _cell_errors(where: str, column: Column, row: Mapping[str, Any]) -> Iterator[str]:
    cell: Any = row.get(column.key)
    if is_blank(cell):
        if column.required:
            yield f"{where}: needs an answer."
        return
    fits, otherwise = KIND_CHECKS[FIELD_KIND_OF_COLUMN[column.kind]]
    if not fits(cell):
        yield f"{where}: {otherwise}"
    elif column.kind is ColumnKind.TEXT and len(cell) > MAX_TEXT_LENGTH:
        yield f"{where}: is longer than {MAX_TEXT_LENGTH:,} characters."
    elif column.kind not in (ColumnKind.TEXT, ColumnKind.DATE):
        yield from _bound_errors(f"{where}:", cell, column.minimum, column.maximum)


def _bound_errors(where: str, value: float, least: float | None, most: float | None) -> Iterator[str]:
    if least is not None and value < least:
        yield f"{where} is below {least:,.10g}."
    if most is not None and value > most:
        yield f"{where} is above {most:,.15g}."


def _clean_answer(field: Field, value: Any) -> Any:
    if is_blank(value):
        return None
    match field.kind:
        case FieldKind.TEXT | FieldKind.LONG_TEXT if isinstance(value, str):
            return read.parse_text(value)
        case FieldKind.ROWS:
            keys = [column.key for column in field.columns]
            return [{key: row.get(key) for key in keys} for row in read.parse_rows(value)]
        case _:
            return list(value) if isinstance(value, tuple) else value


def _is_row_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_number(value: Any) -> bool:
    return read.parse_number(value) is not None


KIND_CHECKS: Mapping[FieldKind, tuple[Callable[[Any], bool], str]] = {
    FieldKind.TEXT: (lambda value: isinstance(value, str), "must be text."),
    FieldKind.LONG_TEXT: (lambda value: isinstance(value, str), "must be text."),
    FieldKind.CHOICE: (lambda value: isinstance(value, str), "must be one of the choices."),
    FieldKind.MULTI: (_is_text_list, "must be a list of choices."),
    FieldKind.WHOLE: (lambda value: read.parse_integer(value) is not None, "must be a whole number."),
    FieldKind.MONEY: (_is_number, "must be an amount."),
    FieldKind.PERCENT: (_is_number, "must be a percentage."),
    FieldKind.YES_NO: (lambda value: isinstance(value, bool), "must be yes or no."),
    FieldKind.DATE: (lambda value: read.parse_date(value) is not None, "must be a date."),
    FieldKind.TIME: (lambda value: read.parse_time(value) is not None, "must be a time."),
    FieldKind.ROWS: (_is_row_list, "must be a list of rows."),
}
"""What each kind of field holds, and the words when it does not."""

FIELD_KIND_OF_COLUMN: Mapping[ColumnKind, FieldKind] = {
    ColumnKind.TEXT: FieldKind.TEXT,
    ColumnKind.NUMBER: FieldKind.MONEY,
    ColumnKind.MONEY: FieldKind.MONEY,
    ColumnKind.PERCENT: FieldKind.PERCENT,
    ColumnKind.DATE: FieldKind.DATE,
}
