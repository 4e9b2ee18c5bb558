"""Tables: short ones as HTML, so that a sentence in a cell is read whole; long ones as a grid that scrolls."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from lib.content.block_text import build_chart_table, format_table_cell
from lib.content.model import Cell, Chart, Column, ColumnKind, Table
from lib.files.spreadsheet_writer import XLSX_MEDIA_TYPE, build_table_xlsx
from lib.text.file_names import build_filename
from lib.text.format import NO_DATA, format_yes_no
from lib.text.html import Html
from lib.text.regional_format import keep_regional_format
from lib.text.truncate import single_line
from lib.ui.safe_text import draw_html

MAX_STATIC_ROWS = 24
NUMERIC_KINDS = (ColumnKind.NUMBER, ColumnKind.MONEY, ColumnKind.PERCENT)
CELL_CLASSES = {
    ColumnKind.TEXT: "zen-words",
    ColumnKind.DATE: "zen-day",
    ColumnKind.NUMBER: "zen-number",
    ColumnKind.MONEY: "zen-number",
    ColumnKind.PERCENT: "zen-number",
}


def draw_table(table: Table, *, key: str | None = None, max_static_rows: int = MAX_STATIC_ROWS) -> None:
    """Title, rows, source; the table's own sentence when there are none.

    More than `max_static_rows` rows are a grid, which can be sorted and downloaded.
    """
    if len(table.rows) <= max_static_rows:
        draw_html(build_table_html(table))
        return
    with st.container(gap="xsmall"):
        draw_html(Html("<h5>{}</h5>").format(table.title))
        _draw_table_grid(table, key=key)
        if table.source:
            draw_html(build_source_html(table.source))


def build_table_html(table: Table) -> Html:
    """Title, rows, source; the table's own sentence when there are none."""
    title = Html("<h5>{}</h5>").format(table.title)
    if not table.rows:
        return Html('{}<p class="zen-muted">{}</p>').format(title, table.empty)
    return Html("").join((title, build_table_rows_html(table), build_source_html(table.source)))


def draw_table_rows(table: Table, *, key: str | None = None, max_static_rows: int = MAX_STATIC_ROWS) -> None:
    """The rows alone, for a place that has its own title and source."""
    if len(table.rows) <= max_static_rows:
        draw_html(build_table_rows_html(table))
    else:
        _draw_table_grid(table, key=key)


def build_source_html(source: str | None) -> Html:
    """Where figures come from, as the line below them; nothing without a source."""
    if not source:
        return Html("")
    return Html('<p class="zen-small zen-muted">Source: {}</p>').format(source.removeprefix("Source: "))


def build_table_rows_html(table: Table, links: Mapping[str, Sequence[str]] | None = None) -> Html:
    """The rows as one table, numbers to the right. `links` are addresses by column, one for each row."""
    addresses = links or {}
    head = Html("").join(
        Html('<th class="{}">{}</th>').format(CELL_CLASSES[column.kind], column.label) for column in table.columns
    )
    rows = Html("").join(
        Html("<tr>{}</tr>").format(
            Html("").join(
                _build_cell_html(
                    row.get(column.key), column.kind, addresses[column.key][place] if column.key in addresses else None
                )
                for column in table.columns
            )
        )
        for place, row in enumerate(table.rows)
    )
    return Html('<div class="zen-table"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>').format(
        head, rows
    )


def _build_cell_html(value: Cell, kind: ColumnKind, link: str | None = None) -> Html:
    text: str | Html = format_table_cell(value, kind)
    muted = " zen-muted" if text == NO_DATA else ""
    if link is not None:
        text = Html('<a class="zen-link" href="{}" target="_self">{}</a>').format(link, text)
    return Html('<td class="{}{}">{}</td>').format(CELL_CLASSES[kind], muted, text)


def _draw_table_grid(table: Table, *, key: str | None) -> None:
    st.dataframe(
        build_styled_table_frame(table),
        hide_index=True,
        column_config={column.key: build_column_config(column) for column in table.columns},
        key=key,
        placeholder=NO_DATA,
        alt=single_line(table.title),
    )
    if key is not None:  # the grid's own menu has CSV, which only some countries' Excel opens in columns
        st.download_button(
            "Download spreadsheet",
            keep_regional_format(partial(build_table_xlsx, table)),
            build_filename("table", table.title, "xlsx", default="data"),
            XLSX_MEDIA_TYPE,
            key=f"{key}.xlsx",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def build_table_frame(table: Table) -> pd.DataFrame:
    """The rows as a frame with one column per `Column`, typed by its kind; a missing value stays missing."""
    return pd.DataFrame(
        {
            column.key: pd.Series(
                [convert_cell_for_grid(row.get(column.key), column.kind) for row in table.rows],
                dtype=_choose_column_dtype(column),
            )
            for column in table.columns
        }
    )


def build_styled_table_frame(table: Table) -> Styler:
    """The frame with its numbers as text in the person's format: Streamlit's own formats are the browser's."""
    texts: dict[Any, Any] = {
        column.key: partial(format_table_cell, kind=column.kind)
        for column in table.columns
        if column.kind in NUMERIC_KINDS
    }
    return build_table_frame(table).style.format(texts, na_rep=NO_DATA)


def build_column_config(column: Column) -> Any:
    """How Streamlit shows a column. A number without a format of Streamlit's own has the text of the frame."""
    label = single_line(column.label)
    match column.kind:
        case ColumnKind.TEXT:
            return st.column_config.TextColumn(label)
        case ColumnKind.NUMBER | ColumnKind.MONEY | ColumnKind.PERCENT:
            return st.column_config.NumberColumn(label)
        case ColumnKind.DATE:
            return st.column_config.DateColumn(label, format="D MMM YYYY")
        case unknown:
            raise NotImplementedError(f"No way to show a column of {unknown}.")


def convert_cell_for_grid(value: Cell, kind: ColumnKind) -> Any:
    """A cell in the type its column holds."""
    if value is None:
        return None
    if isinstance(value, bool):
        return format_yes_no(value)
    if kind is ColumnKind.TEXT:
        return single_line(str(value))
    return float(value) if isinstance(value, Decimal) else value


def build_chart_rows_html(chart: Chart) -> Html:
    """The values of a chart: a row per point. Missing ones read "no data"."""
    return build_table_rows_html(build_chart_table(chart))


def _choose_column_dtype(column: Column) -> str:
    return "Float64" if column.kind in NUMERIC_KINDS else "object"
