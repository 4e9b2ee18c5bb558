from decimal import Decimal

import pytest

from lib.customers.start_reason import StartReason, describe_start_reason
from lib.text.regional_format import DEFAULT_FORMAT, RegionalFormat, use_regional_format


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"days_to_notice": 30}, "Notice deadline in 30 days"),
        ({"days_to_notice": 1}, "Notice deadline tomorrow"),
        ({"days_to_notice": 0}, "Notice deadline today"),
        ({"signals": ("p1_open", "sponsor_left")}, "Signal: P1 open, sponsor left"),
        ({"health": "red"}, "Health: at risk"),
        ({"health": "yellow", "health_before": "green"}, "Health: needs attention, before: healthy"),
        ({"segment": "mid", "days_to_notice": 12}, "Notice deadline in 12 days; segment: Mid-market"),
        ({}, ""),
    ],
)
def test_a_start_says_what_of_the_trigger_was_true(given, sentence):
    assert describe_start_reason(StartReason(**given)) == sentence


def test_its_figures_are_in_the_companys_locale():
    use_regional_format(RegionalFormat("EUR", "de_DE"))
    try:
        assert describe_start_reason(StartReason(arr=Decimal(47250))) == "ARR 47.250\xa0€"
    finally:
        use_regional_format(DEFAULT_FORMAT)
