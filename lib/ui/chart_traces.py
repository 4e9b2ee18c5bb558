"""The traces of a Plotly figure: bars, lines and dots with their colours and labels."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from html import escape as escape_html
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from lib.content.model import Cell, Chart, ChartKind, Point, Series, Tone
from lib.text.truncate import single_line, truncate
from lib.ui.theme import Palette

MAX_LABEL_CHARS = 32
MISSING_MARK = "–"
TONE_PATTERNS = {Tone.BAD: "/", Tone.WARNING: "."}


def format_mark_label(text: Cell) -> str:
    """`text` escaped for Plotly, which reads HTML, and truncated to fit beside a mark."""
    return escape_html(truncate(single_line(str(text)), MAX_LABEL_CHARS), quote=False)


def format_tick(name: str, *, horizontal: bool) -> str:
    """The name of a bar; of a horizontal one in two lines at most."""
    if not horizontal:
        return format_mark_label(name)
    return "<br>".join(
        escape_html(line, quote=False) for line in wrap(single_line(name), 20, max_lines=2, placeholder="…")
    )


def format_dot_label(name: str) -> str:
    """The name above a dot, in two lines at most, so that neighbours do not overlap on a phone."""
    return "<br>".join(
        escape_html(line, quote=False) for line in wrap(single_line(name), 18, max_lines=2, placeholder="…")
    )


def has_grouped_bars(chart: Chart) -> bool:
    """True if bars of several series stand side by side."""
    return chart.kind is ChartKind.BAR and len(chart.series) > 1


def build_series_trace(chart: Chart, series: Series, colour: str, colours: Palette, *, horizontal: bool) -> Any:
    names: list[Any] = [to_axis_value(point.x, horizontal=horizontal) for point in series.points]
    heights: list[Any] = [point.y for point in series.points]
    is_grouped = has_grouped_bars(chart)
    name = format_mark_label(series.name)
    tints = [
        colours.find_tone_color(point.tone) if point.tone is not Tone.NEUTRAL else colour for point in series.points
    ]
    match chart.kind:
        case ChartKind.BAR | ChartKind.STACKED_BAR:
            return go.Bar(
                # A bar of no height carries the mark of a missing value.
                x=_fill_gaps(heights, is_grouped) if horizontal else names,
                y=names if horizontal else _fill_gaps(heights, is_grouped),
                orientation="h" if horizontal else "v",
                name=name,
                marker=build_bar_marker(chart, series, tints, colours),
                cliponaxis=False,
                hovertemplate=_build_bar_hover_template(chart, name, horizontal=horizontal),
                **_build_bar_text_options(chart, series, colours, horizontal=horizontal),
            )
        case ChartKind.LINE:
            return go.Scatter(
                x=names,
                y=heights,
                name=name,
                mode="lines+markers+text" if any(point.label for point in series.points) else "lines+markers",
                text=[format_mark_label(point.label or "") for point in series.points],
                textposition="top center",
                textfont={"color": colours.ink},
                cliponaxis=False,
                connectgaps=False,
                line={"color": colour, "width": 2},
                marker={"size": _choose_line_dot_sizes(heights), "color": tints},
                hovertemplate=f"%{{y:{chart.y_format}}} {name}<extra></extra>",
            )
        case ChartKind.SCATTER:
            return _build_scatter_trace(chart, series, tints, colours)
        case ChartKind.WATERFALL:
            return _build_waterfall_trace(chart, names, heights, series, colours)
        case unknown:
            raise NotImplementedError(f"No way to draw a {unknown} chart.")


def _build_waterfall_trace(chart: Chart, names: list[Any], heights: list[Any], series: Series, colours: Palette) -> Any:
    """Horizontal steps that begin where the one before ended, and their sum; each has its label."""
    return go.Waterfall(
        orientation="h",
        x=heights,
        y=names,
        measure=["relative"] * (len(names) - 1) + ["total"],
        text=[format_mark_label(point.label or "") for point in series.points],
        textposition="outside",
        outsidetextfont={"color": colours.ink},
        cliponaxis=False,
        increasing={"marker": {"color": colours.good}},
        decreasing={"marker": {"color": colours.bad}},
        totals={"marker": {"color": colours.accent}},
        connector={"line": {"color": colours.line, "width": 1}},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )


def build_bar_marker(chart: Chart, series: Series, tints: list[str], colours: Palette) -> dict[str, Any]:
    """Plotly's marker. In a stack, bad is hatched and warning dotted, so that colour is not the only difference."""
    marker: dict[str, Any] = {"color": tints, "line": {"width": 0}, "cornerradius": 2}
    if chart.kind is ChartKind.STACKED_BAR and series.tone in TONE_PATTERNS:
        marker["pattern"] = {
            "shape": TONE_PATTERNS[series.tone],
            "fillmode": "overlay",
            "fgcolor": colours.paper,
            "fgopacity": 0.35,
            "size": 6,
            "solidity": 0.15,
        }
    return marker


def _build_scatter_trace(chart: Chart, series: Series, tints: list[str], colours: Palette) -> Any:
    """Marks with their names. Those on the same spot share one label, a name a line, so that none hides another."""
    spots: dict[tuple[Cell, float | None], list[str]] = {}
    for point in series.points:
        spots.setdefault((point.x, point.y), []).append(format_dot_label(point.label or ""))
    heights: list[Any] = [point.y for point in series.points]
    labels = ["<br>".join(spots.pop((point.x, point.y), [])) for point in series.points]
    return go.Scatter(
        x=[to_axis_value(point.x) for point in series.points],
        y=heights,
        name=format_mark_label(series.name),
        mode="markers+text",
        text=labels,
        textposition="top center",
        textfont={"color": colours.ink},
        cliponaxis=False,
        marker={
            "size": _scale_scatter_dot_sizes(series.points),
            "color": tints,
            "line": {"width": 1, "color": colours.paper},
        },
        hovertemplate="%{text}<br>" + _build_hover_template(chart, "y", "x"),
    )


def _build_bar_text_options(chart: Chart, series: Series, colours: Palette, *, horizontal: bool) -> dict[str, Any]:
    """The value written at its bar, or the point's own label."""
    axis = "x" if horizontal else "y"
    is_grouped = has_grouped_bars(chart)
    written = [_choose_bar_text(point, f"%{{{axis}:{chart.y_format}}}", is_grouped) for point in series.points]
    return {
        "text": [format_mark_label(point.label or "") for point in series.points],
        "texttemplate": written,
        "textposition": _choose_bar_text_position(chart, horizontal=horizontal),
        "insidetextanchor": "middle" if chart.kind is ChartKind.STACKED_BAR else "end",
        "constraintext": _choose_text_constraint(chart, is_grouped=is_grouped),
        "outsidetextfont": {"color": colours.ink},
        "textangle": 0,
    }


def _choose_bar_text(point: Point, value: str, is_grouped: bool) -> str:
    if point.y is None and is_grouped:
        return MISSING_MARK
    return value if point.label is None else "%{text}"


def _choose_text_constraint(chart: Chart, *, is_grouped: bool) -> str:
    """Values of neighbouring bars shrink to the width of their bar; on a phone they are left out."""
    if is_grouped:
        return "both"
    return "none" if chart.kind is ChartKind.BAR and chart.reference is None else "inside"


def _fill_gaps(heights: list[Any], is_grouped: bool) -> list[Any]:
    return [0 if height is None and is_grouped else height for height in heights]


def _choose_bar_text_position(chart: Chart, *, horizontal: bool) -> str:
    """Inside where it would stand on a threshold otherwise, if there is room."""
    if chart.kind is ChartKind.STACKED_BAR:
        return "inside"
    return "auto" if horizontal and chart.reference is not None else "outside"


def _build_bar_hover_template(chart: Chart, name: str, *, horizontal: bool) -> str:
    """Names the series where there are several; the unified hover shows the category."""
    if len(chart.series) == 1 or horizontal:
        return _build_hover_template(chart, "x" if horizontal else "y", "y" if horizontal else "x")
    return f"{name}: %{{y:{chart.y_format}}}<extra></extra>"


def _build_hover_template(chart: Chart, measure: str, across: str) -> str:
    x_format = f":{chart.x_format}" if chart.x_format else ""
    return (
        f"%{{{across}{x_format}}}<br>%{{{measure}:{chart.y_format}}} {format_mark_label(chart.y_label)}<extra></extra>"
    )


def pair_series_with_colors(chart: Chart, colours: Palette) -> Iterable[tuple[Series, str]]:
    return zip(chart.series, _choose_series_colors(chart.series, colours), strict=True)


def _choose_series_colors(series: Sequence[Series], colours: Palette) -> list[str]:
    """A tone's own colour; neutral series take the accent, then ever quieter inks. Beside tones they stay quiet."""
    inks = (colours.accent, colours.muted, colours.faint, colours.sand)
    quiet = iter(inks[1:] if any(one.tone is not Tone.NEUTRAL for one in series) else inks)
    return [
        colours.find_tone_color(one.tone) if one.tone is not Tone.NEUTRAL else next(quiet, colours.faint)
        for one in series
    ]


def _choose_line_dot_sizes(heights: list[float | None]) -> list[int]:
    """Dots on a short line, and on a value between two gaps, which would not be seen otherwise."""
    if sum(height is not None for height in heights) <= 12:
        return [6] * len(heights)
    around = [None, *heights, None]
    return [5 if around[i] is None and around[i + 2] is None else 0 for i in range(len(heights))]


def _scale_scatter_dot_sizes(points: Sequence[Point]) -> list[float]:
    most = max((point.size or 0 for point in points), default=0)
    return [10 + 16 * (point.size or 0) / most if most else 12 for point in points]


def to_axis_value(x: Cell, *, horizontal: bool = False) -> str | int | float | date | None:
    if isinstance(x, str):
        return format_tick(x, horizontal=horizontal)
    return float(x) if isinstance(x, Decimal) else x
