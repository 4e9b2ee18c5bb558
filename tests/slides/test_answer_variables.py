"""Answers of earlier slides in the texts of later ones: letters, agendas, briefs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib.slides import slide_builder
from lib.slides.answer_meanings import ANSWER_MEANINGS, ANSWER_PREFIX
from lib.slides.answer_summary import SUMMARIZED_ANSWERS
from lib.slides.answer_variables import AnswerValues
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_template_text
from tests.slides.malformed_answers import MALFORMED_ANSWERS
from tests.support.sample_accounts import full_account

STOCK = Path(__file__).parents[2] / "supabase" / "stock"
LINES = [{"item": "Platform", "seats": 10, "price": 100.0, "discount": 0}]


def make_input(address: str, addresses: tuple[str, ...], answers: dict[str, Any], **context: Any) -> SlideInput:
    return SlideInput(
        account=full_account(),
        context=SlideContext(**context),
        category="renewal",
        person_name="Zoë",
        address=address,
        addresses=addresses,
        answers=answers,
    )


def draft(slide_id: SlideId, slide_input: SlideInput, key: str) -> Any:
    form = slide_builder.build_slide_form(LIBRARY[slide_id], slide_input)
    assert form
    return next(field.default for field in form.fields if field.key == key)


def test_each_answer_that_is_summarized_has_a_meaning_and_each_meaning_an_answer() -> None:
    named = {entry.variable for entries in SUMMARIZED_ANSWERS.values() for entry in entries}
    assert named == set(ANSWER_MEANINGS)


def test_a_text_knows_what_slides_before_it_were_answered_and_of_two_the_nearer() -> None:
    addresses = ("set-goals", "set-goals:second", "executive-brief", "set-goals:after")
    answers = {each: {"goals": [{"goal": each}]} for each in addresses}
    text = "{% if answer.goals %}We agreed on {{ answer.goals }}.{% endif %}{% if answer.call %}No{% endif %}"
    at_brief = make_input("executive-brief", addresses, answers)
    assert fill_template_text(at_brief, text, "") == "We agreed on set-goals:second."
    assert fill_template_text(replace(at_brief, address="set-goals"), text, "") == ""
    assert fill_template_text(replace(at_brief, addresses=()), text, "") == ""


@pytest.mark.parametrize("malformed", MALFORMED_ANSWERS)
def test_malformed_answers_are_no_answers_or_text(malformed: Any) -> None:
    addresses = (*(str(each) for each in SUMMARIZED_ANSWERS), "summary")
    keys = {str(each): {entry.key: malformed for entry in entries} for each, entries in SUMMARIZED_ANSWERS.items()}
    values = AnswerValues(make_input("summary", addresses, keys))
    assert all(isinstance(values[name], str | None) for name in values)
    assert list(values) == [ANSWER_PREFIX + name for name in ANSWER_MEANINGS]


def test_a_letter_goes_to_the_new_contact_and_says_until_when_prices_hold() -> None:
    account = full_account()
    new = replace(account.contacts[0], id="new", name="Jo Lund", email="jo@example.com", status="active", left_on=None)
    account = replace(account, contacts=(*account.contacts, new))
    addresses = ("identify-replacement", "prepare-quote", "draft-email")
    answers: dict[str, Any] = {"identify-replacement": {"choice": new.id}}
    slide_input = replace(make_input("draft-email", addresses, answers), account=account)
    assert draft(SlideId.DRAFT_EMAIL, slide_input, "to") == "jo@example.com"
    assert "proposal" not in draft(SlideId.DRAFT_EMAIL, slide_input, "body")

    quoted = replace(slide_input, answers={"prepare-quote": {"lines": LINES, "valid_until": "2026-12-24"}})
    assert draft(SlideId.DRAFT_EMAIL, quoted, "to") != "jo@example.com"
    assert "its prices hold until 24 Dec 2026." in draft(SlideId.DRAFT_EMAIL, quoted, "body")
    unlisted = replace(slide_input, answers={"identify-replacement": {"choice": "other", "other": "Jo, CFO"}})
    assert draft(SlideId.DRAFT_EMAIL, unlisted, "to") is None


def test_an_agenda_names_goals_and_the_proposal() -> None:
    addresses = ("set-goals", "prepare-quote", "schedule-call")
    answers = {"set-goals": {"goals": [{"goal": "Half the time to close"}]}, "prepare-quote": {"lines": LINES}}
    slide_input = make_input("schedule-call", addresses, answers)
    assert draft(SlideId.SCHEDULE_CALL, slide_input, "agenda").splitlines() == [
        "1. Where you stand with your goals: Half the time to close",
        "2. What we see in the account",
        "3. Our proposal: Platform",
        "4. What comes next, and who does what",
    ]
    none = draft(SlideId.SCHEDULE_CALL, replace(slide_input, answers={}), "agenda")
    assert none.splitlines()[-1] == "3. What comes next, and who does what"


@pytest.mark.parametrize("path", sorted(STOCK.glob("*.json")), ids=lambda path: path.stem)
def test_stock_letters_agendas_and_briefs_read_well_with_and_without_answers(path: Path) -> None:
    content = json.loads(path.read_text())
    addresses = tuple(content["slide_sequence"])
    answers: dict[str, Any] = {
        "contract-terms": {"signer": "Ines Duarte"},
        "set-goals": {"goals": [{"goal": "Half the time to close"}]},
        "prepare-quote": {"lines": LINES, "valid_until": "2026-12-24"},
        "growth-plan": {"modules": ["Insights"]},
        "stakeholder-map": {"gaps": "Nobody in finance"},
    }
    for address, key in (("executive-brief", "situation"), ("draft-email", "body"), ("schedule-call", "agenda")):
        if address in addresses:
            context = content["slide_contexts"].get(address, {})
            for given in ({}, answers):
                text = draft(SlideId(address), make_input(address, addresses, given, **context), key)
                assert not [mark for mark in ("{", "no data", "  ", " .") if mark in text]
