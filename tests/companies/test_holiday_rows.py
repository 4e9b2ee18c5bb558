from datetime import date

from lib.companies.holiday_rows import HolidayRow, copy_holidays_to_next_year, find_holiday_errors

CHRISTMAS, EVE = date(2026, 12, 25), date(2026, 12, 24)


def make_rows(*days: tuple[date | None, str]) -> list[HolidayRow]:
    return [HolidayRow(year=2026, day=day, name=name) for day, name in days]


def test_each_row_that_cannot_be_saved_is_named_and_a_blank_one_is_no_row():
    rows = make_rows((CHRISTMAS, "Christmas"), (None, "Eve"), (EVE, " "), (CHRISTMAS, "Again"), (None, " "))
    assert find_holiday_errors(rows) == (
        "Choose the day of “Eve”.", "Name the holiday on 24 Dec 2026.", "25 Dec 2026 stands twice.",
    )  # fmt: skip


def test_next_year_gets_the_same_days_but_those_it_has_and_a_leap_day():
    rows = make_rows((CHRISTMAS, "Christmas"), (EVE, "Eve"), (date(2027, 12, 24), "Eve"), (None, "Open"))
    assert [(row.day, row.name, row.year) for row in copy_holidays_to_next_year(rows, 2026)] == [
        (date(2027, 12, 25), "Christmas", 2027)
    ]
    leap = [HolidayRow(year=2028, day=date(2028, 2, 29), name="Leap day")]
    assert copy_holidays_to_next_year(leap, 2028) == []
