"""How the cells of a column are read: the order of its dates, its decimal sign, whether 0.15 means 15%."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from lib.imports import mapping_changes
from lib.imports.column_formats import NUMBER_TYPES
from lib.imports.column_mapping import ColumnMapping, DayOrder, DecimalSign, MappedColumn
from lib.imports.mapping_questions import MappingQuestion, QuestionKind
from lib.imports.record_fields import ValueType
from lib.text.format import format_count, humanize_code
from lib.text.markdown_escape import escape_markdown
from lib.ui.imports.import_draft import ImportDraft
from lib.ui.session_keys import import_field_key

DAY_ORDER_LABELS = {
    DayOrder.DAY_FIRST: "day first, 31/12/2026",
    DayOrder.MONTH_FIRST: "month first, 12/31/2026",
    DayOrder.YEAR_FIRST: "year first, 26-12-31",
}
DECIMAL_SIGN_LABELS = {DecimalSign.POINT: "point, 1,234.50", DecimalSign.COMMA: "comma, 1.234,50"}
FRACTION_LABELS = {True: "0.15 means 15%", False: "0.15 means 0.15%"}


def draw_column_format(draft: ImportDraft, place: int, column: MappedColumn, question: MappingQuestion | None) -> None:
    """The formats of a column, each of which can be changed; for a field without one, what belongs in it."""
    field = draft.mapping.find_field(column.field)
    if field is None:
        return
    asked = question.kind if question else None
    if field.type is ValueType.DAY and (column.day_order or asked is QuestionKind.DAY_ORDER):
        _draw_format_select(
            draft, place, "days", DAY_ORDER_LABELS, column.day_order, mapping_changes.set_day_order, question
        )
    elif field.type in NUMBER_TYPES and (column.decimal_sign or asked is QuestionKind.DECIMAL_SIGN):
        change = mapping_changes.set_decimal_sign
        _draw_format_select(draft, place, "decimals", DECIMAL_SIGN_LABELS, column.decimal_sign, change, question)
    elif field.hint:
        st.caption(escape_markdown(field.hint))
    if field.type is ValueType.PERCENT and (column.is_fraction or asked is QuestionKind.FRACTION):
        _draw_format_select(
            draft, place, "fraction", FRACTION_LABELS, column.is_fraction, mapping_changes.set_is_fraction, question
        )


def draw_blank_value(draft: ImportDraft, place: int, column: MappedColumn) -> None:
    """What blank cells of a code mean, for a person to choose: without it new records are refused."""
    field, blank = draft.mapping.find_field(column.field), draft.count_blank_cells(place)
    if field is None or not blank or field.type is not ValueType.CODE:
        return
    if not field.is_required and field.proposed_code is None:
        return
    key = import_field_key(draft.id, f"blank.{place}")
    st.session_state[key] = column.blank_value
    proposed = (field.proposed_code,) if field.proposed_code else ()
    st.selectbox(
        f"For {format_count(blank, 'blank cell')} use",
        list(dict.fromkeys((*proposed, *field.codes))),
        key=key,
        index=None,
        format_func=lambda code: humanize_code(code).capitalize() + (" (proposed)" if code in proposed else ""),
        placeholder="Nothing",
        help="New records need a value. Records that Zen already has keep their own.",
        on_change=lambda: draft.change_mapping(mapping_changes.set_blank_value, place, st.session_state[key]),
    )


def _draw_format_select(
    draft: ImportDraft,
    place: int,
    name: str,
    labels: Mapping[Any, str],
    current: Any,
    change: Callable[..., ColumnMapping],
    question: MappingQuestion | None,
) -> None:
    """While nobody has said: the question with its options; afterwards what was said, to be changed."""
    key = import_field_key(draft.id, f"{name}.{place}")
    st.session_state[key] = current
    is_open = current is None and question is not None
    st.selectbox(
        escape_markdown(question.text if is_open and question else f"Read as ({name})"),
        list(labels),
        key=key,
        format_func=labels.__getitem__,
        placeholder="Choose…",
        label_visibility="visible" if is_open else "collapsed",
        on_change=_change_column_format,
        args=(draft, change, place, key),
    )


def _change_column_format(draft: ImportDraft, change: Callable[..., ColumnMapping], place: int, key: str) -> None:
    """A callback."""
    if st.session_state[key] is not None:
        draft.change_mapping(change, place, st.session_state[key])
