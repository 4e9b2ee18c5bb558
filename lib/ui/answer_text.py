"""Answers as text: for reading a run one cannot change, and for putting two versions of it side by side."""

from typing import Any

import streamlit as st

from lib.content.block_text import format_table_cell
from lib.content.model import Cell, ColumnKind, Table
from lib.forms.model import Answers, Field, FieldKind, Form
from lib.text.format import format_date, format_decimal, format_money, format_percent, format_yes_no
from lib.text.html import Html
from lib.text.json_values import parse_date, parse_number, parse_rows
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line, truncate
from lib.ui import tables
from lib.ui.safe_text import draw_html

MAX_LINE_LENGTH = 400
MAX_TEXT_LENGTH = 20_000
UNANSWERED = ":gray[not answered]"


def draw_read_only_answers(form: Form, answers: Answers, *, key: str) -> None:
    """The questions and their answers; long texts in full."""
    if not form.fields:
        return
    with st.container(border=True, key=key):
        st.markdown(f"### {escape_markdown(form.title)}")
        for field in form.fields:
            draw_html(_build_answer_html(field, answers.get(field.key)))
            rows = _parse_answer_rows(field, answers.get(field.key))
            if field.kind is FieldKind.ROWS and rows:
                title = single_line(field.label)
                tables.draw_table_rows(
                    Table(title=title, columns=field.columns, rows=rows, empty=""), key=f"{key}.{field.key}"
                )


def format_answer(field: Field, value: object) -> str:
    """An answer in one line of inert Markdown, cut where it is long."""
    match value:
        case None | "" | []:
            return UNANSWERED
        case list() if field.kind is FieldKind.ROWS:
            lines = [_format_answer_row(field, row) for row in _parse_answer_rows(field, value)]
            return escape_markdown(truncate("; ".join(lines), MAX_LINE_LENGTH))
        case _:
            return escape_markdown(single_line(_format_answer_text(field, value), max_length=MAX_LINE_LENGTH))


def _parse_answer_rows(field: Field, value: object) -> tuple[dict[str, Cell], ...]:
    """The rows of an answer, with days as dates: an answer holds them as "YYYY-MM-DD"."""
    days = {column.key for column in field.columns if column.kind is ColumnKind.DATE}
    return tuple({key: _parse_cell(cell, is_day=key in days) for key, cell in row.items()} for row in parse_rows(value))


def _parse_cell(value: Any, *, is_day: bool) -> Cell:
    day = parse_date(value) if is_day else None
    return day or (value if value is None or isinstance(value, str | bool | int | float) else str(value))


def _format_answer_row(field: Field, row: dict[str, Cell]) -> str:
    kinds = {column.key: column.kind for column in field.columns}
    cells = ((cell, kinds.get(key, ColumnKind.TEXT)) for key, cell in row.items() if cell is not None)
    return ", ".join(format_table_cell(cell, kind) for cell, kind in cells)


def _build_answer_html(field: Field, value: object) -> Html:
    """The question above its whole answer; the rows of a table are drawn below it."""
    question = Html('<p class="zen-small zen-muted">{}</p>').format(field.label)
    if value in (None, "", []):
        return Html('{}<p class="zen-muted">not answered</p>').format(question)
    text = "" if field.kind is FieldKind.ROWS else truncate(_format_answer_text(field, value), MAX_TEXT_LENGTH)
    return Html('{}<p dir="auto">{}</p>').format(question, text) if text else question


def _format_answer_text(field: Field, value: object) -> str:
    names = {option.value: option.label for option in field.options}
    match field.kind, value:
        case FieldKind.YES_NO, bool():
            return format_yes_no(value)
        case FieldKind.MONEY | FieldKind.PERCENT | FieldKind.DECIMAL, str():  # text that could not be read as a number
            return value
        case FieldKind.MONEY, _:
            return format_money(parse_number(value))
        case FieldKind.PERCENT, _:
            return format_percent(parse_number(value))
        case FieldKind.DECIMAL, _:
            return format_decimal(parse_number(value) or 0)
        case FieldKind.DATE, _:
            return format_date(parse_date(value))
        case _, list():
            return ", ".join(names.get(item, str(item)) for item in value)
        case _:
            return names.get(str(value), str(value))
