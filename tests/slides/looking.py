"""Slides with an account put in, as the page would."""

from collections.abc import Mapping
from typing import Any

import pytest

from lib.accounts.model import Account
from lib.slides import forms, render
from lib.slides.context import SlideContext
from lib.slides.library import LIBRARY
from lib.slides.model import Section, Slide, SlideInput

EVERY_SLIDE = pytest.mark.parametrize("slide", LIBRARY.values(), ids=lambda slide: slide.id)


def looked_at(
    slide: Slide,
    account: Account,
    *,
    answers: Mapping[str, Any] | None = None,
    context: SlideContext | None = None,
    category: str = "renewal",
) -> SlideInput:
    """`answers` are those of the whole run, by slide id."""
    return SlideInput(
        account=account, context=context or slide.defaults, category=category, person_name="Zoë", answers=answers or {}
    )


def begun(slide: Slide, inp: SlideInput) -> dict[str, Any]:
    return forms.initial(render.build_form(slide, inp), {})


def all_sections(slide: Slide, inp: SlideInput) -> tuple[Section, ...]:
    return (*render.build(slide, inp), *render.build_results(slide, inp, begun(slide, inp)))
