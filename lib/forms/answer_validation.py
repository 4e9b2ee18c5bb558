"""Answers checked against a form: the initial answers, the errors, what to store.

Nothing here raises: answers are JSON from a browser, an older version of the form or an import. Keys the form does not
know are ignored, as they may belong to another version of it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lib.content.model import ColumnKind
from lib.forms.model import Answers, Bound, EditableColumn, Field, FieldKind, Form
from lib.text.format import format_count
from lib.text.json_values import (
    is_blank_row,
    parse_date,
    parse_integer,
    parse_number,
    parse_rows,
    parse_text,
    parse_time,
)
from lib.text.truncate import join_lines

MAX_TEXT_LENGTH = 500
MAX_LONG_TEXT_LENGTH = 200_000
MAX_ROWS = 100
NUMBER_KINDS = (FieldKind.WHOLE, FieldKind.DECIMAL, FieldKind.MONEY, FieldKind.PERCENT)


def build_initial_answers(form: Form, stored: Answers) -> dict[str, Any]:
    """The stored answer of each field, or its default where there is none or no widget can show it."""
    return {field.key: _choose_initial_answer(field, stored) for field in form.fields}


def validate_answers(form: Form, answers: Answers, *, draft: bool = False) -> tuple[str, ...]:
    """A sentence for each error, in the order of the form. With `draft`, unanswered questions are no error."""
    errors: list[str] = []
    for field in form.fields:
        value = answers.get(field.key)
        if is_blank_answer(value):
            if not draft and is_field_required(field, answers):
                errors.append(f"“{field.label}” needs an answer.")
        else:
            errors += _find_field_errors(field, value)
    return tuple(errors)


def clean_answers(form: Form, answers: Answers) -> dict[str, Any]:
    """The answers to store: the form's keys, blanks as null, no blank rows, no invisible characters."""
    return {field.key: _clean_answer(field, answers.get(field.key)) for field in form.fields}


def is_field_required(field: Field, answers: Answers) -> bool:
    """True if the field needs an answer, given the others."""
    if field.required or field.required_when is None:
        return field.required
    return field.required_when(answers)


def is_blank_answer(value: Any) -> bool:
    """True for null, blank text and a list of blanks. 0 and False are answers."""
    if value is None:
        return True
    if isinstance(value, str):
        return parse_text(value) is None
    if isinstance(value, list | tuple):
        return all(isinstance(row, Mapping) and is_blank_row(row) for row in value)
    return False


def _choose_initial_answer(field: Field, stored: Answers) -> Any:
    value = stored.get(field.key)
    if field.kind is FieldKind.TEXT and isinstance(value, str):
        value = join_lines(value)  # from before such fields were one line, or from a REST call
    return (
        value
        if field.key in stored and (is_blank_answer(value) or _can_widget_show_value(field, value))
        else field.default
    )


def _can_widget_show_value(field: Field, value: Any) -> bool:
    """True if the field's widget can show it. A value out of bounds is shown, with its error, as is unclear text."""
    if isinstance(value, str) and field.kind in NUMBER_KINDS:
        return True
    return KIND_CHECKS[field.kind][0](value) and not _has_unknown_choice(field, value)


def _has_unknown_choice(field: Field, value: Any) -> bool:
    if field.kind not in (FieldKind.CHOICE, FieldKind.MULTI):
        return False
    known = {option.value for option in field.options}
    return not known.issuperset([value] if isinstance(value, str) else value)


def _find_field_errors(field: Field, value: Any) -> Iterator[str]:
    fits, message = KIND_CHECKS[field.kind]
    if not fits(value):
        yield f"“{field.label}” {message}"
        return
    match field.kind:
        case FieldKind.TEXT | FieldKind.LONG_TEXT:
            limit = MAX_TEXT_LENGTH if field.kind is FieldKind.TEXT else MAX_LONG_TEXT_LENGTH
            if len(value) > limit:
                yield f"“{field.label}” is longer than {limit:,} characters."
            elif field.check is not None:
                yield from (f"“{field.label}” {problem}" for problem in field.check(value))
        case FieldKind.CHOICE | FieldKind.MULTI:
            if _has_unknown_choice(field, value):
                yield f"“{field.label}” has a choice that is no longer offered."
        case kind if kind in NUMBER_KINDS:
            yield from find_bound_errors(f"“{field.label}”", value, field.kind, field)
        case FieldKind.ROWS:
            yield from _find_row_errors(field, value)


def _find_row_errors(field: Field, value: list[Any]) -> Iterator[str]:
    if len(value) > MAX_ROWS:
        yield f"“{field.label}” has more than {format_count(MAX_ROWS, 'row')}."
        return
    for place, row in enumerate(parse_rows(value), start=1):
        for column in field.columns:
            yield from _find_cell_errors(f"“{field.label}”, row {place}, {column.label.lower()}", column, row)


def _find_cell_errors(where: str, column: EditableColumn, row: Mapping[str, Any]) -> Iterator[str]:
    cell: Any = row.get(column.key)
    if is_blank_answer(cell):
        if column.required:
            yield f"{where}: needs an answer."
        return
    fits, message = KIND_CHECKS[FIELD_KIND_OF_COLUMN[column.kind]]
    if not fits(cell):
        yield f"{where}: {message}"
    elif column.kind is ColumnKind.TEXT and len(cell) > MAX_TEXT_LENGTH:
        yield f"{where}: is longer than {MAX_TEXT_LENGTH:,} characters."
    elif column.kind not in (ColumnKind.TEXT, ColumnKind.DATE):
        yield from find_bound_errors(f"{where}:", cell, FIELD_KIND_OF_COLUMN[column.kind], column)


def find_bound_errors(where: str, value: Bound, kind: FieldKind, asked: Field | EditableColumn) -> Iterator[str]:
    """A sentence if the number is out of the bounds of what is asked. A percentage is 0 to 100 unless stated."""
    minimum, maximum = asked.minimum, asked.maximum
    if kind is FieldKind.PERCENT:
        minimum, maximum = (0 if minimum is None else minimum), (100 if maximum is None else maximum)
    if minimum is not None and value < minimum:
        yield f"{where} is below {minimum:,.10g}."
    if maximum is not None and value > maximum:
        yield f"{where} is above {maximum:,.15g}."


def _clean_answer(field: Field, value: Any) -> Any:
    if is_blank_answer(value):
        return None
    match field.kind:
        case FieldKind.TEXT if isinstance(value, str):
            return parse_text(join_lines(value))
        case FieldKind.LONG_TEXT if isinstance(value, str):
            return parse_text(value)
        case FieldKind.ROWS:
            keys = [column.key for column in field.columns]
            return [{key: _join_lines_of_cell(row.get(key)) for key in keys} for row in parse_rows(value)]
        case _:
            return list(value) if isinstance(value, tuple) else value


def _join_lines_of_cell(cell: Any) -> Any:
    return join_lines(cell) if isinstance(cell, str) else cell


def _is_row_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_number(value: Any) -> bool:
    return parse_number(value) is not None


KIND_CHECKS: Mapping[FieldKind, tuple[Callable[[Any], bool], str]] = {
    FieldKind.TEXT: (lambda value: isinstance(value, str), "must be text."),
    FieldKind.LONG_TEXT: (lambda value: isinstance(value, str), "must be text."),
    FieldKind.CHOICE: (lambda value: isinstance(value, str), "must be one of the choices."),
    FieldKind.MULTI: (_is_text_list, "must be a list of choices."),
    FieldKind.WHOLE: (lambda value: parse_integer(value) is not None, "must be a whole number."),
    FieldKind.DECIMAL: (_is_number, "must be a number."),
    FieldKind.MONEY: (_is_number, "must be an amount."),
    FieldKind.PERCENT: (_is_number, "must be a percentage."),
    FieldKind.YES_NO: (lambda value: isinstance(value, bool), "must be yes or no."),
    FieldKind.DATE: (lambda value: parse_date(value) is not None, "must be a date."),
    FieldKind.TIME: (lambda value: parse_time(value) is not None, "must be a time."),
    FieldKind.ROWS: (_is_row_list, "must be a list of rows."),
}
"""The check of each kind of field, and the message when it fails."""

FIELD_KIND_OF_COLUMN: Mapping[ColumnKind, FieldKind] = {
    ColumnKind.TEXT: FieldKind.TEXT,
    ColumnKind.NUMBER: FieldKind.WHOLE,
    ColumnKind.MONEY: FieldKind.MONEY,
    ColumnKind.PERCENT: FieldKind.PERCENT,
    ColumnKind.DATE: FieldKind.DATE,
}
