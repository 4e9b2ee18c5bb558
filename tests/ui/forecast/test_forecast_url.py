"""What the page of the forecast shows is in its address, and only there."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.forecasts.forecast_moves import ForecastCall
from lib.forecasts.model import ForecastView
from lib.ui.forecast.forecast_url import (
    ForecastUrl,
    build_forecast_query_params,
    parse_forecast_url,
    with_forecast_page,
    with_forecast_view,
)

DAYS = st.none() | st.dates(date(1900, 1, 1), date(2999, 12, 31))
VIEWS = st.builds(
    ForecastView,
    owner=st.sampled_from(["mine", "team", "7c9e6679-7425-40de-944b-e07fc1f90ae7"]),
    segment=st.sampled_from([None, "smb", "mid", "enterprise"]),
    quarter=DAYS,
    state=st.sampled_from([None, "open", "decided", "no_csm", "no_leader"]),
)
ADDRESSES = st.builds(
    ForecastUrl,
    view=VIEWS,
    tab=st.sampled_from(["renewals", "moves", "record", "retention"]),
    call=st.sampled_from(ForecastCall),
    week=DAYS,
    first=st.integers(0, 999_999),
    unread=st.just(()),
)


@given(address=ADDRESSES, leads_team=st.booleans())
def test_an_address_is_read_as_it_was_written(address, leads_team):
    params = build_forecast_query_params(address, leads_team=leads_team)
    assert parse_forecast_url(params, leads_team=leads_team) == address


def test_nothing_in_the_address_is_the_team_for_leaders_and_ones_own_for_others():
    assert parse_forecast_url({}, leads_team=True).view.owner == "team"
    assert parse_forecast_url({}, leads_team=False).view.owner == "mine"


@pytest.mark.parametrize(
    "params",
    [
        {"owner": "bob"}, {"segment": "huge"}, {"quarter": "2026-02-30"}, {"state": "maybe"}, {"show": "all"},
        {"call": "average"}, {"week": "monday"}, {"colour": "blue"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_and_left_out(params):
    address = parse_forecast_url(params, leads_team=True)
    assert address.unread == tuple(params)
    assert build_forecast_query_params(address, leads_team=True) == {}


def test_another_view_begins_with_its_first_row():
    address = with_forecast_page(ForecastUrl(), 2)
    assert (address.first, with_forecast_page(address, -5).first, with_forecast_view(address, segment="smb").first) == (
        40,
        0,
        0,
    )
