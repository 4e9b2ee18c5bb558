from datetime import date
from decimal import Decimal

import pytest

from lib.text.format import (
    format_change,
    format_cost,
    format_count,
    format_date,
    format_days,
    format_exact_money,
    format_money,
    format_percent,
    format_relative_days,
    format_yes_no,
    join_names,
)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, "no data"),
        (0, "$0"),
        (Decimal(284400), "$284,400"),
        (12.5, "$12.50"),
        (Decimal("-1200.00"), "-$1,200"),
        (0.005, "$0.01"),
        (-0.001, "$0"),
        (1e15, "$1,000,000,000,000,000"),
    ],
)
def test_money_is_usd_and_missing_is_never_zero(amount: float | Decimal | None, text: str) -> None:
    assert format_money(amount) == text


def test_figures_have_their_unit() -> None:
    assert format_percent(Decimal("12.50")) == "12.5%"
    assert [format_count(number, "seat") for number in (0, 1, 2)] == ["0 seats", "1 seat", "2 seats"]
    assert format_count(1250, "seat") == "1,250 seats"
    assert format_days(30) == "30 days"
    assert format_date(date(2027, 3, 2)) == "2 Mar 2027"
    assert [format_relative_days(days) for days in (1, 0, -12)] == ["in 1 day", "today", "12 days ago"]
    assert [format_change(amount) for amount in (5, 0, -5)] == ["+$5", "no change", "-$5"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("84.5"), "$84.50"),
        (Decimal(-1200), "-$1,200.00"),
        (Decimal("1.0050"), "$1.005"),
        (Decimal(0), "$0.00"),
        (None, "no data"),
    ],
)
def test_an_amount_of_an_invoice_has_its_cents_and_every_further_digit(amount: Decimal | None, text: str) -> None:
    assert format_exact_money(amount) == text


def test_missing_reads_no_data_everywhere() -> None:
    say = (
        format_money,
        format_percent,
        format_count,
        format_date,
        format_days,
        format_relative_days,
        format_yes_no,
        format_change,
    )
    assert {speak(None) for speak in say} == {"no data"}
    assert join_names([]) == "no data"


def test_names_are_joined_with_and() -> None:
    assert join_names(["A", "B", "C"]) == "A, B and C"
    assert join_names(["A"]) == "A"


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        ("0", "$0.00"),
        ("0.000018", "$0.000018"),
        ("0.0042", "$0.0042"),
        ("0.009999", "$0.009999"),
        ("0.010000", "$0.01"),
        ("0.015", "$0.02"),
        ("1204.5", "$1,204.50"),
    ],
)
def test_a_cost_below_a_cent_is_shown_with_its_digits(cost: str, text: str) -> None:
    assert format_cost(Decimal(cost)) == text
