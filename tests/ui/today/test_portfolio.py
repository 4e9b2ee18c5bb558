from datetime import date
from decimal import Decimal

from lib.text.format import format_count
from lib.ui.today.portfolio_metrics import build_portfolio_metrics, describe_metric_change
from tests.ui.today.dashboards import make_dashboard, make_week


def build_metric(label, **given):
    return next(found for found in build_portfolio_metrics(make_dashboard(**given)) if found.label == label)


def test_a_metric_has_a_value_and_its_change():
    trend = (make_week(0, arr=Decimal(100000)), make_week(12, arr=Decimal(142000)))
    assert build_metric("ARR", trend=trend).value == "$142,000"
    assert build_metric("ARR", trend=trend).change == "up $42,000 in 12 weeks"


def test_change_of_a_percentage_is_in_points_of_the_shown_value():
    trend = (make_week(0, active_users=694, seats=1000), make_week(12, active_users=718, seats=1000))
    seats = build_metric("Seats in use", trend=trend)
    assert (seats.value, seats.change, seats.period) == ("72%", "up 3 points in 12 weeks", "last 28 days")


def test_an_unknown_metric_has_no_value_no_change_and_a_gap_in_the_trend():
    trend = (make_week(0, active_users=None, seats=None), make_week(12, active_users=None, seats=None))
    seats = build_metric("Seats in use", trend=trend)
    assert (seats.value, seats.change, seats.trend) == (None, None, (None, None))


def test_a_metric_no_longer_reported_is_not_shown_as_current():
    trend = (make_week(0), make_week(6), make_week(12, active_users=None, seats=None))
    assert build_metric("Seats in use", trend=trend).value is None


def test_an_empty_trend_has_no_values():
    assert [found.value for found in build_portfolio_metrics(make_dashboard())] == [None] * 4


def test_nobody_at_risk_is_zero_dollars():
    trend = (make_week(0, arr_at_risk=Decimal(5000)), make_week(12, arr_at_risk=Decimal(0)))
    risk = build_metric("ARR at risk", trend=trend)
    assert (risk.value, risk.change) == ("$0", "down $5,000 in 12 weeks")


def test_arr_at_risk_is_unknown_without_any_health_score():
    assert build_metric("ARR at risk", trend=(make_week(12, arr_at_risk=None),)).value is None


def test_source_counts_the_customers_with_a_usage_feed():
    assert "2 of 3 customers" in build_metric("Seats in use", trend=(make_week(12),), usage_customers=2).source


def test_change_counts_the_weeks_between_known_values():
    known = [(date(2027, 1, 4), 10.0), (date(2027, 2, 1), 7.0)]
    assert describe_metric_change(known, format_count) == "down 3 in 4 weeks"
    assert describe_metric_change(known[:1], format_count) is None
    assert (
        describe_metric_change([(date(2027, 1, 4), 1.0), (date(2027, 1, 11), 1.0)], format_count)
        == "unchanged in 1 week"
    )
