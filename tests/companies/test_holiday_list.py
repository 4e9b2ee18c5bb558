from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lib.companies.company_settings import Holiday
from lib.companies.holiday_list import format_holidays, parse_holidays

NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
HOLIDAYS = st.lists(
    st.builds(Holiday, day=st.dates(date(1900, 1, 1), date(2999, 12, 31)), name=NAMES), unique_by=lambda each: each.day
)


@given(HOLIDAYS)
def test_holidays_that_are_written_are_read_in_order(holidays):
    ordered = tuple(sorted(holidays, key=lambda each: each.day))
    assert parse_holidays(format_holidays(holidays)) == (ordered, ())


def test_each_line_that_is_no_holiday_is_named():
    text = "2026-12-25 Christmas\n\n25.12.2026 X\n2026-12-31\n2026-12-25 Again"
    holidays, errors = parse_holidays(text)
    assert [error.partition(":")[0] for error in errors] == ["Line 3", "Line 4", "Line 5"]
    assert holidays[0].day == date(2026, 12, 25)
