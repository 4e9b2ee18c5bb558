"""How bars look beyond their height: what is stacked is told apart by more than colour."""

from typing import Any

from lib.content.model import Chart, ChartKind, Series, Tone
from lib.ui.theme import Palette

TONE_PATTERNS = {Tone.BAD: "/", Tone.WARNING: "."}


def build_bar_marker(chart: Chart, series: Series, tints: list[str], colours: Palette) -> dict[str, Any]:
    """Plotly's marker. In a stack, what is bad is hatched and what wants care is dotted, lightly under the label."""
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
