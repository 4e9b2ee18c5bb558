"""Tables: values as they read, missing ones said.

Short ones are set like text, so that a sentence in a cell is read whole; long ones scroll in a grid. Cells of the
first are Markdown and pass `escape`; those of the second are literal.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from lib.slides.model import Cell, Chart, Column, ColumnKind, Table
from lib.slides.words import NO_DATA, count, day, escape, money, percent, plain, yes_no

MOST_ROWS_SET = 24
FORMATS = {ColumnKind.NUMBER: "localized", ColumnKind.MONEY: "dollar", ColumnKind.PERCENT: "%.1f %%"}


def draw_table(table: Table, *, key: str | None = None, as_grid: bool = False) -> None:
    """Title, rows, source; the table's own sentence when there are none. A grid can be sorted and downloaded."""
    with st.container(gap="xsmall"):
        st.markdown(f"##### {escape(table.title)}")
        if not table.rows:
            st.markdown(f":gray[{escape(table.empty)}]")
            return
        draw_rows(table, key=key, as_grid=as_grid)
        if table.source:
            st.caption(escape(f"Source: {table.source.removeprefix('Source: ')}"))


def draw_rows(table: Table, *, key: str | None = None, as_grid: bool = False) -> None:
    """The rows alone, for a place that has its own title and source."""
    if len(table.rows) <= MOST_ROWS_SET and not as_grid:
        st.table(set_rows(table), border="horizontal", hide_index=True, alt=plain(table.title))
        return
    st.dataframe(
        rows_frame(table),
        hide_index=True,
        column_config={column.key: column_config(column) for column in table.columns},
        key=key,
        placeholder=NO_DATA,
        alt=plain(table.title),
    )


def set_rows(table: Table) -> Any:
    """The rows as Markdown, figures to the right: a styled frame under the columns' labels."""
    frame = rows_frame(table).rename(columns={column.key: escape(column.label) for column in table.columns})
    say: dict[Any, Any] = {escape(column.label): _speaker(column.kind) for column in table.columns}
    return frame.style.format(say)


def _speaker(kind: ColumnKind) -> Callable[[Any], str]:
    def say(value: Any) -> str:
        if pd.isna(value):
            return f":gray[{NO_DATA}]"
        return escape(_words(value, kind))

    return say


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
