from typing import Any

import pytest

from lib.content.model import Callout, Chart, Text
from lib.errors import InvalidInput
from lib.slides import slide_builder
from lib.slides.library import LIBRARY
from lib.slides.library.custom import SECTION_BUILDERS
from lib.slides.model import SlideId
from lib.slides.shown_sections import SHOWN_SECTION_LABELS, ShownSection
from lib.slides.slide_context import SlideContext
from lib.workflows.composer import compose_workflow
from tests.slides.slide_inputs import make_slide_input
from tests.support.sample_accounts import full_account
from tests.workflows.factories import make_definition

SLIDE = LIBRARY[SlideId.CUSTOM]


def build_sections(**context: Any) -> tuple[Any, ...]:
    slide_input = make_slide_input(SLIDE, full_account(), context=SlideContext(**context))
    return slide_builder.build_slide_sections(SLIDE, slide_input)


def errors_of(*sequence: str, **contexts: Any) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        compose_workflow(make_definition(slide_sequence=sequence, **contexts))
    return [error.message for error in refused.value.detail]


def test_every_part_it_may_show_has_a_label_and_a_builder() -> None:
    assert set(SHOWN_SECTION_LABELS) == set(SECTION_BUILDERS) == set(ShownSection)


def test_a_free_slide_shows_its_text_and_the_chosen_parts_alone() -> None:
    lead, chart = build_sections(lead="Look at {{ customer.name }}.", shows=[ShownSection.USAGE_CHART])
    assert isinstance(lead, Text)
    assert isinstance(chart, Chart)
    assert chart.title == "Usage"


@pytest.mark.parametrize("shown", ShownSection)
def test_each_part_can_be_shown_alone(shown: ShownSection) -> None:
    assert len(build_sections(shows=[shown])) == 1


def test_an_empty_free_slide_says_so() -> None:
    (callout,) = build_sections()
    assert isinstance(callout, Callout)
    assert "still empty" in callout.text


def test_a_free_slide_needs_a_label() -> None:
    (message,) = errors_of("greeting", "custom", "summary")
    assert message == "The slide “custom” needs a label: “custom:security-review”, for example."
    assert compose_workflow(make_definition(slide_sequence=("custom:a", "custom:b", "summary"))).slide_ids[:2] == (
        "custom:a",
        "custom:b",
    )


def test_only_a_free_slide_shows_chosen_parts() -> None:
    (message,) = errors_of("greeting", "summary", slide_contexts={"greeting": {"shows": ["notes"]}})
    assert message == "greeting, shows: only a free slide shows chosen parts of the account."
    (message,) = errors_of("custom:a", "summary", slide_contexts={"custom:a": {"shows": ["passwords"]}})
    assert message.startswith("custom:a, shows.0: ")
