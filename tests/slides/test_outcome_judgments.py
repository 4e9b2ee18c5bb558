"""What the slides that end in a letter, a call, a brief or an outcome judge, on both sides of each line."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lib.customers.working_days import WorkingDays
from lib.forms.answer_validation import build_initial_answers
from lib.slides import slide_builder
from lib.slides.call_times import find_working_day_after
from lib.slides.model import SlideId
from tests.slides.slide_sections import DrawnSlide
from tests.support.sample_accounts import bare_account, full_account

# Schedule the call

CALL = {
    "people": [],
    "subject": "s",
    "agenda": "a",
    "date": "2026-12-01",
    "time": "10:00",
    "time_zone": "America/New_York",
    "minutes": 30,
    "place": "Room 1",
}


def call_warnings(**changes: Any) -> list[str]:
    return DrawnSlide(SlideId.SCHEDULE_CALL, full_account(), CALL | changes).warnings


@pytest.mark.parametrize(("time", "is_outside"), [("07:59", True), ("08:00", False), ("17:59", False), ("18:00", True)])
def test_office_hours_are_from_eight_to_six(time: str, is_outside: bool) -> None:
    expected = [f"It is {time} in New York time, outside office hours."] if is_outside else []
    assert [text for text in call_warnings(time=time) if "office hours" in text] == expected


@pytest.mark.parametrize(("day", "is_weekend"), [("2026-12-04", False), ("2026-12-05", True), ("2026-12-06", True)])
def test_saturday_and_sunday_are_named(day: str, is_weekend: bool) -> None:
    assert any(text.startswith("It is S") for text in call_warnings(date=day)) is is_weekend


@pytest.mark.parametrize(("day", "is_past"), [("2026-11-23", False), ("2026-11-22", True)])
def test_a_call_may_be_today_and_not_yesterday(day: str, is_past: bool) -> None:
    assert ("This day is in the past." in call_warnings(date=day)) is is_past


@pytest.mark.parametrize(("day", "is_missing"), [("2027-03-14", True), ("2027-03-15", False)])
def test_an_hour_that_the_clocks_skip_is_named(day: str, is_missing: bool) -> None:
    assert any("does not exist" in text for text in call_warnings(date=day, time="02:30")) is is_missing


def test_the_customers_own_time_is_judged_too() -> None:
    warnings = call_warnings(time="12:00", time_zone="Europe/Berlin")
    assert warnings == ["It is 06:00 at the customer, outside office hours."]


@pytest.mark.parametrize(("place", "is_missing"), [("Room 1", False), ("", True), (None, True)])
def test_an_invitation_without_a_place_is_named(place: str | None, is_missing: bool) -> None:
    assert ("The invitation names no place or link." in call_warnings(place=place)) is is_missing


def test_champion_and_buyer_are_the_guests_if_they_are_active() -> None:
    account = full_account()
    assert DrawnSlide(SlideId.SCHEDULE_CALL, account).field("people").default == ["k-3", "k-2"]
    gone = tuple(replace(contact, status="left") for contact in account.contacts)
    assert DrawnSlide(SlideId.SCHEDULE_CALL, replace(account, contacts=gone)).field("people").default == []


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 20), "2026-11-27"),  # a Friday
        (date(2026, 11, 21), "2026-11-30"),  # a Saturday
        (date(2026, 11, 22), "2026-11-30"),  # a Sunday
        (date(2026, 11, 23), "2026-11-30"),  # a Monday
    ],
)
def test_the_proposed_day_is_the_first_working_day_in_a_week(today: date, day: str) -> None:
    assert find_working_day_after(today) == day


def test_the_proposed_day_skips_holidays_and_the_weekdays_the_company_does_not_work() -> None:
    christmas = WorkingDays(holidays=(date(2026, 12, 25), date(2026, 12, 28)))
    assert find_working_day_after(date(2026, 12, 18), christmas) == "2026-12-29"
    sunday_to_thursday = WorkingDays(weekdays=(7, 1, 2, 3, 4))
    assert find_working_day_after(date(2026, 11, 20), sunday_to_thursday) == "2026-11-29"
    assert find_working_day_after(date.max, christmas) == "9999-12-28"  # no further day to go to


# Draft the email


def default_body(active: int, seats: int = 100) -> str:
    account = full_account()
    week = replace(account.usage[-1], active_users=active, seats=seats)
    slide = DrawnSlide(SlideId.DRAFT_EMAIL, replace(account, usage=(week,)))
    text = "Hello,\n\n{% if usage.active_users %}{{ usage.active_users }} people{% else %}nobody{% endif %}"
    slide_input = replace(slide.input, context=slide.slide.defaults.model_copy(update={"body": text}))
    return str(build_initial_answers(slide_builder.build_slide_form(slide.slide, slide_input), {})["body"])


@pytest.mark.parametrize(("active", "is_mentioned"), [(75, True), (74, False)])
def test_the_email_mentions_usage_from_three_quarters(active: int, is_mentioned: bool) -> None:
    assert ("people" in default_body(active)) is is_mentioned


EMAIL = {"to": "a@x.example", "cc": "", "subject": "s", "body": "Hello there."}


@pytest.mark.parametrize(
    ("body", "is_questioned"),
    [
        ("I attach the quote.", True),
        ("The quote is attached.", True),
        ("See the enclosed quote.", True),
        ("We are attaching value to it.", True),
        ("It was an unattached remark.", False),
        ("Hello there.", False),
    ],
)
def test_a_text_that_mentions_an_attachment_without_one_is_questioned(body: str, is_questioned: bool) -> None:
    warnings = DrawnSlide(SlideId.DRAFT_EMAIL, full_account(), EMAIL | {"body": body}).warnings
    assert any("nothing is attached" in text for text in warnings) is is_questioned


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("You have no data.", "The text says “no data” where a figure is missing."),
        ("Hi {{ buyer.name }}", "The text contains a variable that could not be filled in."),
        ("{% if x %}", "The text contains a variable that could not be filled in."),
    ],
)
def test_a_text_with_a_gap_is_named(body: str, problem: str) -> None:
    assert problem in DrawnSlide(SlideId.DRAFT_EMAIL, full_account(), EMAIL | {"body": body}).warnings
    assert problem not in DrawnSlide(SlideId.DRAFT_EMAIL, full_account(), EMAIL).warnings


def test_the_email_goes_to_the_buyer_if_the_address_is_one() -> None:
    account = full_account()
    assert DrawnSlide(SlideId.DRAFT_EMAIL, account).field("to").default == "renee@obsidian.example"
    contacts = tuple(replace(contact, email="not an address") for contact in account.contacts)
    assert DrawnSlide(SlideId.DRAFT_EMAIL, replace(account, contacts=contacts)).field("to").default is None


@pytest.mark.parametrize(
    ("has_quote", "body", "is_expected"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_the_quote_is_attached_by_default_if_there_is_one_and_the_text_says_so(
    has_quote: bool, body: bool, is_expected: bool
) -> None:
    line = {"item": "Core", "seats": 1, "price": 1.0, "discount": 0}
    run: dict[SlideId, dict[str, Any]] = {SlideId.DRAFT_EMAIL: {"body": "It is attached." if body else "Hello."}}
    run |= {SlideId.PREPARE_QUOTE: {"lines": [line]}} if has_quote else {}
    slide = DrawnSlide(SlideId.DRAFT_EMAIL, full_account(), run_answers=run)
    assert slide.field("with_quote").default is is_expected


# Executive brief

BRIEF = {"headline": "H", "situation": "S", "asks": "A", "decision": "D"}


@pytest.mark.parametrize(("answer", "is_shown"), [(True, True), (False, False), ("yes", False), (None, False)])
def test_our_figures_are_in_the_brief_only_if_somebody_said_so(answer: Any, is_shown: bool) -> None:
    slide = DrawnSlide(SlideId.EXECUTIVE_BRIEF, full_account(), BRIEF | {"with_figures": answer})
    assert ("Figures in the brief" in slide.titles()) is is_shown


def test_health_is_never_among_the_figures_of_the_brief() -> None:
    slide = DrawnSlide(SlideId.EXECUTIVE_BRIEF, full_account(), BRIEF | {"with_figures": True})
    figures = next(s for s in slide.results if getattr(s, "title", "") == "Figures in the brief")
    assert [fact.label for fact in figures.items] == ["ARR", "Notice deadline", "Seats in use"]


@pytest.mark.parametrize("key", BRIEF)
def test_a_part_that_is_not_written_is_named(key: str) -> None:
    label = {"headline": "Headline", "situation": "Situation", "asks": "Our ask", "decision": "Decision needed"}[key]
    assert not DrawnSlide(SlideId.EXECUTIVE_BRIEF, full_account(), BRIEF).warnings
    (said,) = DrawnSlide(SlideId.EXECUTIVE_BRIEF, full_account(), BRIEF | {key: " "}).warnings
    assert said == f"Not written yet, so not in the brief: {label}."


# Summary and outcome


def test_the_amounts_of_a_run_are_those_it_computed() -> None:
    line = {"item": "Core", "seats": 10, "price": 100.25, "discount": 0}
    run = {
        SlideId.PRICING_STRATEGY: {"chosen": "Usual uplift"},
        SlideId.GROWTH_PLAN: {"modules": ["Analytics"]},
        SlideId.PREPARE_QUOTE: {"lines": [line]},
    }
    slide = DrawnSlide(SlideId.SUMMARY, full_account(), run_answers=run)
    shown = [slide.fact(label).value for label in ("ARR today", "Scenario proposed", "Quote", "Planned growth, on top")]
    assert shown == ["$257,250 a year", "$267,540 a year", "$1,003 a year", "$72,000 a year"]


def test_what_was_not_computed_is_not_an_amount() -> None:
    unpriced = {SlideId.PREPARE_QUOTE: {"lines": [{"item": "Core", "seats": None, "price": 1.0}]}}
    slide = DrawnSlide(SlideId.SUMMARY, bare_account(), run_answers=unpriced)
    amounts = next(s for s in slide.sections if getattr(s, "title", "") == "Amounts")
    assert [(fact.label, fact.value) for fact in amounts.items] == [("ARR today", None)]


def test_the_outcome_reads_as_the_history_will_show_it() -> None:
    account = full_account()
    said = DrawnSlide(SlideId.SUMMARY, account, {"outcome_code": "renewed", "amount": 257_250}).warnings
    assert said == ["Recorded as: Renewed, $257,250 a year (no change against today)."]
    assert DrawnSlide(SlideId.SUMMARY, account, {}).warnings == ["Choose an outcome to complete the run."]


def test_an_answer_of_another_slide_is_in_the_summary_only_if_it_is_given() -> None:
    run = {SlideId.GREETING: {"goal": "Calm", "concern": " "}, SlideId.SCHEDULE_CALL: {"date": "2026-12-01"}}
    rows = DrawnSlide(SlideId.SUMMARY, full_account(), run_answers=run).table("Answers of this run").rows
    assert [(row["about"], row["answer"]) for row in rows] == [("Goal for this run", "Calm"), ("Call", "1 Dec 2026")]
