"""The marks of a chart and what is written on them: bars, lines, dots, their tints and labels."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from html import escape as escape_html
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from lib.slides.model import Cell, Chart, ChartKind, Point, Series, Tone
from lib.slides.words import cut, plain
from lib.ui.patterns import bar_marker
from lib.ui.theme import Palette

LABEL_LENGTH = 32


def plain_label(text: Cell) -> str:
    """`text` as Plotly shows it literally, cut to a length that fits beside a mark."""
    return escape_html(cut(plain(str(text)), LABEL_LENGTH), quote=False)


def tick_label(name: str, *, lying: bool) -> str:
    """A name under or before its bar: in two lines at most where it lies."""
    if not lying:
        return plain_label(name)
    return "<br>".join(escape_html(line, quote=False) for line in wrap(plain(name), 20, max_lines=2, placeholder="…"))


def dot_label(name: str) -> str:
    """A name above a dot: in two lines, so that neighbours on a phone do not write over each other."""
    return "<br>".join(escape_html(line, quote=False) for line in wrap(plain(name), 18, max_lines=2, placeholder="…"))


def trace(chart: Chart, series: Series, colour: str, colours: Palette, *, lying: bool) -> Any:
    names: list[Any] = [place_of(point.x, lying=lying) for point in series.points]
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
        spots.setdefault((point.x, point.y), []).append(dot_label(point.label or ""))
    heights: list[Any] = [point.y for point in series.points]
    labels = ["<br>".join(spots.pop((point.x, point.y), [])) for point in series.points]
    return go.Scatter(
        x=[place_of(point.x) for point in series.points],
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


def coloured(chart: Chart, colours: Palette) -> Iterable[tuple[Series, str]]:
    return zip(chart.series, _series_colours(chart.series, colours), strict=True)


def _series_colours(series: Sequence[Series], colours: Palette) -> list[str]:
    """A tone's own colour; neutral series take the accent, then ever quieter inks. Beside tones they stay quiet."""
    inks = (colours.accent, colours.muted, colours.faint, colours.line)
    quiet = iter(inks[1:] if any(one.tone is not Tone.NEUTRAL for one in series) else inks)
    return [colours.tone(one.tone) if one.tone is not Tone.NEUTRAL else next(quiet, colours.faint) for one in series]


def _marker_sizes(heights: list[float | None]) -> list[int]:
    """Dots on a short line, and on a value between two gaps, which would not be seen otherwise."""
    if sum(height is not None for height in heights) <= 12:
        return [6] * len(heights)
    around = [None, *heights, None]
    return [5 if around[i] is None and around[i + 2] is None else 0 for i in range(len(heights))]


def _dot_sizes(points: Sequence[Point]) -> list[float]:
    most = max((point.size or 0 for point in points), default=0)
    return [10 + 16 * (point.size or 0) / most if most else 12 for point in points]


def place_of(x: Cell, *, lying: bool = False) -> str | int | float | date | None:
    if isinstance(x, str):
        return tick_label(x, lying=lying)
    return float(x) if isinstance(x, Decimal) else x
