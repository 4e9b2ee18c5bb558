from lib.ui.today.renewals import (
    NO_RENEWALS,
    build_renewals_chart,
    build_renewals_table,
    describe_renewals,
)
from tests.ui.today.dashboards import QUARTERS, make_renewal_bar

BARS = (
    make_renewal_bar("2027-02", "green", 2, "60000.00"),
    make_renewal_bar("2027-02", "red", 1, "18600.00"),
    make_renewal_bar("2027-05", "none", 1, "9900.00"),
)


def test_the_chart_has_a_bar_for_each_fiscal_quarter():
    for series in build_renewals_chart(BARS, QUARTERS).series:
        assert [point.x for point in series.points] == ["FY28 Q1", "FY28 Q2", "FY28 Q3", "FY28 Q4"]


def test_months_of_a_quarter_are_summed():
    bars = (*BARS, make_renewal_bar("2027-04", "green", 3, "5000.00"))
    healthy = build_renewals_chart(bars, QUARTERS).series[1]
    assert (healthy.points[0].y, healthy.points[0].label) == (65000.0, "5")


def test_at_risk_is_drawn_on_the_axis_and_every_band_has_a_name():
    assert [series.name for series in build_renewals_chart(BARS, QUARTERS).series] == [
        "At risk",
        "Healthy",
        "No score yet",
    ]


def test_a_segment_is_arr_labelled_with_its_customer_count():
    healthy = build_renewals_chart(BARS, QUARTERS).series[1]
    assert (healthy.points[0].y, healthy.points[0].label) == (60000.0, "2")


def test_a_quarter_without_renewals_is_zero_and_an_empty_band_is_left_out():
    red, healthy, _ = build_renewals_chart(BARS, QUARTERS).series
    assert healthy.points[2].y == 0.0
    assert red.points[1].y is None


def test_takeaway_states_the_totals():
    assert describe_renewals(BARS) == ("4 renewals worth $88,500 come in the next 12 months; $18,600 of it is at risk.")
    assert describe_renewals(BARS[:1]) == ("2 renewals worth $60,000 come in the next 12 months, none of it at risk.")


def test_without_renewals_there_is_a_sentence_instead_of_a_chart():
    chart = build_renewals_chart((), QUARTERS)
    assert (chart.has_data, chart.empty, chart.takeaway) == (False, NO_RENEWALS, None)


def test_the_table_has_a_row_for_each_month_and_band_worst_first():
    rows = build_renewals_table(BARS, QUARTERS).rows
    assert [(row["quarter"], row["month"], row["health"], row["customers"]) for row in rows] == [
        ("FY28 Q1", "Feb 2027", "At risk", 1),
        ("FY28 Q1", "Feb 2027", "Healthy", 2),
        ("FY28 Q2", "May 2027", "No score yet", 1),
    ]
