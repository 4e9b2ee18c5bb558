from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lib.errors import InvalidInput
from lib.forms.answer_validation import validate_answers
from lib.forms.model import FieldKind, Form
from lib.forms.number_answers import read_number_answer
from lib.slides import slide_builder
from lib.slides.answer_summary import build_answers_table
from lib.slides.answer_variables import VARIABLE_KINDS, list_own_variables
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId, SlideInput
from lib.slides.own_questions import (
    FIELD_KINDS,
    QUESTION_KIND_LABELS,
    OwnQuestion,
    OwnQuestionKind,
    build_own_fields,
    format_own_answer,
    read_own_answer,
)
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_template_text
from lib.slides.template import parse_template
from tests.slides.malformed_answers import MALFORMED_ANSWERS
from tests.support.sample_accounts import bare_account, full_account

AUDITOR = OwnQuestion(key="own_auditor", label="Who audits them?", kind=OwnQuestionKind.TEXT)
SIZE = OwnQuestion(key="own_size", label="Size of the deal", kind=OwnQuestionKind.MONEY, is_required=True)
SLIDES = ("greeting", "review-account", "summary")


def ask(kind: OwnQuestionKind, **given: Any) -> OwnQuestion:
    choices = {"choices": ("Gold", "Silver")} if kind is OwnQuestionKind.CHOICE else {}
    return OwnQuestion(key="own_it", label="It?", kind=kind, **choices | given)


def make_input(address: str = "summary", answers: dict[str, Any] | None = None, **context: Any) -> SlideInput:
    return SlideInput(
        account=full_account(),
        context=SlideContext(**context),
        category="renewal",
        person_name="Zoë",
        address=address,
        addresses=SLIDES,
        questions={"greeting": (AUDITOR, SIZE)},
        answers={"greeting": answers or {}},
    )


@pytest.mark.parametrize("kind", OwnQuestionKind)
def test_every_kind_has_a_label_a_field_and_a_variable(kind: OwnQuestionKind) -> None:
    assert QUESTION_KIND_LABELS[kind]
    assert FIELD_KINDS[kind]
    assert VARIABLE_KINDS[kind]
    (field,) = build_own_fields([ask(kind, help="Why.", is_required=True)], full_account())
    assert (field.key, field.label, field.help, field.required) == ("own_it", "It?", "Why.", True)
    assert bool(field.options) == (kind in (OwnQuestionKind.CHOICE, OwnQuestionKind.PERSON))


@pytest.mark.parametrize(
    ("kind", "stored", "value", "shown"),
    [
        (OwnQuestionKind.TEXT, " Deloitte\nand Co ", "Deloitte\nand Co", "Deloitte and Co"),
        (OwnQuestionKind.NUMBER, Decimal("12.5"), Decimal("12.5"), "12.50"),
        (OwnQuestionKind.MONEY, 284_400, Decimal(284_400), "$284,400"),
        (OwnQuestionKind.CHOICE, "Gold", "Gold", "Gold"),
        (OwnQuestionKind.DATE, "2027-03-12", date(2027, 3, 12), "12 Mar 2027"),
        (OwnQuestionKind.YES_NO, False, False, "no"),
    ],
)
def test_an_answer_is_read_and_shown_as_its_kind(kind: OwnQuestionKind, stored: Any, value: Any, shown: str) -> None:
    assert read_own_answer(ask(kind), stored, full_account()) == value
    assert (format_own_answer(ask(kind), stored, full_account()) or "").lower() == shown.lower()


def test_a_person_is_a_contact_shown_by_name() -> None:
    account = full_account()
    contact = account.contacts[0]
    (field,) = build_own_fields([ask(OwnQuestionKind.PERSON)], account)
    assert contact.id in {option.value for option in field.options}
    assert format_own_answer(ask(OwnQuestionKind.PERSON), contact.id, account) == contact.name
    assert format_own_answer(ask(OwnQuestionKind.PERSON), contact.id, bare_account()) is None


@pytest.mark.parametrize("kind", OwnQuestionKind)
@pytest.mark.parametrize("garbage", MALFORMED_ANSWERS, ids=repr)
def test_a_malformed_answer_is_none_or_a_line(kind: OwnQuestionKind, garbage: Any) -> None:
    shown = format_own_answer(ask(kind), garbage, full_account())
    assert shown is None or "\n" not in shown


def test_a_decimal_comma_is_read_and_a_day_beyond_the_calendar_is_not() -> None:
    number, day = build_own_fields([ask(OwnQuestionKind.NUMBER), ask(OwnQuestionKind.DATE)], full_account())
    assert read_number_answer("12,5", number, "de-DE", {}) == Decimal("12.5")
    assert validate_answers(Form(title="", fields=(day,)), {"own_it": "12027-01-01"})
    assert validate_answers(Form(title="", fields=(number,)), {"own_it": Decimal(10**13)})


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "auditor"},
        {"key": "own_"},
        {"key": "own_A"},
        {"key": "own___class__"},
        {"key": "own_" + "x" * 40},
        {"label": " "},
        {"label": "x" * 201},
        {"kind": "file"},
        {"kind": "choice"},
        {"kind": "choice", "choices": ["one"]},
        {"kind": "choice", "choices": ["one", "one"]},
        {"choices": ["one", "two"]},
        {"colour": "red"},
    ],
    ids=str,
)
def test_a_question_that_cannot_be_asked_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OwnQuestion.model_validate({"key": "own_it", "label": "It?", "kind": "text"} | wrong)


def test_two_questions_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="two questions have the name “own_auditor”"):
        SlideContext(questions=(AUDITOR, AUDITOR))


def test_own_questions_are_asked_after_the_slides_own_and_required_like_them() -> None:
    slide = LIBRARY[SlideId.GREETING]
    slide_input = make_input("greeting", questions=(AUDITOR, SIZE))
    form = slide_builder.build_slide_form(slide, slide_input)
    assert [field.key for field in form.fields][-2:] == ["own_auditor", "own_size"]
    assert validate_answers(form, {}) == ("“Size of the deal” needs an answer.",)
    assert slide_builder.lacks_required_answer(slide, slide_input, {})
    assert not slide_builder.lacks_required_answer(slide, slide_input, {"own_size": 5})


def test_the_summary_has_the_answers_to_own_questions() -> None:
    table = build_answers_table(make_input(answers={"own_auditor": "Deloitte", "own_size": 12}), "Answers")
    assert [(row["about"], row["answer"]) for row in table.rows] == [
        ("Who audits them?", "Deloitte"),
        ("Size of the deal", "$12"),
    ]


def test_a_later_slide_shows_the_answer_and_says_that_there_is_none() -> None:
    text = "Audited by {{ answer.own_auditor }}, worth {{ answer.own_size|money }}."
    answered = make_input(answers={"own_auditor": "Deloitte {{ x }}", "own_size": 1200})
    assert fill_template_text(answered, text, "") == "Audited by Deloitte {{ x }}, worth $1,200."
    assert fill_template_text(make_input(), text, "") == "Audited by no data, worth no data."


def test_the_later_of_two_slides_that_ask_the_same_is_shown() -> None:
    questions = {"greeting": (AUDITOR,), "review-account": (AUDITOR,)}
    slide_input = replace(
        make_input(), questions=questions, answers={"greeting": {"own_auditor": "A"}, "review-account": {}}
    )
    assert fill_template_text(slide_input, "{{ answer.own_auditor }}", "") == "no data"
    assert fill_template_text(replace(slide_input, address="review-account"), "{{ answer.own_auditor }}", "") == "A"


def test_a_text_may_use_only_answers_of_slides_before_it() -> None:
    questions = {"review-account": (AUDITOR,)}
    for address, known in (("greeting", False), ("review-account", False), ("summary", True)):
        own = list_own_variables(questions, SLIDES, address)
        assert bool(own) == known
        if not known:
            with pytest.raises(InvalidInput, match=r"no variable “answer.own_auditor”"):
                parse_template("{{ answer.own_auditor }}", own)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ answer.__class__ }}",
        "{{ answer.own_auditor.__class__ }}",
        "{{ answer['own_auditor'] }}",
        "{{ answer }}",
        "{{ answer.own_auditor() }}",
        "[x](http://evil.example/{{ answer.own_auditor }})",
        "{% if answer.own_auditor %}![{% else %}x{% endif %}](http://evil.example)",
    ],
)
def test_an_own_answer_leads_to_nothing_else(attack: str) -> None:
    with pytest.raises(InvalidInput):
        parse_template(attack, list_own_variables({"greeting": (AUDITOR,)}, SLIDES, "summary"))


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.lists(st.text(max_size=5), max_size=3)
QUESTIONS = st.dictionaries(st.sampled_from([*OwnQuestion.model_fields, "x"]), JSON | st.sampled_from(OwnQuestionKind))


@given(QUESTIONS)
def test_any_question_is_asked_or_refused(raw: dict[str, Any]) -> None:
    try:
        question = OwnQuestion.model_validate(raw)
    except ValidationError:
        return
    (field,) = build_own_fields([question], full_account())
    assert field.kind in FieldKind
    assert field.label
