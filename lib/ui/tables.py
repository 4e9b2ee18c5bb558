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

from lib.content.model import Cell, Chart, Column, ColumnKind, Table
from lib.text.escape import escape_markdown
from lib.text.format import NO_DATA, format_count, format_date, format_money, format_percent, format_yes_no
from lib.text.truncate import single_line

MAX_STATIC_ROWS = 24
COLUMN_FORMATS = {ColumnKind.NUMBER: "localized", ColumnKind.MONEY: "dollar", ColumnKind.PERCENT: "%.1f %%"}


def draw_table(table: Table, *, key: str | None = None, max_static_rows: int = MAX_STATIC_ROWS) -> None:
    """Title, rows, source; the table's own sentence when there are none. More than `most_set` rows are a grid, which
    can be sorted and downloaded."""
    with st.container(gap="xsmall"):
        st.markdown(f"##### {escape_markdown(table.title)}")
        if not table.rows:
            st.markdown(f":gray[{escape_markdown(table.empty)}]")
            return
        draw_rows(table, key=key, max_static_rows=max_static_rows)
        if table.source:
            st.caption(escape_markdown(f"Source: {table.source.removeprefix('Source: ')}"))


def draw_rows(table: Table, *, key: str | None = None, max_static_rows: int = MAX_STATIC_ROWS) -> None:
    """The rows alone, for a place that has its own title and source."""
    if len(table.rows) <= max_static_rows:
        st.markdown(format_static_rows(table))
        return
    st.dataframe(
        build_frame(table),
        hide_index=True,
        column_config={column.key: column_config(column) for column in table.columns},
        key=key,
        placeholder=NO_DATA,
        alt=single_line(table.title),
    )


def format_static_rows(table: Table) -> str:
    """The rows as one Markdown table, figures to the right."""
    lines = [
        [escape_markdown(column.label) for column in table.columns],
        ["---" if column.kind in (ColumnKind.TEXT, ColumnKind.DATE) else "---:" for column in table.columns],
        *([_format_cell(row.get(column.key), column.kind) for column in table.columns] for row in table.rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _format_cell(value: Cell, kind: ColumnKind) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return f":gray[{NO_DATA}]"
    said = escape_markdown(format_yes_no(value) if isinstance(value, bool) else _format_value(value, kind))
    return said if kind is ColumnKind.TEXT else said.replace(" ", "\u00a0")  # a day or a figure stays on its line


def _format_value(value: Any, kind: ColumnKind) -> str:
    match kind:
        case ColumnKind.MONEY:
            return format_money(value)
        case ColumnKind.PERCENT:
            return format_percent(value)
        case ColumnKind.NUMBER:
            return format_count(value)
        case ColumnKind.DATE:
            return format_date(value)
        case _:
            return str(value)


def build_frame(table: Table) -> pd.DataFrame:
    """The rows as a frame with one column per `Column`, typed by its kind; a missing value stays missing."""
    return pd.DataFrame(
        {
            column.key: pd.Series(
                [convert_cell(row.get(column.key), column.kind) for row in table.rows], dtype=_dtype(column)
            )
            for column in table.columns
        }
    )


def column_config(column: Column) -> Any:
    """How Streamlit shows a column: `MONEY` in USD, `PERCENT` 0-100."""
    label = single_line(column.label)
    match column.kind:
        case ColumnKind.TEXT:
            return st.column_config.TextColumn(label)
        case ColumnKind.NUMBER | ColumnKind.MONEY | ColumnKind.PERCENT:
            return st.column_config.NumberColumn(label, format=COLUMN_FORMATS[column.kind])
        case ColumnKind.DATE:
            return st.column_config.DateColumn(label, format="D MMM YYYY")
        case unknown:
            raise NotImplementedError(f"No way to show a column of {unknown}.")


def convert_cell(value: Cell, kind: ColumnKind) -> Any:
    """A cell in the type its column holds."""
    if value is None:
        return None
    if isinstance(value, bool):
        return format_yes_no(value)
    if kind is ColumnKind.TEXT:
        return single_line(str(value))
    return float(value) if isinstance(value, Decimal) else value


def build_chart_frame(chart: Chart) -> pd.DataFrame:
    """A chart's figures: a row per point. Missing ones read "no data"."""
    labelled = any(point.label for series in chart.series for point in series.points)
    named = len(chart.series) > 1
    rows = [
        ({"": single_line(series.name)} if named else {})
        | ({"Label": single_line(point.label or "")} if labelled else {})
        | {single_line(chart.x_label): _format_point(point.x), single_line(chart.y_label): _format_point(point.y)}
        for series in chart.series
        for point in series.points
    ]
    return pd.DataFrame(rows)


def _format_point(value: Cell) -> str:
    match value:
        case None:
            return NO_DATA
        case float() | Decimal():
            return f"{value:,.2f}".removesuffix(".00")
        case int():
            return f"{value:,}"
        case _:
            return single_line(str(value))


def _dtype(column: Column) -> str:
    numeric = column.kind in (ColumnKind.NUMBER, ColumnKind.MONEY, ColumnKind.PERCENT)
    return "Float64" if numeric else "object"
