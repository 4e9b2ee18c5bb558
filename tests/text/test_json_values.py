"""Values out of JSON: what does not fit is None, never an exception."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.text.json_values import (
    parse_integer,
    parse_moment,
    parse_number,
    parse_rows,
    to_exact_numbers,
    to_json_numbers,
)

ODD_NUMBERS = [
    float("inf"),
    float("-inf"),
    float("nan"),
    10**400,
    -(10**400),
    1e300,
    Decimal("NaN"),
    Decimal("Infinity"),
    True,
    False,
    "5",
]


@pytest.mark.parametrize("value", ODD_NUMBERS)
def test_a_number_beyond_all_use_is_none(value):
    assert parse_number(value) is None
    assert parse_integer(value) is None


def test_a_row_of_blanks_is_no_row():
    assert parse_rows([{"a": " ", "b": None}, {}, {"a": 0}, {"a": "x"}, "text"]) == ({"a": 0}, {"a": "x"})


def test_what_is_infinite_in_stored_json_becomes_null():
    stored = json.loads('{"amount": 1e400, "lines": [{"price": -1e999, "seats": 3, "discount": 7.5}]}')
    exact = to_exact_numbers(stored)
    assert exact == {"amount": None, "lines": [{"price": None, "seats": 3, "discount": Decimal("7.5")}]}
    assert json.dumps(to_json_numbers(exact), allow_nan=False)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_json_again(value):
    json.dumps(to_json_numbers(to_exact_numbers(value)), allow_nan=False)


@pytest.mark.parametrize("value", ["infinity", "-infinity", "20000-01-01T00:00:00+00:00", "0044-03-15 BC", "", None, 5])
def test_a_moment_beyond_the_calendar_is_none(value):
    assert parse_moment(value) is None


def test_a_moment_has_its_offset():
    assert parse_moment("2026-11-29T10:00:00+00:00") == datetime(2026, 11, 29, 10, tzinfo=UTC)
    assert parse_moment("2026-11-29T10:00:00") is None
