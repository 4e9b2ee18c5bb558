"""A moment where somebody is."""

from datetime import UTC, date, datetime

import pytest

from lib.text.local_time import today_in_zone


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/Berlin", datetime(2026, 10, 24, 21, 59, tzinfo=UTC), date(2026, 10, 24)),
        ("Pacific/Auckland", datetime(2026, 11, 22, 11, 1, tzinfo=UTC), date(2026, 11, 23)),
        ("America/Los_Angeles", datetime(2026, 11, 23, 7, 59, tzinfo=UTC), date(2026, 11, 22)),
        ("Mars/Phobos", datetime(2026, 11, 23, 7, 59, tzinfo=UTC), date(2026, 11, 23)),
        ("../../etc/passwd", datetime(2026, 11, 23, 7, 59, tzinfo=UTC), date(2026, 11, 23)),
    ],
)
def test_today_is_that_of_the_time_zone(zone, moment, day):
    assert today_in_zone(zone, moment) == day
