from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lib.content.model import Callout, Chart, Facts, Table, Text
from lib.forms.answer_validation import build_initial_answers, is_field_required, validate_answers
from lib.slides import slide_builder
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.slides.slide_context import SlideContext
from lib.workflows.model import Category
from tests.slides.slide_inputs import build_all_sections, make_slide_input
from tests.support.sample_accounts import TODAY, full_account


def test_contract_terms_begin_with_the_notice_deadline() -> None:
    slide = LIBRARY[SlideId.CONTRACT_TERMS]
    first = next(
        section
        for section in slide_builder.build_slide_sections(slide, make_slide_input(slide, full_account()))
        if not isinstance(section, Text)
    )
    assert isinstance(first, Callout)
    assert first.text.startswith("Notice deadline 6 Feb 2027, in 75 days")


@pytest.mark.parametrize(
    ("days", "auto_renews", "expected"),
    [
        (75, True, "in 75 days"),
        (1, True, "in 1 day:"),
        (0, True, "is today"),
        (-1, True, "passed 1 day ago, on"),
        (-1, False, "ends unless it is renewed"),
        (-200, True, "the term ended on"),
    ],
)
def test_notice_deadline_sentence_is_for_ahead_today_and_passed(days: int, auto_renews: bool, expected: str) -> None:
    account = full_account()
    assert account.contract
    deadline = TODAY + timedelta(days=days)
    contract = replace(
        account.contract, notice_deadline=deadline, ends_on=deadline + timedelta(days=61), auto_renews=auto_renews
    )
    slide = LIBRARY[SlideId.CONTRACT_TERMS]
    sections = slide_builder.build_slide_sections(slide, make_slide_input(slide, replace(account, contract=contract)))
    assert expected in next(section.text for section in sections if isinstance(section, Callout))


def test_own_and_computed_risk_are_shown_side_by_side_and_not_averaged() -> None:
    slide = LIBRARY[SlideId.ASSESS_RISK]
    facts, note = slide_builder.build_slide_results(
        slide, make_slide_input(slide, full_account()), {"own_call": "high", "reason": "The CFO is silent."}
    )
    assert isinstance(facts, Facts)
    assert [(fact.label, fact.value) for fact in facts.items] == [
        ("Computed risk", "medium"),
        ("Your assessment", "high"),
    ]
    assert isinstance(note, Callout)
    assert "differ" in note.text


def test_usage_line_breaks_where_weeks_are_missing() -> None:
    slide = LIBRARY[SlideId.REVIEW_ACCOUNT]
    chart = next(
        section
        for section in build_all_sections(slide, make_slide_input(slide, full_account()))
        if isinstance(section, Chart)
    )
    users, seats = chart.series
    assert [point.y for point in users.points].count(None) == 1
    assert {point.y for point in seats.points} == {600.0, None}
    assert chart.source == "Weekly usage feed, 25 May 2026 to 16 Nov 2026."


def test_contacts_in_one_spot_share_a_mark_and_unplaced_ones_are_listed() -> None:
    slide = LIBRARY[SlideId.STAKEHOLDER_MAP]
    account = full_account()
    twin = replace(account.contacts[1], id="k-9", name="株式会社 太郎")
    sections = build_all_sections(slide, make_slide_input(slide, replace(account, contacts=(*account.contacts, twin))))
    chart = next(section for section in sections if isinstance(section, Chart))
    labels = [point.label for series in chart.series for point in series.points]
    assert sorted(labels, key=str) == ["Aiko Tanaka, 株式会社 太郎", "Renée D’Arcy"]
    table = next(section for section in sections if isinstance(section, Table))
    assert [row["name"] for row in table.rows] == ["Sam Poe"]


@pytest.mark.parametrize("category", Category)
def test_the_summary_offers_the_outcomes_of_the_category(category: Category) -> None:
    slide = LIBRARY[SlideId.SUMMARY]
    form = slide_builder.build_slide_form(slide, make_slide_input(slide, full_account(), category=category))
    offered = {
        Category.RENEWAL: ["renewed", "expanded", "downgraded", "churned", "no_decision"],
        Category.RISK: ["contact_secured", "risk_accepted", "no_decision"],
        Category.STRATEGY: ["plan_agreed", "expanded", "no_decision"],
        Category.EXPANSION: ["plan_agreed", "expanded", "no_decision"],
    }
    assert [field.key for field in form.fields] == ["outcome_code", "amount", "reason", "notes"]
    assert [option.value for option in form.fields[0].options] == offered[category]


@pytest.mark.parametrize(
    ("code", "needs"),
    [
        ("renewed", {"amount"}),
        ("expanded", {"amount"}),
        ("downgraded", {"amount", "reason"}),
        ("churned", {"reason"}),
        ("no_decision", {"reason"}),
    ],
)
def test_an_outcome_demands_what_the_database_demands(code: str, needs: set[str]) -> None:
    slide = LIBRARY[SlideId.SUMMARY]
    form = slide_builder.build_slide_form(slide, make_slide_input(slide, full_account()))
    answers = {"outcome_code": code}
    assert {field.key for field in form.fields[1:] if is_field_required(field, answers)} == needs
    assert len(validate_answers(form, answers)) == len(needs)
    assert not validate_answers(form, answers | {"amount": 1, "reason": "because"})


def test_summary_lists_the_answers_of_the_other_slides() -> None:
    slide = LIBRARY[SlideId.SUMMARY]
    answers: dict[str, dict[str, Any]] = {
        SlideId.GREETING: {"goal": "Keep them *calm*"},
        SlideId.IDENTIFY_REPLACEMENT: {"choice": "k-3", "first_step": "Write", "by": "2026-12-01"},
        SlideId.SET_GOALS: {"goals": [{"goal": "Faster"}, {"goal": "Cheaper"}]},
        SlideId.PREPARE_QUOTE: {"lines": [{"item": "Core", "seats": 10, "price": 490.0, "discount": 0}]},
    }
    table, amounts, *_ = (
        s
        for s in slide_builder.build_slide_sections(slide, make_slide_input(slide, full_account(), answers=answers))
        if not isinstance(s, Text)
    )
    assert isinstance(table, Table)
    assert {row["about"]: row["answer"] for row in table.rows} == {
        "Goal for this run": "Keep them *calm*",
        "New executive contact": "Renée D’Arcy",
        "First step": "Write",
        "By": "1 Dec 2026",
        "Goals": "Faster and Cheaper",
        "Quote": "Core",
    }
    assert isinstance(amounts, Facts)
    assert ("Quote", "$4,900 a year") in [(fact.label, fact.value) for fact in amounts.items]


def test_module_amounts_are_exact_decimals() -> None:
    slide = LIBRARY[SlideId.GROWTH_PLAN]
    tables = [s for s in build_all_sections(slide, make_slide_input(slide, full_account())) if isinstance(s, Table)]
    assert tables[0].rows[1]["amount"] == Decimal(21300)


@pytest.mark.parametrize(("cap", "expected"), [(None, "no cap"), (Decimal(3), "within"), (Decimal(1), "above the cap")])
def test_scenario_is_compared_with_the_cap_only_if_there_is_one(cap: Decimal | None, expected: str) -> None:
    account = full_account()
    assert account.contract
    account = replace(account, contract=replace(account.contract, uplift_cap_percent=cap))
    offered = [{"name": "Ask", "uplift": 2.0, "discount": None, "seats": None}]
    slide = LIBRARY[SlideId.PRICING_STRATEGY]
    made = slide_builder.build_slide_results(slide, make_slide_input(slide, account), {"scenarios": offered})
    (table,) = [section for section in made if isinstance(section, Table)]
    assert [row["cap"] for row in table.rows] == [expected]


@pytest.mark.parametrize(
    ("code", "change", "is_odd"),
    [
        ("downgraded", 1, True),
        ("downgraded", 0, True),
        ("downgraded", -1, False),
        ("expanded", 0, True),
        ("expanded", 1, False),
        ("renewed", -1, True),
        ("renewed", 0, False),
        ("churned", 1, False),
    ],
)
def test_amount_that_does_not_fit_the_outcome_is_questioned(code: str, change: int, is_odd: bool) -> None:
    slide, account = LIBRARY[SlideId.SUMMARY], full_account()
    assert account.contract
    answers = {"outcome_code": code, "amount": float(account.contract.arr) + change}
    (said,) = slide_builder.build_slide_results(slide, make_slide_input(slide, account), answers)
    assert isinstance(said, Callout)
    assert said.text.endswith("the right outcome?") is is_odd


EMAIL_TEMPLATE = (
    "Hello,\n\nbefore we talk, {% if usage.active_users %}"
    "{{ usage.active_users }} of you use it.{% else %}tell me.{% endif %}"
    "{% if champion.name %} {{ champion.name }} suggested that I write.{% endif %}"
)


def draft_body(body: str, *, active: int, category: str = "renewal") -> str:
    slide, account = LIBRARY[SlideId.DRAFT_EMAIL], full_account()
    assert account.latest_usage
    week = replace(account.latest_usage, active_users=active, seats=100)
    champion = replace(account.contacts[0], id="k-7", name="Ada", role="champion", status="active")
    account = replace(account, usage=(week,), contacts=(*account.contacts, champion))
    slide_input = make_slide_input(slide, account, context=replace_body(slide.defaults, body), category=category)
    return str(build_initial_answers(slide_builder.build_slide_form(slide, slide_input), {})["body"])


def replace_body(context: SlideContext, body: str) -> SlideContext:
    return context.model_copy(update={"body": body})


def test_email_starts_with_a_capital_and_mentions_only_high_usage() -> None:
    assert draft_body(EMAIL_TEMPLATE, active=90).startswith("Hello,\n\nBefore we talk, 90 of you use it. Ada suggested")
    assert draft_body(EMAIL_TEMPLATE, active=33).startswith("Hello,\n\nBefore we talk, tell me.")
    assert draft_body("Hello,\n\n{{ usage.active_users }} of you.", active=33).endswith("33 of you.")


def test_email_after_a_departure_does_not_name_the_champion() -> None:
    assert "suggested" not in draft_body(EMAIL_TEMPLATE, active=90, category="risk")
