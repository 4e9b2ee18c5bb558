from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.content.model import Callout, Chart, Facts, Table
from lib.customers.arr_computation import compute_arr, compute_percentage
from lib.customers.successor_candidates import rank_successor_candidates
from lib.slides import slide_builder
from lib.slides.growth_amounts import compute_growth_plan_price
from lib.slides.library import LIBRARY
from lib.slides.library.summary import find_amount_mismatch
from lib.slides.model import SlideId
from lib.slides.pricing_scenarios import compute_pricing_scenarios
from lib.slides.quote_totals import compute_quote, suggest_quote_lines
from tests.slides.slide_inputs import make_slide_input
from tests.support.company_rules import STOCK_RULES
from tests.support.sample_accounts import bare_account, full_account

PRICING = LIBRARY[SlideId.PRICING_STRATEGY]
QUOTE = LIBRARY[SlideId.PREPARE_QUOTE]


@pytest.mark.parametrize(
    ("discount", "approver"),
    [
        ("0", "CSM"),
        ("10", "CSM"),
        ("10.01", "manager"),
        ("20", "manager"),
        ("20.5", "admin"),
        ("30", "admin"),
        ("30.01", "admin, with proof"),
        ("100", "admin, with proof"),
    ],
)
def test_discount_needs_the_first_approver_who_may_approve_it(discount: str, approver: str) -> None:
    assert STOCK_RULES.find_discount_approver(Decimal(discount)) == approver
    assert STOCK_RULES.needs_discount_approval(Decimal(discount)) is (approver != "CSM")


def test_arr_equals_the_databases_to_the_dollar() -> None:
    assert compute_arr(Decimal(600), Decimal("490.00"), Decimal("12.50")) == Decimal(257250)
    assert compute_arr(Decimal(3), Decimal("0.50"), Decimal(0)) == 2
    assert compute_arr(Decimal(600), Decimal(490), Decimal("12.5"), Decimal(4)) == Decimal(267540)
    assert compute_percentage(Decimal(1), Decimal(0)) is None


@given(
    seats=st.integers(0, 10**7),
    price=st.decimals(0, 10**6, places=2),
    discount=st.decimals(0, 100, places=2),
    uplift=st.decimals(0, 100, places=2),
)
def test_discount_never_raises_and_uplift_never_lowers_the_price(
    seats: int, price: Decimal, discount: Decimal, uplift: Decimal
) -> None:
    count = Decimal(seats)
    listed = compute_arr(count, price, Decimal(0))
    assert compute_arr(count, price, discount) <= listed <= compute_arr(count, price, Decimal(0), uplift)


def test_suggested_scenarios_start_from_the_contract_and_keep_to_the_cap() -> None:
    scenarios = compute_pricing_scenarios(full_account(), {})
    assert [(s.name, s.arr) for s in scenarios] == [
        ("As today", Decimal(257250)),
        ("Usual uplift", Decimal(267540)),
        ("Five points more discount", Decimal(242550)),
        ("Seats in use", Decimal(142688)),
    ]
    assert not any(scenario.is_above_cap for scenario in scenarios)
    assert [s.approver for s in scenarios] == ["manager", "CSM", "manager", "CSM"]


def test_blank_scenario_cell_means_as_today_and_zero_means_zero() -> None:
    blank, zero = compute_pricing_scenarios(
        full_account(), {"scenarios": [{"name": "a"}, {"name": "b", "discount": 0, "seats": 0}]}
    )
    assert blank.arr == 257250
    assert (zero.discount, zero.arr) == (0, 0)


def test_uplift_above_the_cap_is_flagged_and_still_compared() -> None:
    answers = {"scenarios": [{"name": "Bold", "uplift": 9.0}, {"name": "Fair", "uplift": 4.0}]}
    chart, table, warning = slide_builder.build_slide_results(
        PRICING, make_slide_input(PRICING, full_account()), answers
    )
    assert isinstance(chart, Chart)
    assert chart.reference
    assert chart.reference.y == 257250
    assert isinstance(table, Table)
    assert [(row["change"], row["cap"]) for row in table.rows] == [(23153, "above the cap"), (10290, "within")]
    assert isinstance(warning, Callout)
    assert warning.text == "Above the agreed cap of 4%: Bold."


def test_without_a_contract_nothing_is_priced() -> None:
    answers = {"scenarios": [{"name": "Guess", "uplift": 5.0}]}
    chart, table = slide_builder.build_slide_results(PRICING, make_slide_input(PRICING, bare_account()), answers)
    assert isinstance(chart, Chart)
    assert not chart.has_data
    assert isinstance(table, Table)
    assert table.rows[0]["arr"] is None


def test_quote_line_without_a_price_is_unpriced_and_not_zero() -> None:
    lines = [
        {"item": "Core", "seats": 600, "price": 490.0, "discount": 12.5},
        {"item": "Audit log", "seats": 600, "price": 35.5, "discount": None},
        {"item": "Later", "seats": 10, "price": None},
    ]
    quote = compute_quote({"lines": lines}, full_account())
    assert (quote.total, quote.list_total, quote.unpriced_count) == (Decimal(278550), Decimal(315300), 1)
    assert quote.off_list_percent == Decimal("12.5")
    assert quote.discount is not None
    assert round(quote.discount, 2) == Decimal("11.66")


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "item": st.text(max_size=5),
                "seats": st.integers(0, 10**6),
                "price": st.floats(0, 1e5),
                "discount": st.floats(0, 100),
            }
        ),
        max_size=6,
    )
)
def test_quote_total_is_the_sum_of_its_lines(lines: list[dict[str, Any]]) -> None:
    quote = compute_quote({"lines": lines}, full_account())
    assert quote.total == sum(line.total or 0 for line in quote.lines) <= quote.list_total


def test_default_quote_has_the_chosen_scenario_and_the_planned_modules() -> None:
    answers = {
        SlideId.PRICING_STRATEGY: {"chosen": "Usual uplift"},
        SlideId.GROWTH_PLAN: {"modules": ["Analytics"]},
    }
    assert suggest_quote_lines(make_slide_input(QUOTE, full_account(), answers=answers)) == [
        {"item": "Subscription", "seats": 600, "price": Decimal("509.60"), "discount": Decimal("12.5")},
        {"item": "Analytics", "seats": 600, "price": 120, "discount": 0},
    ]


def test_an_expansion_quotes_only_what_is_new() -> None:
    answers = {SlideId.GROWTH_PLAN: {"modules": ["Audit log"], "extra_seats": 40}}
    slide_input = make_slide_input(QUOTE, full_account(), answers=answers, category="expansion")
    assert [(line["item"], line["seats"]) for line in suggest_quote_lines(slide_input)] == [
        ("Extra seats", 40),
        ("Audit log", 640),
    ]


def test_growth_plan_amount_is_modules_on_every_seat_plus_extra_seats() -> None:
    answers = {"modules": ["Audit log", "Gone", "Core"], "extra_seats": 40}
    assert compute_growth_plan_price(full_account(), answers) == Decimal(22720) + Decimal(17150)
    assert compute_growth_plan_price(full_account(), {}) is None
    assert compute_growth_plan_price(bare_account(), answers) is None


def test_candidates_are_ranked_by_points_that_add_up() -> None:
    first, second, third = rank_successor_candidates(full_account())
    assert [(c.contact.name, c.points) for c in (first, second, third)] == [
        ("Aiko Tanaka", 10),
        ("Renée D’Arcy", 9),
        ("Sam Poe", 0),
    ]
    assert first.reasons == ("influence 3 (+3)", "positive (+3)", "champion (+2)", "last contact 21 days ago (+2)")
    assert third.reasons == ("influence unknown", "sentiment unknown", "admin", "never contacted")


def test_named_successor_ranks_higher() -> None:
    account = full_account()
    gone = replace(account.contacts[0], replaced_by="k-3")
    best, *_ = rank_successor_candidates(replace(account, contacts=(gone, *account.contacts[1:])))
    assert (best.contact.id, best.points) == ("k-3", 12)


def test_cents_of_a_quote_are_no_change_of_arr() -> None:
    account = full_account()
    assert account.contract is not None
    arr = account.contract.arr
    lines = [{"item": "Subscription", "seats": 1, "price": float(arr) - 0.08, "discount": 0}]
    facts = slide_builder.build_slide_results(QUOTE, make_slide_input(QUOTE, account), {"lines": lines})[1]
    assert isinstance(facts, Facts)
    assert ("Against today's ARR", "no change") in [(fact.label, fact.value) for fact in facts.items]
    summary_input = make_slide_input(LIBRARY[SlideId.SUMMARY], account)
    answers = {"outcome_code": "renewed", "amount": float(arr) - 0.08}
    assert find_amount_mismatch(summary_input, answers) is None
    assert find_amount_mismatch(summary_input, answers | {"amount": float(arr) - 1}) is not None


@pytest.mark.parametrize(
    ("discount", "approval"),
    [
        (7.5, ("Approval", "No approval needed", "Within your limit of 10%.")),
        (10, ("Approval", "No approval needed", "Within your limit of 10%.")),
        (
            45,
            (
                "Needs approval",
                "admin, with proof",
                "45% below list — needs an admin's approval, with proof of who agreed",
            ),
        ),
    ],
)
def test_a_discount_within_ones_own_limit_needs_no_approval(discount: float, approval: tuple[str, str, str]) -> None:
    lines = [{"item": "Subscription", "seats": 10, "price": 490.0, "discount": discount}]
    facts = slide_builder.build_slide_results(QUOTE, make_slide_input(QUOTE, full_account()), {"lines": lines})[1]
    assert isinstance(facts, Facts)
    assert (facts.items[-1].label, facts.items[-1].value, facts.items[-1].note) == approval


def test_a_scenario_within_ones_own_limit_needs_no_approval() -> None:
    slide = LIBRARY[SlideId.PRICING_STRATEGY]
    answers = {"scenarios": [{"name": "A", "discount": 10}, {"name": "B", "discount": 45}]}
    table = slide_builder.build_slide_results(slide, make_slide_input(slide, full_account()), answers)[1]
    assert isinstance(table, Table)
    assert [row["approver"] for row in table.rows] == ["no", "admin, with proof"]


def test_the_totals_of_a_quote_have_one_precision() -> None:
    lines = [{"item": "Subscription", "seats": 600, "price": 490.0, "discount": 7.51}]
    facts = slide_builder.build_slide_results(QUOTE, make_slide_input(QUOTE, full_account()), {"lines": lines})[1]
    assert isinstance(facts, Facts)
    values = {fact.label: fact.value for fact in facts.items}
    assert values["Total"] == "$271,920.60 a year"
    assert values["Against today's ARR"] == "+$14,670.60"
    assert values["At list price"] == "$294,000.00 a year"


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"discount": 10}, None),
        ({"discount": "11.4"}, None),
        ({"discount": 11.4, "uplift": 0}, "11.4% below list — needs your manager's approval"),
        ({"discount": 0, "uplift": -90}, "90% below list — needs an admin's approval, with proof of who agreed"),
        ({"discount": 25}, "25% below list — needs an admin's approval"),
        ({"discount": 12, "uplift": 5}, None),
    ],
)
def test_the_slide_says_before_it_is_saved_what_the_chosen_price_needs(row: dict[str, Any], text: str | None) -> None:
    answers = {"scenarios": [{"name": "Offer", "discount": 0} | row], "chosen": "Offer"}
    if row.get("discount") == "11.4":  # no number: as today, which is 12.5%
        text = "12.5% below list — needs your manager's approval"
    sections = slide_builder.build_slide_results(PRICING, make_slide_input(PRICING, full_account()), answers)
    found = [each.text for each in sections if isinstance(each, Callout) and "cap" not in each.text]
    assert found == ([text] if text else [])
