"""A form as widgets: seeded once, then read from session state, so that callbacks and pages see the same.

Adding a kind of field costs a case in `_draw_field_widget`, one in `lib.ui.widget_values.json_to_widget_value`
and a test.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Literal

import streamlit as st

from lib.forms.answer_validation import NUMBER_KINDS, build_initial_answers, is_field_required
from lib.forms.model import Answers, Field, FieldKind, Form
from lib.forms.number_answers import is_number_kind, list_number_questions
from lib.text.json_values import parse_number
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui.form_keys import FormKeys as FormKeys
from lib.ui.number_widgets import (
    choose_number_icon,
    draw_number_question,
    format_number_widget,
    get_number_locale,
    read_number,
    remember_number_of_text,
)
from lib.ui.number_widgets import (
    draw_field_error as draw_field_error,
)
from lib.ui.row_editor import draw_row_editor
from lib.ui.widget_values import (
    JsonRow,
    apply_row_edits,
    json_to_widget_value,
    number_duplicate_labels,
    widget_value_to_json,
)

WIDTH = 720
SHORT_WIDTH = 340
PADDING = 17
FORM_KEY = "slide_form"
SHORT_KINDS = (*NUMBER_KINDS, FieldKind.DATE, FieldKind.TIME, FieldKind.YES_NO)
FEW_CHOICES = 5
FEW_LETTERS = 90
LONG_TEXT_LENGTH = 3000
DATE_BOUNDS = (date(2000, 1, 1), date(2100, 12, 31))


ChoiceStyle = Literal["auto", "list", "select", "open"]


def seed_widgets(form: Form, stored: Answers, keys: FormKeys, *, are_in_browser: bool = False) -> None:
    """Put stored answers, or the defaults, into widgets that have not been drawn yet.

    `are_in_browser`: their values come from there; only what stands behind them is put in place.
    """
    shown = build_initial_answers(form, stored)
    for field in form.fields:
        key = keys.rows_key(field) if field.kind is FieldKind.ROWS else keys.field_key(field)
        shown_value = json_to_widget_value(field, shown[field.key], get_number_locale())
        if is_number_kind(field.kind):
            # A stored number stays exactly as it is while its text is not changed.
            remember_number_of_text(field, keys, None, shown_value, parse_number(shown[field.key]))
        if key not in st.session_state and (field.kind is FieldKind.ROWS or not are_in_browser):
            st.session_state[key] = shown_value


def read_first_rows(form: Form, keys: FormKeys) -> dict[str, list[JsonRow]]:
    """The rows that each row editor started with."""
    fields = (field for field in form.fields if field.kind is FieldKind.ROWS)
    return {field.key: st.session_state[keys.rows_key(field)] for field in fields}


def has_widget_value(field: Field, keys: FormKeys) -> bool:
    """False if a widget was neither seeded nor sent by the browser, or holds nothing."""
    return field.kind is FieldKind.ROWS or st.session_state.get(keys.field_key(field)) not in (None, [])


def read_widget_answers(form: Form, keys: FormKeys) -> dict[str, Any]:
    """The answers in the widgets as JSON, also before they are drawn."""
    return {field.key: _read_widget_value(field, keys) for field in form.fields}


def read_typed_texts(form: Form, keys: FormKeys, answers: Answers) -> dict[str, str]:
    """The texts in the widgets by label, as the browser has them. Numbers are none: they are rewritten when read."""
    fields = (field for field in form.fields if field.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT))
    return {_build_field_label(field, answers): st.session_state.get(keys.field_key(field)) or "" for field in fields}


def draw_form_fields(
    form: Form, keys: FormKeys, answers: Answers, *, errors: Sequence[str] = (), key: str = FORM_KEY
) -> None:
    """The questions, short ones side by side; each error under its own question, the rest above them.

    `key` names the container: FORM_KEY is the slide's own form.
    """
    if not form.fields:
        return
    is_wide = any(_choose_field_width(field) == "stretch" for field in form.fields)
    with st.container(border=True, key=key, width="stretch" if is_wide else WIDTH + 2 * PADDING):
        st.markdown(f"### {escape_markdown(form.title)}")
        for message in errors:
            if not any(_is_error_of_field(message, field) for field in form.fields):
                draw_field_error(message)
        for are_short, group in groupby(form.fields, key=lambda field: field.kind in SHORT_KINDS):
            fields = list(group)
            if are_short and len(fields) > 1:
                _draw_fields_side_by_side(fields, keys, answers, errors)
                continue
            for field in fields:
                with st.container(gap="xxsmall", width=_choose_field_width(field)):
                    draw_form_field(field, keys, answers, errors)


def _draw_fields_side_by_side(fields: list[Field], keys: FormKeys, answers: Answers, errors: Sequence[str]) -> None:
    with st.container(width=WIDTH):
        for column, field in zip(st.columns(len(fields), vertical_alignment="bottom"), fields, strict=True):
            with column:
                draw_form_field(field, keys, answers, errors)


def draw_form_field(
    field: Field, keys: FormKeys, answers: Answers, errors: Sequence[str] = (), *, choice: ChoiceStyle = "auto"
) -> bool:
    """One question with its errors. True if there is something wrong or to ask about a number in it.

    `choice` is how a choice is drawn; `open` also takes what is typed and not among the options.
    """
    _draw_field_widget(field, keys, answers, choice=choice)
    questions = list_number_questions(field, answers.get(field.key), get_number_locale())
    for question in questions:
        draw_number_question(field, keys, question)
    for message in errors:
        if _is_error_of_field(message, field) and not any(question.is_about_text(message) for question in questions):
            draw_field_error(message, field.label)
    return bool(questions)


def _choose_field_width(field: Field) -> Any:
    """Rows take the full width, texts the width of a page, figures what they need."""
    if field.kind is FieldKind.ROWS and len(field.columns) > 3:
        return "stretch"
    return SHORT_WIDTH if field.kind in SHORT_KINDS and field.kind is not FieldKind.YES_NO else WIDTH


def _is_error_of_field(error: str, field: Field) -> bool:
    return error.startswith(f"“{field.label}”")


def _read_widget_value(field: Field, keys: FormKeys) -> Any:
    if field.kind is FieldKind.ROWS:
        rows = apply_row_edits(
            field.columns,
            st.session_state.get(keys.rows_key(field), []),
            _read_row_changes(keys.field_key(field)),
            lambda column, text, row: read_number(field, keys, column, text, row),
        )
        return rows or None
    value = st.session_state.get(keys.field_key(field))
    return read_number(field, keys, None, value, {}) if is_number_kind(field.kind) else widget_value_to_json(value)


def _read_row_changes(key: str) -> Mapping[str, Any] | None:
    changes = st.session_state.get(key)
    return changes if isinstance(changes, Mapping) else None


def _draw_field_widget(field: Field, keys: FormKeys, answers: Answers, *, choice: ChoiceStyle) -> None:
    label, key = _build_field_label(field, answers), keys.field_key(field)
    common: dict[str, Any] = {"key": key, "help": _build_field_help(field)}
    match field.kind:
        case FieldKind.TEXT:
            st.text_input(label, None, placeholder=field.placeholder, **common)
        case FieldKind.LONG_TEXT:
            is_long = len(st.session_state.get(key) or "") > LONG_TEXT_LENGTH
            st.text_area(label, None, placeholder=field.placeholder, height=480 if is_long else "content", **common)
        case FieldKind.CHOICE:
            _draw_choice_widget(field, label, choice, common)
        case FieldKind.MULTI:
            options = _list_choice_options(field, st.session_state.get(key) or [])
            st.multiselect(label, list(options), format_func=lambda value: options.get(value, value), **common)
        case FieldKind.WHOLE | FieldKind.DECIMAL | FieldKind.MONEY | FieldKind.PERCENT:
            # Streamlit's number input drops a decimal comma: "84,50" would be 8,450.
            st.text_input(
                label,
                None,
                icon=choose_number_icon(field.kind),
                on_change=format_number_widget,
                args=(field, keys),
                **common,
            )
        case FieldKind.YES_NO:
            words = {True: "Yes", False: "No"}
            st.segmented_control(label, list(words), format_func=words.__getitem__, **common)
        case FieldKind.DATE:
            low, high = _widen_date_bounds(st.session_state.get(key))
            st.date_input(label, None, low, high, format="YYYY-MM-DD", **common)
        case FieldKind.TIME:
            st.time_input(label, None, step=timedelta(minutes=15), **common)
        case FieldKind.ROWS:
            draw_row_editor(field, keys, label, help=_build_field_help(field))
        case unknown:
            raise NotImplementedError(f"No way to ask for a field of {unknown}.")


def _build_field_label(field: Field, answers: Answers) -> str:
    """Plain words with little Markdown: screen readers read a label as it is written."""
    return escape_markdown(field.label) + ("" if is_field_required(field, answers) else " (optional)")


def _build_field_help(field: Field) -> str | None:
    return escape_markdown(field.help) if field.help else None


def _draw_choice_widget(field: Field, label: str, style: ChoiceStyle, common: dict[str, Any]) -> None:
    """A few short options side by side, more of them in a select box, unless `style` says which."""
    chosen = st.session_state.get(common["key"])
    options = _list_choice_options(field, [chosen])
    if style == "open":
        names = dict.fromkeys([*(option.value for option in field.options), *([chosen] if chosen else [])])
        st.selectbox(label, list(names), None, placeholder=field.placeholder, accept_new_options=True, **common)
    elif style == "list":
        st.radio(label, list(options), None, format_func=lambda value: escape_markdown(options[value]), **common)
    elif style == "auto" and len(options) <= FEW_CHOICES and sum(len(name) for name in options.values()) < FEW_LETTERS:
        st.segmented_control(label, list(options), format_func=lambda value: escape_markdown(options[value]), **common)
    else:
        st.selectbox(
            label,
            list(options),
            None,
            format_func=lambda value: options.get(value, value),
            placeholder="Choose",
            **common,
        )


def _list_choice_options(field: Field, chosen: Sequence[Any]) -> dict[str, str]:
    """Value -> label. A stored value that is no longer offered is among them, so that it is not lost."""
    offered = {option.value: single_line(option.label, max_length=160) for option in field.options}
    gone = {
        value: f"{single_line(value, max_length=120)} (no longer offered)"
        for value in chosen
        if value and value not in offered
    }
    options = offered | gone
    return dict(zip(options, number_duplicate_labels(list(options.values())), strict=True))


def _widen_date_bounds(value: date | None) -> tuple[date, date]:
    return (min(DATE_BOUNDS[0], value), max(DATE_BOUNDS[1], value)) if isinstance(value, date) else DATE_BOUNDS
