"""Answers as text: for reading a run one cannot change, and for putting two versions of it side by side."""

import streamlit as st

from lib.slides import answers as read
from lib.slides.model import Answers, Field, FieldKind, Form, Table
from lib.slides.words import cut, day, escape, escape_lines, money, percent, plain, yes_no
from lib.ui import tables

SHOWN = 400
LONGEST = 20_000
UNANSWERED = ":gray[not answered]"


def draw(form: Form, answers: Answers, *, key: str) -> None:
    """The questions and what stands there now; long texts whole."""
    if not form.fields:
        return
    with st.container(border=True, key=key):
        st.markdown(f"### {escape(form.title)}")
        for field in form.fields:
            st.markdown(f":small[:gray[{escape(field.label)}]]  \n{_whole(field, answers.get(field.key))}")
            rows = read.rows(answers.get(field.key))
            if field.kind is FieldKind.ROWS and rows:
                title = plain(field.label)
                tables.draw_rows(
                    Table(title=title, columns=field.columns, rows=rows, empty=""), key=f"{key}.{field.key}"
                )


def said(field: Field, value: object) -> str:
    """An answer in one line of inert Markdown, cut where it is long."""
    match value:
        case None | "" | []:
            return UNANSWERED
        case list() if field.kind is FieldKind.ROWS:
            lines = [", ".join(str(cell) for cell in row.values() if cell is not None) for row in read.rows(value)]
            return escape(cut("; ".join(lines), SHOWN))
        case _:
            return escape(plain(_words(field, value), most=SHOWN))


def _whole(field: Field, value: object) -> str:
    if value in (None, "", []):
        return UNANSWERED
    return "" if field.kind is FieldKind.ROWS else escape_lines(cut(_words(field, value), LONGEST))


def _words(field: Field, value: object) -> str:
    names = {option.value: option.label for option in field.options}
    match field.kind, value:
        case FieldKind.YES_NO, bool():
            return yes_no(value)
        case FieldKind.MONEY, _:
            return money(read.number(value))
        case FieldKind.PERCENT, _:
            return percent(read.number(value))
        case FieldKind.DATE, _:
            return day(read.day(value))
        case _, list():
            return ", ".join(names.get(item, str(item)) for item in value)
        case _:
            return names.get(str(value), str(value))
