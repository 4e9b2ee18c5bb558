"""Slides built for an account, as the page builds them."""

from collections.abc import Mapping
from typing import Any

import pytest

from lib.customers.model import Account
from lib.forms.answer_validation import build_initial_answers
from lib.slides import slide_builder
from lib.slides.library import LIBRARY
from lib.slides.model import Section, Slide, SlideInput
from lib.slides.slide_context import SlideContext

EVERY_SLIDE = pytest.mark.parametrize("slide", LIBRARY.values(), ids=lambda slide: slide.id)


def make_slide_input(
    slide: Slide,
    account: Account,
    *,
    answers: Mapping[str, Any] | None = None,
    context: SlideContext | None = None,
    category: str = "renewal",
) -> SlideInput:
    """`answers` are those of the whole run, by slide id."""
    return SlideInput(
        account=account,
        context=context or slide.defaults,
        category=category,
        person_name="Zoë",
        answers=answers or {},
        run_id="run-1",
    )


def default_answers(slide: Slide, slide_input: SlideInput) -> dict[str, Any]:
    return build_initial_answers(slide_builder.build_slide_form(slide, slide_input), {})


def build_all_sections(slide: Slide, slide_input: SlideInput) -> tuple[Section, ...]:
    return (
        *slide_builder.build_slide_sections(slide, slide_input),
        *slide_builder.build_slide_results(slide, slide_input, default_answers(slide, slide_input)),
    )
