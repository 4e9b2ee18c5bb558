from datetime import date
from decimal import Decimal

from lib.slides import words
from lib.ui.board.figures import board_figures, change_in_words
from tests.ui.board.boards import board, week


def figure(label, **given):
    return next(found for found in board_figures(board(**given)) if found.label == label)


def test_a_figure_says_its_value_and_how_it_moved():
    trend = (week(0, arr=Decimal(100000)), week(12, arr=Decimal(142000)))
    assert figure("ARR in the book", trend=trend).value == "$142,000"
    assert figure("ARR in the book", trend=trend).change == "up $42,000 in 12 weeks"


def test_the_change_of_a_share_is_in_points_of_what_was_shown():
    trend = (week(0, active_users=694, seats=1000), week(12, active_users=718, seats=1000))
    seats = figure("Seats in use", trend=trend)
    assert (seats.value, seats.change, seats.period) == ("72 %", "up 3 points in 12 weeks", "last 28 days")


def test_what_is_not_known_has_no_value_no_change_and_a_gap_in_the_trend():
    trend = (week(0, active_users=None, seats=None), week(12, active_users=None, seats=None))
    seats = figure("Seats in use", trend=trend)
    assert (seats.value, seats.change, seats.trend) == (None, None, (None, None))


def test_a_figure_that_stopped_being_reported_is_not_shown_as_if_it_were_current():
    trend = (week(0), week(6), week(12, active_users=None, seats=None))
    assert figure("Seats in use", trend=trend).value is None


def test_an_empty_trend_has_no_values():
    assert [found.value for found in board_figures(board())] == [None] * 4


def test_nobody_at_risk_is_zero_dollars():
    trend = (week(0, arr_at_risk=Decimal(5000)), week(12, arr_at_risk=Decimal(0)))
    risk = figure("ARR at risk", trend=trend)
    assert (risk.value, risk.change) == ("$0", "down $5,000 in 12 weeks")


def test_without_any_health_the_arr_at_risk_is_not_known():
    assert figure("ARR at risk", trend=(week(12, arr_at_risk=None),)).value is None


def test_the_source_says_how_many_customers_send_usage():
    assert "2 of 3 customers" in figure("Seats in use", trend=(week(12),), usage_customers=2).source


def test_a_change_counts_the_weeks_between_what_is_known():
    known = [(date(2027, 1, 4), 10.0), (date(2027, 2, 1), 7.0)]
    assert change_in_words(known, words.count) == "down 3 in 4 weeks"
    assert change_in_words(known[:1], words.count) is None
    assert change_in_words([(date(2027, 1, 4), 1.0), (date(2027, 1, 11), 1.0)], words.count) == "unchanged in 1 week"
