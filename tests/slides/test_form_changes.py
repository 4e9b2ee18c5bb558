from typing import Any

import pytest

from lib.errors import InvalidInput
from lib.slides import slide_builder
from lib.slides.form_changes import LOCK_REASONS, LOCKED_FIELDS, explain_field_lock, is_field_locked
from lib.slides.library import LIBRARY
from lib.slides.model import Slide, SlideId
from lib.slides.slide_fields import list_slide_fields
from lib.workflows.composer import compose_workflow
from tests.slides.slide_inputs import EVERY_SLIDE, make_slide_input
from tests.support.sample_accounts import bare_account, full_account
from tests.workflows.factories import make_definition


def build_fields(slide_id: SlideId, form: dict[str, Any]) -> dict[str, Any]:
    slide = LIBRARY[slide_id]
    context = slide.defaults.merge(type(slide.defaults)(form=form))  # type: ignore[arg-type]
    slide_input = make_slide_input(slide, full_account(), context=context)
    return {field.key: field for field in slide_builder.build_slide_form(slide, slide_input).fields}


def errors_of(slide: str, form: dict[str, Any]) -> list[tuple[str, str | None]]:
    with pytest.raises(InvalidInput) as refused:
        compose_workflow(make_definition(slide_contexts={slide: {"form": form}}))
    return [(error.message, error.field) for error in refused.value.detail]


@EVERY_SLIDE
def test_the_questions_of_a_slide_are_the_same_for_every_account(slide: Slide) -> None:
    for account in (bare_account(), full_account()):
        form = slide_builder.build_slide_form(slide, make_slide_input(slide, account))
        assert {field.key: field.kind for field in form.fields} == {
            key: field.kind for key, field in list_slide_fields(slide).items()
        }


@EVERY_SLIDE
def test_every_question_that_must_be_answered_is_locked(slide: Slide) -> None:
    for field in list_slide_fields(slide).values():
        is_needed = field.required or field.required_when is not None
        assert is_field_locked(slide, field) == (is_needed or field.key in LOCKED_FIELDS.get(slide.id, ()))
    assert set(LOCKED_FIELDS.get(slide.id, ())) <= list_slide_fields(slide).keys()


def test_a_locked_question_says_why_it_is_always_asked() -> None:
    assert LOCK_REASONS.keys() == LOCKED_FIELDS.keys()
    summary, greeting = LIBRARY[SlideId.SUMMARY], LIBRARY[SlideId.GREETING]
    assert explain_field_lock(summary, list_slide_fields(summary)["reason"]) == LOCK_REASONS[SlideId.SUMMARY]
    assert explain_field_lock(summary, list_slide_fields(summary)["notes"]) is None
    assert explain_field_lock(greeting, list_slide_fields(greeting)["goal"]) is None


def test_a_question_is_reworded_required_and_left_out() -> None:
    fields = build_fields(
        SlideId.REVIEW_ACCOUNT,
        {"stands_out": {"label": "What is odd?", "is_required": True}, "data_wrong": {"is_hidden": True}},
    )
    assert list(fields) == ["stands_out"]
    assert (fields["stands_out"].label, fields["stands_out"].required) == ("What is odd?", True)


def test_a_locked_question_is_reworded_and_nothing_else() -> None:
    form = {"outcome_code": {"label": "How did it go?", "is_hidden": True, "is_required": False}}
    field = build_fields(SlideId.SUMMARY, form)["outcome_code"]
    assert (field.label, field.required) == ("How did it go?", True)


@pytest.mark.parametrize(
    ("slide", "form", "sentence", "field"),
    [
        ("summary", {"outcome_code": {"is_hidden": True}}, "is always asked.", "form.outcome_code"),
        ("summary", {"amount": {"is_hidden": True}}, "is always asked.", "form.amount"),
        ("summary", {"outcome_code": {"is_required": False}}, "keeps needing an answer.", "form.outcome_code"),
        ("greeting", {"gaol": {"label": "x"}}, "has no question “gaol”. Did you mean “goal”?", "form.gaol"),
        ("greeting", {"goal": {"color": "red"}}, "no such field", "form.goal.color"),
    ],
)
def test_a_change_that_cannot_be_made_is_named(slide: str, form: Any, sentence: str, field: str) -> None:
    ((message, where),) = errors_of(slide, form)
    assert sentence in message
    assert where == field
