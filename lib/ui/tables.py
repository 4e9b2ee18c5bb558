"""Tables: values as they read, missing ones said.

Short ones are set like text, so that a sentence in a cell is read whole; long ones scroll in a grid. Cells of the
first are Markdown and pass `escape`; those of the second are literal. The first are written as Markdown altogether:
`st.table` with a style cost more than the rest of a slide (docs/performance.md).
"""

import math
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from lib.slides.model import Cell, Chart, Column, ColumnKind, Table
from lib.slides.words import NO_DATA, count, day, escape, money, percent, plain, yes_no

MOST_ROWS_SET = 24
FORMATS = {ColumnKind.NUMBER: "localized", ColumnKind.MONEY: "dollar", ColumnKind.PERCENT: "%.1f %%"}


def draw_table(table: Table, *, key: str | None = None, most_set: int = MOST_ROWS_SET) -> None:
    """Title, rows, source; the table's own sentence when there are none. More than `most_set` rows are a grid, which
    can be sorted and downloaded."""
    with st.container(gap="xsmall"):
        st.markdown(f"##### {escape(table.title)}")
        if not table.rows:
            st.markdown(f":gray[{escape(table.empty)}]")
            return
        draw_rows(table, key=key, most_set=most_set)
        if table.source:
            st.caption(escape(f"Source: {table.source.removeprefix('Source: ')}"))


def draw_rows(table: Table, *, key: str | None = None, most_set: int = MOST_ROWS_SET) -> None:
    """The rows alone, for a place that has its own title and source."""
    if len(table.rows) <= most_set:
        st.markdown(set_rows(table))
        return
    st.dataframe(
        rows_frame(table),
        hide_index=True,
        column_config={column.key: column_config(column) for column in table.columns},
        key=key,
        placeholder=NO_DATA,
        alt=plain(table.title),
    )


def set_rows(table: Table) -> str:
    """The rows as one Markdown table, figures to the right."""
    lines = [
        [escape(column.label) for column in table.columns],
        ["---" if column.kind in (ColumnKind.TEXT, ColumnKind.DATE) else "---:" for column in table.columns],
        *([_set(row.get(column.key), column.kind) for column in table.columns] for row in table.rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _set(value: Cell, kind: ColumnKind) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return f":gray[{NO_DATA}]"
    said = escape(yes_no(value) if isinstance(value, bool) else _words(value, kind))
    return said if kind is ColumnKind.TEXT else said.replace(" ", "\u00a0")  # a day or a figure stays on its line


def _words(value: Any, kind: ColumnKind) -> str:
    match kind:
        case ColumnKind.MONEY:
            return money(value)
        case ColumnKind.PERCENT:
            return percent(value)
        case ColumnKind.NUMBER:
            return count(value)
        case ColumnKind.DATE:
            return day(value)
        case _:
            return str(value)


def rows_frame(table: Table) -> pd.DataFrame:
    """The rows as a frame with one column per `Column`, typed by its kind; a missing value stays missing."""
    return pd.DataFrame(
        {
            column.key: pd.Series([cell(row.get(column.key), column.kind) for row in table.rows], dtype=_dtype(column))
            for column in table.columns
        }
    )


def column_config(column: Column) -> Any:
    """How Streamlit shows a column: `MONEY` in USD, `PERCENT` 0-100."""
    label = plain(column.label)
    match column.kind:
        case ColumnKind.TEXT:
            return st.column_config.TextColumn(label)
        case ColumnKind.NUMBER | ColumnKind.MONEY | ColumnKind.PERCENT:
            return st.column_config.NumberColumn(label, format=FORMATS[column.kind])
        case ColumnKind.DATE:
            return st.column_config.DateColumn(label, format="D MMM YYYY")
        case unknown:
            raise NotImplementedError(f"No way to show a column of {unknown}.")


def cell(value: Cell, kind: ColumnKind) -> Any:
    """A cell in the type its column holds."""
    if value is None:
        return None
    if isinstance(value, bool):
        return yes_no(value)
    if kind is ColumnKind.TEXT:
        return plain(str(value))
    return float(value) if isinstance(value, Decimal) else value


def frame_of(chart: Chart) -> pd.DataFrame:
    """A chart's figures: a row per point. Missing ones read "no data"."""
    labelled = any(point.label for series in chart.series for point in series.points)
    named = len(chart.series) > 1
    rows = [
        ({"": plain(series.name)} if named else {})
        | ({"Label": plain(point.label or "")} if labelled else {})
        | {plain(chart.x_label): _said(point.x), plain(chart.y_label): _said(point.y)}
        for series in chart.series
        for point in series.points
    ]
    return pd.DataFrame(rows)


def _said(value: Cell) -> str:
    match value:
        case None:
            return NO_DATA
        case float() | Decimal():
            return f"{value:,.2f}".removesuffix(".00")
        case int():
            return f"{value:,}"
        case _:
            return plain(str(value))


def _dtype(column: Column) -> str:
    numeric = column.kind in (ColumnKind.NUMBER, ColumnKind.MONEY, ColumnKind.PERCENT)
    return "Float64" if numeric else "object"
