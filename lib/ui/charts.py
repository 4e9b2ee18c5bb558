"""Charts as Plotly figures: one look for all, in both themes.

Text, grid and background follow the browser's theme; the marks take their colours from `lib.ui.theme`. Names are
untrusted and Plotly reads HTML in labels: everything written into a figure passes `chart_traces.format_label`.
"""

from functools import lru_cache
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from babel import numbers

from lib.content.model import Cell, Chart, ChartKind, Point, Series
from lib.text.format import NO_DATA
from lib.text.html import Html
from lib.text.regional_format import DEFAULT_FORMAT, RegionalFormat, get_regional_format, parse_locale
from lib.text.truncate import single_line
from lib.ui.chart_axes import (
    add_missing_labels,
    add_reference_line,
    add_unit_label,
    build_category_axis,
    build_value_axis,
)
from lib.ui.chart_traces import (
    MISSING_MARK,
    build_series_trace,
    format_mark_label,
    format_tick,
    has_grouped_bars,
    pair_series_with_colors,
    to_axis_value,
)
from lib.ui.safe_text import draw_html
from lib.ui.tables import build_chart_rows_html, build_source_html
from lib.ui.theme import Palette, get_palette, is_dark_theme

MISSING_NOTE = f"{MISSING_MARK} {NO_DATA}"
PLOTLY_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}


def draw_chart(chart: Chart, *, key: str | None = None, rows: Html | None = None) -> None:
    """Title, takeaway, drawing, source, and the same values as a table one click away.

    `rows` (`tables.build_table_rows_html`) stand there instead of the chart's own points when they say more.
    """
    with st.container(gap="xsmall"):
        draw_html(_build_chart_head_html(chart))
        if not chart.has_data:
            return
        alt = single_line(chart.takeaway or f"{chart.title}: {chart.y_label} by {chart.x_label}")
        st.plotly_chart(
            get_cached_figure(chart, dark=is_dark_theme()),
            config=build_plotly_config(get_regional_format()),
            key=key,
            alt=alt,
        )
        draw_html(_build_chart_foot_html(chart, rows, get_regional_format()))


@lru_cache(maxsize=256)
def _build_chart_head_html(chart: Chart) -> Html:
    text = chart.takeaway if chart.has_data else chart.empty
    line = Html('<p class="{}">{}</p>').format("" if chart.has_data else "zen-muted", text) if text else ""
    return Html("<h5>{}</h5>{}").format(chart.title, line)


def build_plotly_config(regional: RegionalFormat) -> dict[str, Any]:
    """Plotly's options; its `$` in a format is the company's currency, its separators those of the locale."""
    if regional == DEFAULT_FORMAT:
        return PLOTLY_CONFIG
    locale = parse_locale(regional.locale)
    symbol = regional.currency_symbol
    signs = {
        "decimal": numbers.get_decimal_symbol(locale),
        "thousands": numbers.get_group_symbol(locale),
        "grouping": [3],
        "currency": ["", f"\u00a0{symbol}"] if regional.is_symbol_last else [symbol, ""],
    }
    return {**PLOTLY_CONFIG, "locale": "company", "locales": {"company": {"dictionary": {}, "format": signs}}}


@lru_cache(maxsize=256)
def _build_chart_foot_html(chart: Chart, rows: Html | None, regional: RegionalFormat) -> Html:
    rows = rows or build_chart_rows_html(chart)
    missing = Html('<p class="zen-small zen-muted">{}</p>').format(MISSING_NOTE) if has_marked_gaps(chart) else Html("")
    return Html('{}{}<details><summary class="zen-small">Show as table</summary>{}</details>').format(
        missing, build_source_html(chart.source), rows
    )


class CachedFigure(go.Figure):  # type: ignore[misc]  # Plotly is untyped
    """A figure that nobody changes, so that Streamlit's copy of it is made once."""

    _copy: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        if self._copy is None:
            self._copy = super().to_dict()
        return self._copy


@lru_cache(maxsize=128)
def get_cached_figure(chart: Chart, *, dark: bool) -> CachedFigure:
    """The figure of a chart and theme, built once: building takes longer than the rest of a rerun."""
    return CachedFigure(build_chart_figure(chart, dark=dark))


def build_chart_figure(chart: Chart, *, dark: bool) -> go.Figure:
    """The Plotly figure of a chart that has data. Bars start at zero; a missing value is a gap or says "no data"."""
    colours = get_palette(dark=dark)
    horizontal = has_horizontal_bars(chart)
    result = go.Figure()
    for series, colour in pair_series_with_colors(chart, colours):
        result.add_trace(build_series_trace(chart, series, colour, colours, horizontal=horizontal))
    values = build_value_axis(chart, colours, horizontal=horizontal)
    categories = build_category_axis(chart, colours, horizontal=horizontal)
    has_head = chart.reference is not None
    result.update_layout(
        xaxis=values if horizontal else categories,
        yaxis=categories if horizontal else values,
        font={"color": colours.muted},
        height=_compute_chart_height(chart, horizontal=horizontal),
        margin={"l": 8, "r": 24, "t": 58 if has_head and not horizontal else 34, "b": 8},
        barmode="stack" if chart.kind is ChartKind.STACKED_BAR else "group",
        bargap=0.35 if horizontal or len(list_category_values(chart)) > 3 else 0.6,
        hovermode="closest" if horizontal or chart.kind is ChartKind.SCATTER else "x unified",
        showlegend=_needs_legend(chart),
        uniformtext={
            "minsize": 10,
            "mode": "hide" if chart.kind is ChartKind.STACKED_BAR or has_grouped_bars(chart) else False,
        },
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "title": {"text": ""},
            "traceorder": "normal",
        },
    )
    if not horizontal:
        add_unit_label(result, chart, colours, above=has_head)
    _label_line_ends(result, chart, colours)
    add_missing_labels(result, chart, format_tick, colours, horizontal=horizontal)
    add_reference_line(result, chart, colours, horizontal=horizontal)
    return result


def has_horizontal_bars(chart: Chart) -> bool:
    """True if bars are horizontal, so that long or many names can be read."""
    if chart.kind is ChartKind.WATERFALL:
        return True
    if chart.kind not in (ChartKind.BAR, ChartKind.STACKED_BAR):
        return False
    words = [name for name in list_category_values(chart) if isinstance(name, str)]
    few = chart.kind is ChartKind.BAR and len(words) < 4
    return bool(words) and (few or len(words) > 5 or max(len(word) for word in words) > 12)


def has_marked_gaps(chart: Chart) -> bool:
    """True if a bar of a group is missing, where there is no room for words."""
    return has_grouped_bars(chart) and any(point.y is None for series in chart.series for point in series.points)


def list_category_values(chart: Chart) -> set[Cell]:
    return {point.x for series in chart.series for point in series.points}


def _label_line_ends(result: go.Figure, chart: Chart, colours: Palette) -> None:
    """Label up to two lines at their ends, the higher one above; more lines get a legend."""
    if chart.kind is not ChartKind.LINE or len(chart.series) < 2 or _needs_legend(chart):
        return
    ends = [
        (known, series, colour)
        for series, colour in pair_series_with_colors(chart, colours)
        if (known := _list_known_points(series))
    ]
    for place, (known, series, colour) in enumerate(sorted(ends, key=lambda end: -(end[0][-1].y or 0))):
        heights = [point.y or 0 for point in known[-max(1, len(known) // 4) :]]
        result.add_annotation(
            x=to_axis_value(known[-1].x),
            y=max(heights) if place == 0 else min(heights),
            text=format_mark_label(series.name),
            showarrow=False,
            font={"color": colour},
            xanchor="right",
            yanchor="bottom" if place == 0 else "top",
            yshift=4 if place == 0 else -4,
        )


def _list_known_points(series: Series) -> list[Point]:
    return [point for point in series.points if point.y is not None]


def _needs_legend(chart: Chart) -> bool:
    """False where the axis already names the series, or where two lines are labelled at their ends."""
    places = {str(place).lower() for place in list_category_values(chart)}
    if chart.kind is ChartKind.SCATTER and all(series.name.lower() in places for series in chart.series):
        return False
    return len(chart.series) > (2 if chart.kind is ChartKind.LINE else 1)


def _compute_chart_height(chart: Chart, *, horizontal: bool) -> int:
    if not horizontal:
        return (400 if chart.kind is ChartKind.SCATTER else 280) + (40 if _needs_legend(chart) else 0)
    rows = len(list_category_values(chart)) * (len(chart.series) if chart.kind is ChartKind.BAR else 1)
    return 84 + 36 * rows + (24 if _needs_legend(chart) else 0)
