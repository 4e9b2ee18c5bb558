"""What a chart draws, read from the figure before any browser sees it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lib.content.model import Chart, ChartKind, Point, ReferenceLine, Series, Tone
from lib.ui.chart_axes import compute_value_range
from lib.ui.charts import build_chart_figure, has_horizontal_bars
from lib.ui.tables import build_chart_rows_html
from lib.ui.theme import DARK, LIGHT
from tests.pages.assertions import read_html

EVIL = "<b>Evil</b> <a href='https://evil.example'>x</a>"


def make_chart(kind: ChartKind = ChartKind.BAR, *points: Point, **given: object) -> Chart:
    values = {
        "title": "ARR", "kind": kind, "series": (Series(name="ARR", points=points),), "x_label": "Scenario",
        "y_label": "USD a year", "y_format": "$,.0f", "empty": "No data.",
    } | given  # fmt: skip
    return Chart(**values)  # type: ignore[arg-type]


def figure_texts(drawn) -> str:
    return str(drawn.to_dict())


@pytest.mark.parametrize("kind", ChartKind)
@pytest.mark.parametrize("dark", [False, True])
def test_every_kind_is_drawn_in_both_themes(kind, dark):
    drawn = build_chart_figure(make_chart(kind, Point(x="As today", y=10.0), Point(x="More", y=20.0)), dark=dark)
    assert len(drawn.data) == 1
    assert drawn.layout.font.color == (DARK if dark else LIGHT).muted


def test_a_waterfall_goes_from_step_to_step_and_ends_with_their_sum():
    steps = (Point(x="Renewed", y=30.0), Point(x="Lost", y=-50.0), Point(x="New", y=5.0), Point(x="Moved", y=-15.0))
    chart = make_chart(ChartKind.WATERFALL, *steps)
    (trace,) = build_chart_figure(chart, dark=False).data
    assert [*trace.measure] == ["relative"] * 3 + ["total"]
    low, high = compute_value_range(chart, horizontal=True)
    assert low < -20 <= 30 < high


@pytest.mark.parametrize("kind", [ChartKind.BAR, ChartKind.STACKED_BAR])
def test_bars_start_at_zero(kind):
    assert compute_value_range(make_chart(kind, Point(x="a", y=90.0), Point(x="b", y=100.0)))[0] == 0


def test_the_axis_reaches_the_threshold_and_the_top_of_a_stack():
    limit = ReferenceLine(y=500, label="Approval above")
    assert compute_value_range(make_chart(ChartKind.BAR, Point(x="a", y=10.0), reference=limit))[1] > 500
    both = (Series(name="Used", points=(Point(x="a", y=60.0),)), Series(name="Unused", points=(Point(x="a", y=50.0),)))
    assert compute_value_range(make_chart(ChartKind.STACKED_BAR, series=both))[1] > 110


def test_a_missing_value_breaks_the_line_and_says_no_data_at_a_bar():
    days = [Point(x=date(2026, 1, day), y=None if day == 2 else 5.0) for day in (1, 2, 3)]
    (line,) = build_chart_figure(make_chart(ChartKind.LINE, *days), dark=False).data
    assert line.y[1] is None
    assert line.connectgaps is False
    assert "no data" in figure_texts(
        build_chart_figure(make_chart(ChartKind.BAR, Point(x="a", y=1.0), Point(x="b", y=None)), dark=False)
    )


def test_a_missing_bar_of_a_group_is_marked_and_has_no_height():
    groups = tuple(
        Series(name=name, points=(Point(x="Q1", y=1.0), Point(x="Q2", y=y)))
        for name, y in (("Due", 2.0), ("Call", None))
    )
    _, call = build_chart_figure(make_chart(ChartKind.BAR, series=groups), dark=False).data
    assert list(call.x) == [1.0, 0]
    assert list(call.texttemplate)[1] == "–"


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_series_of_a_chart_are_seen_on_the_paper(palette):
    for colour in (palette.accent, palette.muted, palette.faint, palette.sand):
        assert contrast(colour, palette.paper) >= 3, colour


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_untrusted_names_are_not_read_as_html():
    point = Point(x=EVIL, y=1.0, label=EVIL)
    for kind in ChartKind:
        made = make_chart(kind, point, series=(Series(name=EVIL, points=(point,)),), x_label=EVIL, y_label=EVIL,
                     reference=ReferenceLine(y=1.0, label=EVIL))  # fmt: skip
        assert "<b>" not in figure_texts(build_chart_figure(made, dark=False))
        assert "<a " not in figure_texts(build_chart_figure(made, dark=False))


def test_two_lines_are_labelled_directly_more_get_a_legend():
    points = (Point(x=1, y=1.0), Point(x=2, y=2.0))
    named = [Series(name=name, points=points) for name in ("Seats", "Users", "Trials")]
    two = build_chart_figure(make_chart(ChartKind.LINE, series=tuple(named[:2])), dark=False)
    assert {"Seats", "Users"} <= {note.text for note in two.layout.annotations}
    assert two.layout.showlegend is False
    assert build_chart_figure(make_chart(ChartKind.LINE, series=tuple(named)), dark=False).layout.showlegend is True


def test_people_on_one_spot_share_a_label_and_none_is_hidden():
    same = (Point(x="positive", y=3.0, label="Ana"), Point(x="positive", y=3.0, label="Bo"))
    (dots,) = build_chart_figure(make_chart(ChartKind.SCATTER, *same), dark=False).data
    assert list(dots.text) == ["Ana<br>Bo", ""]


@pytest.mark.parametrize(("weeks", "every"), [(12, "M1"), (26, "M1"), (78, "M3")])
def test_date_axis_is_labelled_by_month_without_repeats(weeks, every):
    points = [Point(x=date(2026, 1, 5) + timedelta(weeks=week), y=5.0) for week in range(weeks)]
    assert build_chart_figure(make_chart(ChartKind.LINE, *points), dark=False).layout.xaxis.dtick == every


def test_a_fixed_scale_shows_only_its_own_steps():
    axis = build_chart_figure(
        make_chart(ChartKind.SCATTER, Point(x="neutral", y=3.0), y_scale=(1, 5)), dark=False
    ).layout.yaxis
    assert axis.tickvals == (1, 2, 3, 4, 5)
    assert 0 < axis.range[0] < 1
    assert 5 < axis.range[1] < 6


def test_bars_are_horizontal_where_names_are_long_or_few():
    assert has_horizontal_bars(make_chart(ChartKind.BAR, Point(x="Five points more discount", y=1.0)))
    assert has_horizontal_bars(make_chart(ChartKind.BAR, Point(x="A", y=1.0)))
    assert not has_horizontal_bars(make_chart(ChartKind.BAR, *(Point(x=name, y=1.0) for name in "ABCD")))
    assert not has_horizontal_bars(make_chart(ChartKind.LINE, Point(x="Five points more discount", y=1.0)))


def test_each_tone_has_a_palette_colour_and_neutral_is_the_accent():
    (bar,) = build_chart_figure(
        make_chart(ChartKind.BAR, Point(x="a", y=1.0), Point(x="b", y=1.0, tone=Tone.BAD)), dark=False
    ).data
    assert list(bar.marker.color) == [LIGHT.accent, LIGHT.bad]


def test_the_table_of_a_chart_has_its_values_and_marks_missing_ones():
    rows = build_chart_rows_html(make_chart(ChartKind.BAR, Point(x="As today", y=1234.5), Point(x="More", y=None)))
    assert read_html(rows).splitlines() == ["Scenario USD a year", "As today 1,234.50", "More no data"]


def test_a_chart_without_a_value_has_no_data():
    assert not replace(make_chart(ChartKind.BAR), series=(Series(name="a", points=(Point(x=1, y=None),)),)).has_data
