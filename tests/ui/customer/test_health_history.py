"""What moved the health, and the charts of a customer's page, as data."""

from datetime import date, timedelta
from typing import Any

from lib.customers.customer_page_data import HealthPoint
from lib.ui.customer.health_history import build_health_chart, describe_health_trend
from lib.ui.customer.health_moves import list_health_moves

FIRST = date(2026, 6, 1)


def make_point(week: int, score: int | None, **points: Any) -> HealthPoint:
    parts = {f"{part}_points": points.get(part) for part in ("usage", "engagement", "support", "voice")}
    return HealthPoint(day=FIRST + timedelta(weeks=week), score=score, band=None, **parts)


def test_a_move_names_the_part_that_moved_most():
    trend = [make_point(0, 80, usage=40, support=20), make_point(1, 60, usage=38, support=2)]
    (move,) = list_health_moves(trend)
    assert (move.step, move.label, move.part_steps) == (-20, "support -18", {"usage": -2, "support": -18})


def test_a_part_without_data_in_one_of_the_weeks_moved_nothing():
    (move,) = list_health_moves([make_point(0, 80, usage=40), make_point(1, 60)])
    assert (move.part_steps, move.label) == ({}, "-20")


def test_small_steps_and_weeks_without_a_score_are_no_moves():
    trend = [make_point(0, 80), make_point(1, 77), make_point(2, None), make_point(3, 40)]
    assert list_health_moves(trend) == []


def test_a_week_without_a_score_is_a_gap_of_the_chart():
    chart = build_health_chart([make_point(0, 80), make_point(1, None), make_point(2, 78)])
    assert [point.y for point in chart.series[0].points] == [80, None, 78]
    assert describe_health_trend([make_point(0, None)]) is None


def test_labels_of_neighbouring_moves_do_not_overlap():
    trend = [make_point(week, 80 if week % 2 else 60, usage=week % 2 * 20) for week in range(6)]
    labels = [point.label for point in build_health_chart(trend).series[0].points if point.label]
    assert len(labels) == 1
