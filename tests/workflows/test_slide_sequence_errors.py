from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import InvalidInput
from lib.slides.model import SlideId
from lib.workflows.composer import compose_workflow
from lib.workflows.model import ComposedWorkflow
from lib.workflows.slide_sequence_errors import MAX_SLIDES, SLIDES_USED_ONCE
from tests.workflows.factories import make_definition

TWO_MAILS = ("greeting", "draft-email", "draft-email:second", "summary")


def compose(*sequence: str, **contexts: Any) -> ComposedWorkflow:
    return compose_workflow(make_definition(slide_sequence=sequence, **contexts))


def errors_of(*sequence: str, **contexts: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(InvalidInput) as refused:
        compose(*sequence, **contexts)
    return [(error.message, error.slide) for error in refused.value.detail]


def test_a_slide_twice_composes_under_two_addresses_with_contexts_of_their_own() -> None:
    workflow = compose(*TWO_MAILS, slide_contexts={"draft-email:second": {"lead": "Write to the CFO."}})
    assert workflow.slide_ids == TWO_MAILS
    first, second = workflow.slides[1:3]
    assert (first.slide, second.slide.id) == (second.slide, SlideId.DRAFT_EMAIL)
    assert second.context.lead == "Write to the CFO."
    assert first.context.lead != second.context.lead
    assert (first.short, second.short) == ("Email", "Email (second)")


def test_a_link_by_slide_id_leads_to_the_first_such_slide() -> None:
    workflow = compose("draft-email:first", "draft-email:second", "summary")
    assert workflow.find_slide("draft-email") is None
    for address, found in (("draft-email", "draft-email:first"), ("draft-email:second", "draft-email:second")):
        slide = workflow.find_linked_slide(address)
        assert slide is not None
        assert slide.id == found
    assert workflow.find_linked_slide("greeting") is None


def test_the_same_address_twice_is_refused_and_a_label_offered() -> None:
    assert errors_of("draft-email", "draft-email", "summary") == [
        (
            "The slide “draft-email” appears in it more than once. Give one of them a label: “draft-email:second”.",
            "draft-email",
        )
    ]


def test_a_bad_label_and_an_unknown_slide_are_named_at_their_address() -> None:
    found = {slide: message for message, slide in errors_of("greting:x", "greeting:Big One", "summary")}
    assert found["greting:x"].endswith("Did you mean “greeting”?")
    assert found["greeting:Big One"].startswith("“Big One” cannot be a slide's label")


@pytest.mark.parametrize("slide", SLIDES_USED_ONCE)
def test_what_a_run_has_once_is_once_in_a_workflow(slide: SlideId) -> None:
    ((message, where),) = errors_of(slide, f"{slide}:second")
    assert message == f"A workflow has the slide “{slide}” once; this one has {slide} and {slide}:second."
    assert where == f"{slide}:second"
    assert compose(f"{slide}:only").slide_ids == (f"{slide}:only",)


def test_two_hundred_slides_are_refused_in_a_sentence() -> None:
    sequence = [f"draft-email:n{number}" for number in range(200)]
    assert errors_of(*sequence) == [(f"It has 200 slides; a workflow can have up to {MAX_SLIDES}.", None)]


def test_a_context_of_an_address_that_is_gone_is_an_error() -> None:
    ((message, where),) = errors_of("draft-email", "summary", slide_contexts={"draft-email:second": {"lead": "x"}})
    assert message == "There is a context for “draft-email:second”, but that slide is not in the sequence."
    assert where == "draft-email:second"


ADDRESSES = st.builds(
    lambda slide, label: f"{slide}:{label}" if label is not None else slide,
    st.sampled_from([*map(str, SlideId), "nowhere", ""]),
    st.none() | st.sampled_from(["second", "x" * 40, "x" * 41, "", "A"]) | st.text(max_size=5),
)


@given(st.lists(ADDRESSES, max_size=8))
def test_any_sequence_composes_or_lists_its_errors(sequence: list[str]) -> None:
    try:
        workflow = compose(*sequence)
    except InvalidInput as error:
        assert error.detail  # noqa: PT017  either way is a pass
    else:
        assert workflow.slide_ids == tuple(sequence)
