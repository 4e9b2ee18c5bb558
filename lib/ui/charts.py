"""From a `Chart` (data) to a drawing: one look for all charts, in both themes.

Text, grid and background follow the browser's theme by themselves; the marks take their colours from `lib.ui.theme`.
Names come from outside and Plotly reads HTML in labels: everything written into a figure passes `plain_label`.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import escape as escape_html
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from lib.slides.model import Cell, Chart, ChartKind, Point, Series, Table, Tone
from lib.slides.words import cut, escape, plain
from lib.ui.axes import category_axis, mark_missing, measure_axis, reference_line, unit
from lib.ui.patterns import bar_marker
from lib.ui.tables import draw_rows, frame_of
from lib.ui.theme import Palette, is_dark, palette

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
LABEL_LENGTH = 32


def draw(chart: Chart, *, key: str | None = None, table: Table | None = None) -> None:
    """Title, takeaway, drawing, source, and the same figures as a table one click away.

    `table` stands there instead of the chart's own points when it says more than they do.
    """
    with st.container(gap="xsmall"):
        st.markdown(f"##### {escape(chart.title)}")
        if not chart.has_data:
            st.markdown(f":gray[{escape(chart.empty)}]")
            return
        if chart.takeaway:
            st.markdown(escape(chart.takeaway))
        alt = plain(chart.takeaway or f"{chart.title}: {chart.y_label} by {chart.x_label}")
        st.plotly_chart(drawn(chart, dark=is_dark()), config=CONFIG, key=key, alt=alt)
        if chart.source:
            st.caption(escape(f"Source: {chart.source.removeprefix('Source: ')}"))
        with st.expander("Show as table", type="compact"):
            if table is not None:
                draw_rows(table)
            else:
                st.dataframe(frame_of(chart), hide_index=True, alt=f"Figures of the chart: {plain(chart.title)}")


@lru_cache(maxsize=128)
def drawn(chart: Chart, *, dark: bool) -> go.Figure:
    """`figure`, once for the same chart: building one costs more than all the rest of a rerun. Nobody changes it."""
    return figure(chart, dark=dark)


def figure(chart: Chart, *, dark: bool) -> go.Figure:
    """The Plotly figure of a chart that has data. Bars start at zero; a missing value is a gap or says "no data"."""
    colours = palette(dark=dark)
    lying = is_lying(chart)
    result = go.Figure()
    for series, colour in _coloured(chart, colours):
        result.add_trace(_trace(chart, series, colour, colours, lying=lying))
    measure, across = measure_axis(chart, colours, lying=lying), category_axis(chart, colours, lying=lying)
    has_head = chart.reference is not None
    result.update_layout(
        xaxis=measure if lying else across,
        yaxis=across if lying else measure,
        font={"color": colours.muted},
        height=_height(chart, lying=lying),
        margin={"l": 8, "r": 24, "t": 58 if has_head and not lying else 34, "b": 8},
        barmode="stack" if chart.kind is ChartKind.STACKED_BAR else "group",
        bargap=0.35 if lying or len(names_of(chart)) > 3 else 0.6,
        hovermode="closest" if lying or chart.kind is ChartKind.SCATTER else "x unified",
        showlegend=_needs_legend(chart),
        uniformtext={"minsize": 10, "mode": "hide" if chart.kind is ChartKind.STACKED_BAR else False},
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
    if not lying:
        unit(result, chart, colours, above=has_head)
    _label_lines(result, chart, colours)
    mark_missing(result, chart, tick_label, colours, lying=lying)
    reference_line(result, chart, colours, lying=lying)
    return result


def is_lying(chart: Chart) -> bool:
    """Whether bars lie, so that long or many names can be read without turning the head."""
    if chart.kind not in (ChartKind.BAR, ChartKind.STACKED_BAR):
        return False
    words = [name for name in names_of(chart) if isinstance(name, str)]
    few = chart.kind is ChartKind.BAR and len(words) < 4
    return bool(words) and (few or len(words) > 5 or max(len(word) for word in words) > 12)


def names_of(chart: Chart) -> set[Cell]:
    return {point.x for series in chart.series for point in series.points}


def plain_label(text: Cell) -> str:
    """`text` as Plotly shows it literally, cut to a length that fits beside a mark."""
    return escape_html(cut(plain(str(text)), LABEL_LENGTH), quote=False)


def tick_label(name: str, *, lying: bool) -> str:
    """A name under or before its bar: in two lines at most where it lies."""
    if not lying:
        return plain_label(name)
    return "<br>".join(escape_html(line, quote=False) for line in wrap(plain(name), 20, max_lines=2, placeholder="…"))


def _trace(chart: Chart, series: Series, colour: str, colours: Palette, *, lying: bool) -> Any:
    names: list[Any] = [_place(point.x, lying=lying) for point in series.points]
    heights: list[Any] = [point.y for point in series.points]
    name = plain_label(series.name)
    tints = [colours.tone(point.tone) if point.tone is not Tone.NEUTRAL else colour for point in series.points]
    match chart.kind:
        case ChartKind.BAR | ChartKind.STACKED_BAR:
            return go.Bar(
                x=heights if lying else names,
                y=names if lying else heights,
                orientation="h" if lying else "v",
                name=name,
                marker=bar_marker(chart, series, tints, colours),
                cliponaxis=False,
                hovertemplate=_hover_bar(chart, name, lying=lying),
                **_bar_text(chart, series, colours, lying=lying),
            )
        case ChartKind.LINE:
            return go.Scatter(
                x=names,
                y=heights,
                name=name,
                mode="lines+markers",
                connectgaps=False,
                line={"color": colour, "width": 2},
                marker={"size": _marker_sizes(heights), "color": tints},
                hovertemplate=f"%{{y:{chart.y_format}}} {name}<extra></extra>",
            )
        case ChartKind.SCATTER:
            return _dots(chart, series, tints, colours)
        case unknown:
            raise NotImplementedError(f"No way to draw a {unknown} chart.")


def _dots(chart: Chart, series: Series, tints: list[str], colours: Palette) -> Any:
    """Marks with their names. Those on the same spot share one label, a name a line, so that none hides another."""
    spots: dict[tuple[Cell, float | None], list[str]] = {}
    for point in series.points:
        spots.setdefault((point.x, point.y), []).append(plain_label(point.label or ""))
    heights: list[Any] = [point.y for point in series.points]
    labels = ["<br>".join(spots.pop((point.x, point.y), [])) for point in series.points]
    return go.Scatter(
        x=[_place(point.x) for point in series.points],
        y=heights,
        name=plain_label(series.name),
        mode="markers+text",
        text=labels,
        textposition="top center",
        textfont={"color": colours.ink},
        cliponaxis=False,
        marker={"size": _dot_sizes(series.points), "color": tints, "line": {"width": 1, "color": colours.paper}},
        hovertemplate="%{text}<br>" + _hover(chart, "y", "x"),
    )


def _bar_text(chart: Chart, series: Series, colours: Palette, *, lying: bool) -> dict[str, Any]:
    """The value written at its bar, or the point's own label."""
    axis = "x" if lying else "y"
    written = [f"%{{{axis}:{chart.y_format}}}" if point.label is None else "%{text}" for point in series.points]
    return {
        "text": [plain_label(point.label or "") for point in series.points],
        "texttemplate": written,
        "textposition": _text_position(chart, lying=lying),
        "insidetextanchor": "middle" if chart.kind is ChartKind.STACKED_BAR else "end",
        "constraintext": "none" if chart.kind is ChartKind.BAR and chart.reference is None else "inside",
        "outsidetextfont": {"color": colours.ink},
        "textangle": 0,
    }


def _text_position(chart: Chart, *, lying: bool) -> str:
    """Inside where it would stand on a threshold otherwise, if there is room."""
    if chart.kind is ChartKind.STACKED_BAR:
        return "inside"
    return "auto" if lying and chart.reference is not None else "outside"


def _hover_bar(chart: Chart, name: str, *, lying: bool) -> str:
    """Several series on one spot are told apart by name; what they share stands above them already."""
    if len(chart.series) == 1 or lying:
        return _hover(chart, "x" if lying else "y", "y" if lying else "x")
    return f"{name}: %{{y:{chart.y_format}}}<extra></extra>"


def _hover(chart: Chart, measure: str, across: str) -> str:
    x_format = f":{chart.x_format}" if chart.x_format else ""
    return f"%{{{across}{x_format}}}<br>%{{{measure}:{chart.y_format}}} {plain_label(chart.y_label)}<extra></extra>"


def _label_lines(result: go.Figure, chart: Chart, colours: Palette) -> None:
    """Names of up to two lines at their ends, the higher one above; more lines than that get a legend."""
    if chart.kind is not ChartKind.LINE or len(chart.series) < 2 or _needs_legend(chart):
        return
    ends = [(known, series, colour) for series, colour in _coloured(chart, colours) if (known := _known(series))]
    for place, (known, series, colour) in enumerate(sorted(ends, key=lambda end: -(end[0][-1].y or 0))):
        heights = [point.y or 0 for point in known[-max(1, len(known) // 4) :]]
        result.add_annotation(
            x=_place(known[-1].x),
            y=max(heights) if place == 0 else min(heights),
            text=plain_label(series.name),
            showarrow=False,
            font={"color": colour},
            xanchor="right",
            yanchor="bottom" if place == 0 else "top",
            yshift=4 if place == 0 else -4,
        )


def _coloured(chart: Chart, colours: Palette) -> Iterable[tuple[Series, str]]:
    return zip(chart.series, _series_colours(chart.series, colours), strict=True)


def _known(series: Series) -> list[Point]:
    return [point for point in series.points if point.y is not None]


def _series_colours(series: Sequence[Series], colours: Palette) -> list[str]:
    """A tone's own colour; neutral series take the accent, then ever quieter inks. Beside tones they stay quiet."""
    inks = (colours.accent, colours.muted, colours.faint, colours.line)
    quiet = iter(inks[1:] if any(one.tone is not Tone.NEUTRAL for one in series) else inks)
    return [colours.tone(one.tone) if one.tone is not Tone.NEUTRAL else next(quiet, colours.faint) for one in series]


def _needs_legend(chart: Chart) -> bool:
    return len(chart.series) > (2 if chart.kind is ChartKind.LINE else 1)


def _marker_sizes(heights: list[float | None]) -> list[int]:
    """Dots on a short line, and on a value between two gaps, which would not be seen otherwise."""
    if sum(height is not None for height in heights) <= 12:
        return [6] * len(heights)
    around = [None, *heights, None]
    return [5 if around[i] is None and around[i + 2] is None else 0 for i in range(len(heights))]


def _dot_sizes(points: Sequence[Point]) -> list[float]:
    most = max((point.size or 0 for point in points), default=0)
    return [10 + 16 * (point.size or 0) / most if most else 12 for point in points]


def _place(x: Cell, *, lying: bool = False) -> str | int | float | date | None:
    if isinstance(x, str):
        return tick_label(x, lying=lying)
    return float(x) if isinstance(x, Decimal) else x


def _height(chart: Chart, *, lying: bool) -> int:
    if not lying:
        return (340 if chart.kind is ChartKind.SCATTER else 280) + (40 if _needs_legend(chart) else 0)
    rows = len(names_of(chart)) * (len(chart.series) if chart.kind is ChartKind.BAR else 1)
    return 84 + 36 * rows + (24 if _needs_legend(chart) else 0)
