"""What the slides about terms, prices and growth judge, on both sides of each line."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lib.content.model import Tone
from lib.customers.model import Account, ProductModule, UsageWeek
from lib.forms.answer_validation import is_field_required
from lib.slides.growth_amounts import count_extra_seats, suggest_extra_seats
from lib.slides.library.contract_terms import subtract_days
from lib.slides.model import SlideId
from lib.slides.pricing_scenarios import compute_pricing_scenarios, find_chosen_pricing_scenario
from tests.slides.slide_sections import DrawnSlide
from tests.support.sample_accounts import TODAY, bare_account, full_account


def with_contract(**changes: Any) -> Account:
    account = full_account()
    assert account.contract
    return replace(account, contract=replace(account.contract, **changes))


def with_usage(active: int, seats: int = 100, account: Account | None = None) -> Account:
    week = UsageWeek(week_starts_on=TODAY, active_users=active, seats=seats, logins=1, key_actions=1)
    return replace(account or full_account(), usage=(week,))


# Contract terms


@pytest.mark.parametrize(
    ("days", "tone"),
    [(31, Tone.NEUTRAL), (30, Tone.WARNING), (0, Tone.WARNING), (-1, Tone.BAD)],
)
def test_the_notice_deadline_warns_from_30_days_and_is_bad_once_it_passed(days: int, tone: Tone) -> None:
    slide = DrawnSlide(SlideId.CONTRACT_TERMS, with_contract(notice_deadline=TODAY + timedelta(days=days)))
    assert slide.callouts[0][1] == tone


def test_without_a_contract_there_is_no_deadline_and_no_tone() -> None:
    slide = DrawnSlide(SlideId.CONTRACT_TERMS, bare_account())
    assert slide.callouts[0][0].startswith("There is no contract on record")
    assert slide.callouts[0][1] == Tone.NEUTRAL
    assert slide.titles() == ["Timeline"]


def test_milestones_count_back_from_the_notice_deadline() -> None:
    deadline = TODAY + timedelta(days=120)
    account = with_contract(starts_on=TODAY - timedelta(days=5), notice_deadline=deadline, ends_on=date(2028, 1, 1))
    rows = DrawnSlide(SlideId.CONTRACT_TERMS, account).table("Timeline").rows
    assert [(row["day"], str(row["what"]).split(",")[0]) for row in rows] == [
        (TODAY - timedelta(days=5), "Term began"),
        (TODAY, "Plan the renewal"),
        (TODAY, "Today"),
        (deadline - timedelta(days=90), "Confirm people and goals"),
        (deadline - timedelta(days=60), "Proposal out"),
        (deadline - timedelta(days=30), "Terms agreed"),
        (date(2028, 1, 1), "Renewal date"),
    ]


def test_a_milestone_of_yesterday_is_left_out() -> None:
    rows = DrawnSlide(SlideId.CONTRACT_TERMS, with_contract(notice_deadline=TODAY + timedelta(days=119)))
    assert not any(str(row["what"]).startswith("Plan the renewal") for row in rows.table("Timeline").rows)


def test_a_milestone_before_the_calendar_is_its_first_day() -> None:
    assert subtract_days(date(1, 1, 11), 10) == date(1, 1, 1)
    assert subtract_days(date(1, 1, 10), 10) == date.min


@pytest.mark.parametrize(("auto_renews", "shown"), [(True, "yes"), (False, "no")])
def test_auto_renewal_is_said(auto_renews: bool, shown: str) -> None:
    slide = DrawnSlide(SlideId.CONTRACT_TERMS, with_contract(auto_renews=auto_renews))
    assert str(slide.fact("Auto-renews").value).lower() == shown


@pytest.mark.parametrize(("cap", "shown"), [(Decimal(0), "0%"), (Decimal(4), "4%"), (None, "not capped")])
def test_no_uplift_cap_is_no_cap_of_nothing(cap: Decimal | None, shown: str) -> None:
    account = with_contract(uplift_cap_percent=cap)
    assert DrawnSlide(SlideId.CONTRACT_TERMS, account).fact("Uplift cap").value == shown
    assert DrawnSlide(SlideId.PRICING_STRATEGY, account).fact("Uplift cap").value == shown


@pytest.mark.parametrize(("is_read", "needed"), [(False, True), (True, False), (None, False)])
def test_differences_are_asked_for_if_the_contract_was_not_read(is_read: bool | None, needed: bool) -> None:
    field = DrawnSlide(SlideId.CONTRACT_TERMS, full_account()).field("differences")
    assert is_field_required(field, {"terms_read": is_read}) is needed


def test_the_economic_buyer_is_who_signs() -> None:
    assert DrawnSlide(SlideId.CONTRACT_TERMS, full_account()).field("signer").default == "Renée D’Arcy"
    assert DrawnSlide(SlideId.CONTRACT_TERMS, bare_account()).field("signer").default is None


def test_a_discount_is_named_beside_the_arr_if_there_is_one() -> None:
    note = DrawnSlide(SlideId.CONTRACT_TERMS, full_account()).fact("ARR").note
    assert note == "600 seats at $490 list, 12.5% discount"
    note = DrawnSlide(SlideId.CONTRACT_TERMS, with_contract(discount_percent=Decimal(0))).fact("ARR").note
    assert note == "600 seats at $490 list"


# Pricing strategy


def suggested_names(account: Account) -> list[str]:
    return [scenario.name for scenario in compute_pricing_scenarios(account, {})]


@pytest.mark.parametrize(("active", "is_offered"), [(0, False), (1, True), (449, True), (450, False)])
def test_fewer_seats_are_offered_below_three_quarters_in_use(active: int, is_offered: bool) -> None:
    assert ("Seats in use" in suggested_names(with_usage(active, 600))) is is_offered


@pytest.mark.parametrize(("active", "is_offered"), [(90, False), (91, True)])
def test_more_seats_are_offered_above_nine_tenths_in_use(active: int, is_offered: bool) -> None:
    account = with_usage(active, account=with_contract(seats=100))
    assert ("Ten percent more seats" in suggested_names(account)) is is_offered


def test_ten_percent_more_seats_are_one_at_least() -> None:
    for seats, more in ((9, 10), (100, 110)):
        scenarios = compute_pricing_scenarios(with_usage(95, account=with_contract(seats=seats)), {})
        assert scenarios[-1].seats == more


@pytest.mark.parametrize(("cap", "uplift"), [(None, 5), (Decimal(6), 5), (Decimal(5), 5), (Decimal(4), 4)])
def test_the_usual_uplift_is_five_percent_within_the_cap(cap: Decimal | None, uplift: int) -> None:
    scenario = compute_pricing_scenarios(with_contract(uplift_cap_percent=cap), {})[1]
    assert (scenario.name, scenario.uplift, scenario.is_above_cap) == ("Usual uplift", uplift, False)


@pytest.mark.parametrize(("uplift", "is_above"), [(4.0, False), (4.01, True)])
def test_an_uplift_at_the_cap_is_within(uplift: float, is_above: bool) -> None:
    answers = {"scenarios": [{"name": "Ask", "uplift": uplift}]}
    slide = DrawnSlide(SlideId.PRICING_STRATEGY, full_account(), answers)
    assert (slide.warnings == ["Above the agreed cap of 4%: Ask."]) is is_above
    (point,) = slide.chart("ARR in each scenario").series[0].points
    assert (point.tone == Tone.WARNING) is is_above


def test_five_points_more_discount_end_at_a_hundred() -> None:
    for discount, more in ((Decimal(94), 99), (Decimal(97), 100)):
        scenario = compute_pricing_scenarios(with_contract(discount_percent=discount), {})[2]
        assert scenario.discount == more


def test_the_change_is_against_todays_arr() -> None:
    answers = {"scenarios": [{"name": "As is"}, {"name": "Half", "seats": 300}]}
    rows = DrawnSlide(SlideId.PRICING_STRATEGY, full_account(), answers).table("Compared with today").rows
    assert [(row["change"], row["share"]) for row in rows] == [(0, 0), (-128625, -50)]


def test_the_chosen_scenario_is_found_by_its_name_alone() -> None:
    account, chosen = full_account(), find_chosen_pricing_scenario(full_account(), {"chosen": "Usual uplift"})
    assert chosen
    assert chosen.arr == 267540
    assert find_chosen_pricing_scenario(account, {"chosen": "Gone"}) is None
    assert find_chosen_pricing_scenario(account, {}) is None


def test_a_choice_is_required_only_if_there_is_a_scenario() -> None:
    assert DrawnSlide(SlideId.PRICING_STRATEGY, full_account()).field("chosen").required
    assert not DrawnSlide(SlideId.PRICING_STRATEGY, bare_account()).field("chosen").required


# Growth plan


@pytest.mark.parametrize(
    ("active", "words", "tone"),
    [
        (91, "Saturated: 91% of seats are in use", Tone.GOOD),
        (90, "90% of seats are in use: a healthy share", Tone.NEUTRAL),
        (75, "75% of seats are in use: a healthy share", Tone.NEUTRAL),
        (74, "74% of seats are in use: raise usage", Tone.WARNING),
    ],
)
def test_usage_is_saturated_above_90_and_low_below_75_percent(active: int, words: str, tone: Tone) -> None:
    ((text, shown),) = DrawnSlide(SlideId.GROWTH_PLAN, with_usage(active)).callouts
    assert text.startswith(words)
    assert shown == tone


def test_without_a_usage_feed_nothing_is_judged() -> None:
    ((text, tone),) = DrawnSlide(SlideId.GROWTH_PLAN, bare_account()).callouts
    assert (text.split(":")[0], tone) == ("No usage feed", Tone.NEUTRAL)


@pytest.mark.parametrize(("active", "seats"), [(90, 0), (91, 14), (100, 25), (120, 50)])
def test_extra_seats_bring_a_saturated_account_back_to_80_percent(active: int, seats: int) -> None:
    assert suggest_extra_seats(with_usage(active)) == seats


@pytest.mark.parametrize(("typed", "seats"), [(3, 3), (0, 0), (-3, 0), (None, 0), ("3", 0)])
def test_extra_seats_are_never_negative(typed: Any, seats: int) -> None:
    assert count_extra_seats({"extra_seats": typed}) == seats


@pytest.mark.parametrize(("active", "unused"), [(60, "40 seats"), (100, "0 seats"), (130, "0 seats")])
def test_unused_seats_are_never_negative(active: int, unused: str) -> None:
    assert DrawnSlide(SlideId.GROWTH_PLAN, with_usage(active)).fact("Unused").value == unused


def test_the_price_of_a_seat_is_after_the_discount() -> None:
    assert DrawnSlide(SlideId.GROWTH_PLAN, full_account()).fact("Price today").value == "$428.75"


def test_modules_that_are_bought_are_not_offered_and_the_dearest_stands_first_in_the_chart() -> None:
    prices = (ProductModule(name="Zero", annual_price_per_seat=Decimal(1)), *full_account().price_list)
    slide = DrawnSlide(SlideId.GROWTH_PLAN, replace(full_account(), price_list=prices))
    assert [row["module"] for row in slide.table("Modules not bought").rows] == ["Zero", "Analytics", "Audit log"]
    (series,) = slide.chart("ARR each module would add").series
    assert [point.x for point in series.points] == ["Analytics", "Audit log", "Zero"]


@pytest.mark.parametrize(("has_prices", "empty"), [(True, "Every module is bought."), (False, "No price list yet")])
def test_no_module_left_is_not_the_same_as_no_price_list(has_prices: bool, empty: str) -> None:
    prices = full_account().price_list[:1] if has_prices else ()
    table = DrawnSlide(SlideId.GROWTH_PLAN, replace(full_account(), price_list=prices)).table("Modules not bought")
    assert not table.rows
    assert table.empty.startswith(empty)


def test_the_computed_amount_stands_beside_the_planned_one() -> None:
    answers = {"modules": ["Analytics"], "extra_seats": 40, "amount": 90_000}
    slide = DrawnSlide(SlideId.GROWTH_PLAN, full_account(), answers)
    assert [(row["item"], row["amount"]) for row in slide.table("Computed amount").rows] == [
        ("Analytics", 76_800),
        ("40 more seats", 17_150),
    ]
    assert slide.fact("Computed").value == "$93,950 a year"
    assert slide.fact("Planned").value == "$90,000 a year"
    nothing = DrawnSlide(SlideId.GROWTH_PLAN, full_account(), {})
    assert (nothing.fact("Computed").value, nothing.fact("Planned").value) == ("nothing chosen", "not set")


# Set goals

WHOLE_GOAL = {"goal": "Faster", "owner": "Ada", "due": "2027-02-06", "measure": "Days"}


@pytest.mark.parametrize(
    ("changes", "warnings"),
    [
        ({}, ["1 goal, each with an owner, a date and a measure."]),
        ({"owner": ""}, ["No owner: Faster."]),
        ({"due": None}, ["No date: Faster."]),
        ({"measure": None}, ["No measure: Faster."]),
        ({"due": "2026-11-23"}, ["1 goal, each with an owner, a date and a measure."]),
        ({"due": "2026-11-22"}, ["Due in the past: Faster."]),
        ({"due": "2027-02-07"}, ["Due only after the notice deadline: Faster."]),
        ({"goal": "", "owner": ""}, ["No owner: unnamed goal."]),
    ],
)
def test_a_goal_needs_owner_date_and_measure_before_the_notice_deadline(
    changes: dict[str, Any], warnings: list[str]
) -> None:
    slide = DrawnSlide(SlideId.SET_GOALS, full_account(), {"goals": [WHOLE_GOAL | changes]})
    assert slide.warnings == warnings


def test_complete_goals_are_good_and_incomplete_ones_a_warning() -> None:
    tones = [
        DrawnSlide(SlideId.SET_GOALS, full_account(), {"goals": [goal]}).results[0]
        for goal in (WHOLE_GOAL, WHOLE_GOAL | {"owner": None})
    ]
    assert [section.tone for section in tones if hasattr(section, "tone")] == [Tone.GOOD, Tone.WARNING]
    assert DrawnSlide(SlideId.SET_GOALS, full_account(), {"goals": []}).warnings == ["No goals yet."]


@pytest.mark.parametrize(("days", "is_late"), [(0, True), (-1, False)])
def test_a_deadline_that_passed_makes_no_goal_late(days: int, is_late: bool) -> None:
    account = with_contract(notice_deadline=TODAY + timedelta(days=days))
    warnings = DrawnSlide(SlideId.SET_GOALS, account, {"goals": [WHOLE_GOAL]}).warnings
    assert (warnings == ["Due only after the notice deadline: Faster."]) is is_late


# Prepare the quote


@pytest.mark.parametrize(
    ("days", "valid_until"),
    [(75, 30), (31, 30), (30, 29), (1, 0), (0, 30), (-5, 30)],
)
def test_a_quote_ends_in_30_days_or_the_day_before_the_notice_deadline(days: int, valid_until: int) -> None:
    account = with_contract(notice_deadline=TODAY + timedelta(days=days))
    field = DrawnSlide(SlideId.PREPARE_QUOTE, account).field("valid_until")
    assert field.default == (TODAY + timedelta(days=valid_until)).isoformat()


def test_the_term_is_the_contracts_or_a_year() -> None:
    assert DrawnSlide(SlideId.PREPARE_QUOTE, with_contract(term_months=36)).field("term_months").default == 36
    assert DrawnSlide(SlideId.PREPARE_QUOTE, bare_account()).field("term_months").default == 12


def test_the_quote_goes_to_the_buyer_then_the_champion_then_the_sponsor_with_an_address() -> None:
    order = ["economic_buyer", "champion", "executive_sponsor", "user"]
    champion = full_account().contacts[1]
    contacts = [replace(champion, id=role, name=role, role=role, email=f"{role}@x.example") for role in order[::-1]]
    while contacts:
        account = replace(full_account(), contacts=tuple(contacts))
        assert DrawnSlide(SlideId.PREPARE_QUOTE, account).field("contact").default == order.pop(0)
        contacts.pop()
    without_address = replace(champion, email=None)
    account = replace(full_account(), contacts=(without_address,))
    assert DrawnSlide(SlideId.PREPARE_QUOTE, account).field("contact").default is None


def test_the_price_list_says_what_is_bought() -> None:
    rows = DrawnSlide(SlideId.PREPARE_QUOTE, full_account()).table("Price list").rows
    assert [(row["module"], str(row["bought"]).lower()) for row in rows] == [
        ("Core", "yes"),
        ("Analytics", "no"),
        ("Audit log", "no"),
    ]


LINE = {"item": "Core", "seats": 10, "price": 100.0, "discount": 0}


@pytest.mark.parametrize(
    ("valid_until", "warnings"),
    [("2026-11-23", []), ("2026-11-22", ["“Valid until” is in the past."])],
)
def test_a_quote_may_end_today_and_not_yesterday(valid_until: str, warnings: list[str]) -> None:
    slide = DrawnSlide(SlideId.PREPARE_QUOTE, full_account(), {"lines": [LINE], "valid_until": valid_until})
    assert [text for text in slide.warnings if "Valid until" in text] == warnings


def test_an_unpriced_line_keeps_the_quote_from_being_downloaded() -> None:
    for line, count in ((LINE, 0), (LINE | {"price": None}, 1), (LINE | {"seats": None}, 1)):
        slide = DrawnSlide(SlideId.PREPARE_QUOTE, full_account(), {"lines": [line]})
        assert len([text for text in slide.warnings if "without seats or price" in text]) == count


def test_each_line_is_rounded_to_the_cent_before_they_are_added_up() -> None:
    line = LINE | {"seats": 1, "price": 10.01, "discount": 50}
    slide = DrawnSlide(SlideId.PREPARE_QUOTE, full_account(), {"lines": [line, line]})
    assert slide.fact("Total").value == "$10.02 a year"


def test_a_total_is_shown_once_one_line_has_a_price() -> None:
    unpriced = LINE | {"price": None}
    slide = DrawnSlide(SlideId.PREPARE_QUOTE, full_account(), {"lines": [LINE, unpriced]})
    assert slide.fact("Total").value == "$1,000 a year"
    assert DrawnSlide(SlideId.PREPARE_QUOTE, full_account(), {"lines": [unpriced]}).fact("Total").value is None


def test_an_expansion_is_not_compared_with_the_contract_it_comes_on_top_of() -> None:
    for category, change in (("renewal", "−$256,250"), ("expansion", "+$1,000")):
        slide = DrawnSlide(SlideId.PREPARE_QUOTE, full_account(), {"lines": [LINE]}, category=category)
        assert slide.fact("Against today's ARR").value.replace("-", "−") == change
