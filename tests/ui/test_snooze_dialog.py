from datetime import date, timedelta

import pytest

from lib.actions.handlers.snooze import MAX_SNOOZE, find_snooze_day_error
from lib.forms.schema_errors import ValidationFailed
from lib.ui.actions import snooze_dialog

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (None, None),
        (date(2025, 11, 1), "This day is in the past. Choose a later one."),
        (TODAY, "This is today. Choose tomorrow or later."),
        (TODAY + timedelta(days=1), None),
        (TODAY + MAX_SNOOZE, None),
        (TODAY + MAX_SNOOZE + timedelta(days=1), "Choose a day within two years."),
    ],
)
def test_a_snooze_day_is_from_tomorrow_to_two_years_ahead(day, said):
    assert find_snooze_day_error(day, TODAY) == said


def test_a_day_that_will_not_do_is_refused_under_its_field():
    snooze_dialog.require_valid_snooze_date({"until": "2026-11-28", "reason": ""}, TODAY)
    snooze_dialog.require_valid_snooze_date({}, TODAY)
    with pytest.raises(ValidationFailed) as refused:
        snooze_dialog.require_valid_snooze_date({"until": "2025-11-01", "reason": "A fair"}, TODAY)
    assert refused.value.field_of_message == {refused.value.message: "until"}


def test_whatever_else_is_missing_is_named_with_it():
    with pytest.raises(ValidationFailed) as refused:
        snooze_dialog.require_valid_snooze_date({"until": "2025-11-01", "reason": " "}, TODAY)
    assert sorted(refused.value.field_of_message.values()) == ["reason", "until"]
