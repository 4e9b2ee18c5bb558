"""The address of the book: what is written is read again, and what cannot be read is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.book.model import BANDS, DEFAULT_COLUMNS, BookColumn, BookFilter, BookSort, BookView
from lib.customers.model import SEGMENT_LABELS
from lib.ui.book.book_url import BookUrl, build_book_query_params, parse_book_url

MONTHS = st.none() | st.sampled_from(["2026-12", "2027-01"])
NUMBERS = st.none() | st.integers(0, 10**12)
DAYS = st.none() | st.integers(-100_000, 100_000)
FILTERS = st.builds(
    BookFilter,
    owner=st.sampled_from(["mine", "team", "7c9e6679-7425-40de-944b-e07fc1f90ae7"]),
    segments=st.lists(st.sampled_from(list(SEGMENT_LABELS)), unique=True).map(tuple),
    bands=st.lists(st.sampled_from([str(band) for band in BANDS]), unique=True).map(tuple),
    status=st.none() | st.just("churned"),
    name=st.none() | st.text(min_size=1, max_size=200).map(str.strip).filter(bool),
    has_run=st.none() | st.booleans(),
    days_from=DAYS,
    days_to=DAYS,
    arr_from=NUMBERS,
    arr_to=NUMBERS,
    deadline_month=MONTHS,
    end_month=MONTHS,
)
VIEWS = st.builds(
    BookView,
    filter=FILTERS,
    sort=st.sampled_from(BookSort),
    descending=st.booleans(),
    columns=st.lists(st.sampled_from(BookColumn), unique=True).map(tuple),
)
ADDRESSES = st.builds(BookUrl, view=VIEWS, first=st.integers(0, 1000), shows_renewals=st.booleans(), view_id=st.none())


@given(ADDRESSES, st.booleans())
def test_an_address_that_is_written_is_read_again(address, leads_team):
    params = build_book_query_params(address, leads_team=leads_team)
    assert parse_book_url(params, leads_team=leads_team) == address


def test_an_empty_address_shows_ones_own_customers_and_a_leader_all():
    assert parse_book_url({}, leads_team=False).view.filter.owner == "mine"
    assert parse_book_url({}, leads_team=True).view.filter.owner == "team"
    assert build_book_query_params(parse_book_url({}, leads_team=True), leads_team=True) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sort", "colour"),
        ("sort", "arr.up"),
        ("owner", "alice"),
        ("segment", "smb,huge"),
        ("health", "purple"),
        ("status", "archived"),
        ("run", "maybe"),
        ("days_from", "1e5"),
        ("days_to", "9" * 5000),
        ("arr_from", "-1"),
        ("deadline", "2026-13"),
        ("ends", "next"),
        ("from", "-50"),
        ("view", "x"),
    ],
)
def test_what_cannot_be_read_is_left_out_and_named(name, value):
    address = parse_book_url({name: value}, leads_team=True)
    assert address.unread == (name,)
    assert address.view == parse_book_url({}, leads_team=True).view


def test_a_column_that_is_gone_is_named_and_the_rest_is_shown():
    address = parse_book_url({"columns": "arr,mood,health"}, leads_team=True)
    assert address.view.columns == (BookColumn.ARR, BookColumn.HEALTH)
    assert address.gone_columns == ("mood",)
    assert parse_book_url({}, leads_team=True).view.columns == DEFAULT_COLUMNS


def test_a_long_name_is_cut():
    address = parse_book_url({"name": "x" * 10_000}, leads_team=True)
    assert len(address.view.filter.name or "") == 200
    assert address.is_name_cut
    assert not parse_book_url({"name": "x" * 200}, leads_team=True).is_name_cut


def test_an_address_whose_columns_are_all_gone_has_the_usual_ones():
    address = parse_book_url({"columns": "mood,weather"}, leads_team=True)
    assert address.view.columns == DEFAULT_COLUMNS
    assert address.gone_columns == ("mood", "weather")
    assert parse_book_url({"columns": "none"}, leads_team=True).view.columns == ()
