"""Axes, thresholds and missing values of a chart: units named, zero under bars, "no data" written out."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import escape as escape_html
from itertools import accumulate
from math import ceil
from typing import Any

import plotly.graph_objects as go

from lib.content.model import Chart, ChartKind
from lib.text.format import NO_DATA
from lib.text.truncate import single_line
from lib.ui.theme import Palette

HEADROOM = 0.14
MAX_MONTH_TICKS = 8


def build_value_axis(chart: Chart, colours: Palette, *, horizontal: bool) -> dict[str, Any]:
    """The axis of values; a horizontal one has its unit as title."""
    low, high = compute_value_range(chart, horizontal=horizontal)
    return {
        "title": {
            "text": _escape_axis_text(chart.y_label) if horizontal else "",
            "standoff": 8,
            "font": {"color": colours.muted},
        },
        "tickfont": {"color": colours.muted},
        "tickformat": chart.y_format,
        "range": [low, high],
        "zeroline": low < 0,
        "fixedrange": True,
        "automargin": True,
        "nticks": 4 if horizontal else 6,
        "tickangle": 0,
        **_build_scale_ticks(chart),
    }


def _build_scale_ticks(chart: Chart) -> dict[str, Any]:
    """A tick for each step of a fixed scale, none beyond its ends."""
    if chart.y_scale is None:
        return {}
    first, last = chart.y_scale
    return {"tickmode": "array", "tickvals": list(range(first, last + 1))}


def build_category_axis(chart: Chart, colours: Palette, *, horizontal: bool) -> dict[str, Any]:
    """The axis of names, days or numbers. Days need no title."""
    days = any(hasattr(point.x, "isoformat") for series in chart.series for point in series.points)
    axis: dict[str, Any] = {
        "title": {
            "text": "" if days or horizontal else _escape_axis_text(chart.x_label),
            "standoff": 8,
            "font": {"color": colours.muted},
        },
        "tickfont": {"color": colours.muted},
        "fixedrange": True,
        "automargin": True,
        "showgrid": chart.kind is ChartKind.SCATTER,
        "zeroline": False,
    }
    if days:
        axis.update(_build_month_ticks(chart))
        axis["tickangle"] = 0
        axis["tickformat"] = "%b\n%Y"
        axis["hoverformat"] = "%b %Y" if _has_monthly_points(chart) else "%d %b %Y"
    if chart.x_format:
        axis["tickformat"] = chart.x_format
    if horizontal:
        axis["autorange"] = "reversed"
        axis["ticksuffix"] = " "
    if chart.kind is ChartKind.SCATTER:
        axis["range"] = _compute_scatter_axis_range(chart)
    return axis


def add_unit_label(result: go.Figure, chart: Chart, colours: Palette, *, above: bool) -> None:
    """Write the unit above the vertical axis; `above` the label of a threshold."""
    font = {"color": colours.muted, "size": 13}
    place: dict[str, Any] = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom"}
    text = _escape_axis_text(chart.y_label)
    result.add_annotation(**place, yshift=30 if above else 8, text=text, showarrow=False, font=font)


def compute_value_range(chart: Chart, *, horizontal: bool = False) -> tuple[float, float]:
    """The range of the value axis: all values, the threshold, zero for bars, and room for labels."""
    values = _list_mark_ends(chart)
    if chart.reference is not None:
        values = [*values, chart.reference.y]
    if chart.y_scale is not None:
        first, last = chart.y_scale
        return first - (last - first) * HEADROOM, last + (last - first) * HEADROOM
    low, high = min(values), max(values)
    if chart.kind in (ChartKind.BAR, ChartKind.STACKED_BAR, ChartKind.WATERFALL) or 0 <= low <= high / 2:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low or abs(high) or 1.0) * (2 if horizontal or chart.kind is ChartKind.SCATTER else 1) * HEADROOM
    return (low - room if low < 0 or (low > 0 and chart.kind is not ChartKind.BAR) else low, high + room)


def _list_mark_ends(chart: Chart) -> list[float]:
    """Where the marks end: of a stack its totals, of a waterfall the sums of its steps."""
    if chart.kind is ChartKind.STACKED_BAR:
        return _compute_stack_totals(chart)
    values = _list_point_values(chart)
    return list(accumulate(values[:-1])) or values if chart.kind is ChartKind.WATERFALL else values


def _compute_scatter_axis_range(chart: Chart) -> list[float] | None:
    """Room beside the outermost marks for their names; None for days, which Plotly pads itself."""
    places = {point.x for series in chart.series for point in series.points}
    if all(isinstance(place, str) for place in places):
        return [-0.5, len(places) - 0.5]
    numbers = [float(place) for place in places if isinstance(place, int | float | Decimal)]
    if len(numbers) < len(places):
        return None
    room = (max(numbers) - min(numbers) or 1.0) * HEADROOM
    return [min(numbers) - room, max(numbers) + room]


def add_reference_line(result: go.Figure, chart: Chart, colours: Palette, *, horizontal: bool) -> None:
    """A dashed line at the threshold, its meaning written above the drawing."""
    if chart.reference is None:
        return
    line = {"color": colours.muted, "width": 1.5, "dash": "dash"}
    if horizontal:
        result.add_vline(x=chart.reference.y, line=line)
    else:
        result.add_hline(y=chart.reference.y, line=line)
    # Above the drawing, where no bar can cover it.
    result.add_annotation(
        xref="paper",
        yref="paper",
        x=0,
        y=1,
        yshift=6,
        text=f"╌╌  {_escape_axis_text(chart.reference.label)}",
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        font={"color": colours.muted},
    )


def add_missing_labels(
    result: go.Figure, chart: Chart, tick_label: Callable[..., str], colours: Palette, *, horizontal: bool
) -> None:
    """Write "no data" in place of a missing bar. Lines have a gap of their own."""
    if chart.kind is not ChartKind.BAR or len(chart.series) > 1:
        return
    for point in chart.series[0].points:
        if point.y is None:
            name: Any = tick_label(point.x, horizontal=horizontal) if isinstance(point.x, str) else point.x
            place: dict[str, Any] = {"x": 0, "y": name, "xanchor": "left"}
            if not horizontal:
                place = {"x": name, "y": 0, "yanchor": "bottom"}
            result.add_annotation(**place, text=NO_DATA, showarrow=False, font={"color": colours.muted})


def _build_month_ticks(chart: Chart) -> dict[str, Any]:
    """Ticks at the first of a month, at most MAX_MONTH_TICKS of them."""
    days = [point.x for series in chart.series for point in series.points if isinstance(point.x, date)]
    months = (max(days) - min(days)).days / 30 if days else 0
    return {"dtick": f"M{max(1, ceil(months / MAX_MONTH_TICKS))}", "tick0": "2000-01-01"}


def _has_monthly_points(chart: Chart) -> bool:
    """True if every day is the first of a month, and so stands for the month."""
    return all(getattr(point.x, "day", None) == 1 for series in chart.series for point in series.points)


def _list_point_values(chart: Chart) -> list[float]:
    return [point.y for series in chart.series for point in series.points if point.y is not None]


def _compute_stack_totals(chart: Chart) -> list[float]:
    totals: dict[Any, float] = {}
    for series in chart.series:
        for point in series.points:
            totals[point.x] = totals.get(point.x, 0.0) + (point.y or 0.0)
    return list(totals.values())


def _escape_axis_text(text: str) -> str:
    return escape_html(single_line(text, max_length=80), quote=False)
