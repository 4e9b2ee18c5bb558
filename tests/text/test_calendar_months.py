from datetime import date

from lib.text.calendar_months import add_months


def test_a_month_after_the_end_of_a_month_ends_on_its_last_day():
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert add_months(date(2026, 12, 15), 12) == date(2027, 12, 15)


def test_months_before_a_day_cross_the_year():
    assert add_months(date(2027, 3, 31), -1) == date(2027, 2, 28)
    assert add_months(date(2027, 1, 31), -14) == date(2025, 11, 30)
