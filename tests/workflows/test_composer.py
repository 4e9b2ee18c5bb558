import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import InvalidInput, NotFound, ZenError
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.slides.slide_context import SlideContext
from lib.workflows.composer import compose_workflow
from lib.workflows.model import ComposedWorkflow, DefinitionError, DefinitionStatus
from lib.workflows.service import choose_published_definition, parse_workflow_changes
from tests.slides.template_attacks import TEMPLATE_ATTACKS
from tests.workflows.factories import make_definition, make_version


def refused(**given: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        compose_workflow(make_definition(**given))
    return caught.value


def test_a_definition_becomes_one_frozen_workflow() -> None:
    workflow = compose_workflow(make_definition(slide_contexts={"greeting": {"minutes": 7}}))
    assert workflow.slide_ids == ("greeting", "review-account", "summary")
    assert workflow.version is None
    assert workflow.find_slide("greeting") is workflow.slides[0]
    assert workflow.find_slide("prepare-quote") is None
    assert workflow.total_minutes == 7 + 8 + 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        workflow.name = "x"  # type: ignore[misc]


def test_a_version_is_composed_from_itself_alone() -> None:
    workflow = compose_workflow(make_version(version=4, slide_contexts={"greeting": {"lead": "Pinned"}}))
    assert workflow.version == 4
    assert workflow.slides[0].context.lead == "Pinned"


def test_unknown_slide_ids_are_all_named_with_the_likely_cause() -> None:
    error = refused(slide_sequence=("greeting", "review-acount", "teleport", "summary"))
    assert "The slide “review-acount” is not in the slide library. Did you mean “review-account”?" in error.message
    assert "The slide “teleport” is not in the slide library." in error.message
    assert [fault.slide for fault in error.detail] == ["review-acount", "teleport"]


def test_a_context_for_a_slide_that_is_not_there_is_refused() -> None:
    error = refused(slide_contexts={"prepare-quote": {}, "greting": {}})
    assert "There is a context for “prepare-quote”, but that slide is not in the sequence." in error.message
    assert "The slide “greting” is not in the sequence, but has a context. Did you mean “greeting”?" in error.message


@pytest.mark.parametrize(
    ("context", "field", "sentence"),
    [
        ({"leed": "x"}, "leed", "a slide context has no such field. Did you mean “lead”?"),
        ({"minutes": 0}, "minutes", "greater than or equal to 1"),
        ({"minutes": "many"}, "minutes", "valid integer"),
        ({"lead": "x" * 4001}, "lead", "at most 4000"),
        ({"checklist": ["x"] * 13}, "checklist", "at most 12"),
        ({"checklist": [1]}, "checklist.0", "valid string"),
        ({"lead": "{{ customer.nmae }}"}, "lead", "Did you mean “customer.name”?"),
        ({"checklist": ["fine", "{% for x in y %}{% endfor %}"]}, "checklist.1", "texts may not use loops"),
        ({"title": "{{ x"}, "title", "Line 1"),
        ({"question": "![x](http://evil.example)"}, "question", "images are not allowed"),
        ({"subject": "{{ 1 + 1 }}"}, "subject", "may not use"),
        ({"body": "{{ a.b }}"}, "body", "no variable"),
        ("text", None, "valid dictionary"),
        (None, None, "valid dictionary"),
    ],
)
def test_a_bad_context_is_named_by_slide_and_field(context: Any, field: str | None, sentence: str) -> None:
    (fault,) = refused(slide_contexts={"greeting": context}).detail
    assert (fault.slide, fault.field) == ("greeting", field)
    assert sentence in fault.message


def test_an_own_question_does_not_take_the_name_of_one_of_the_slide() -> None:
    questions = [{"key": key, "label": "Your call?", "kind": "text"} for key in ("own_word", "own_call")]
    (fault,) = refused(
        slide_sequence=("greeting", "assess-risk", "summary"), slide_contexts={"assess-risk": {"questions": questions}}
    ).detail
    assert (fault.slide, fault.field) == ("assess-risk", "questions.1.key")
    assert "“own_call” is the name of a question of the slide's own" in fault.message


def test_all_faults_are_named_at_once() -> None:
    error = refused(
        category="sales",
        slide_sequence=("greeting", "greeting", "nowhere"),
        slide_contexts={"greeting": {"lead": "{{ a }}", "mins": 3}, "summary": {}},
    )
    assert all(isinstance(fault, DefinitionError) and fault.message.endswith((".", "?")) for fault in error.detail)
    assert len(error.detail) == 5
    assert all(word in error.message for word in ("sales", "more than once", "nowhere", "mins", "summary"))


def test_no_slides_is_refused() -> None:
    assert "It has no slides." in refused(slide_sequence=()).message


def test_a_slide_twice_is_refused() -> None:
    assert (
        "The slide “greeting” appears in it more than once." in refused(slide_sequence=("greeting", "greeting")).message
    )


def test_a_context_stands_over_the_librarys_defaults_field_by_field() -> None:
    library = LIBRARY[SlideId.GREETING].defaults
    own = make_definition(slide_contexts={"greeting": {"lead": "Definition", "minutes": 9}})
    context = compose_workflow(own).slides[0].context
    assert (context.lead, context.minutes) == ("Definition", 9)
    assert (context.title, context.question) == (library.title, library.question)
    published = make_version(slide_contexts={"greeting": {"lead": "Version", "question": "Why?"}})
    assert compose_workflow(published).slides[0].context.question == "Why?"
    assert compose_workflow(make_definition()).slides[0].context == library


def test_a_field_set_to_nothing_takes_away_what_stood() -> None:
    context = compose_workflow(make_definition(slide_contexts={"greeting": {"lead": None}})).slides[0].context
    assert context.lead is None
    assert context.minutes == 3


CONTEXTS = st.builds(
    lambda values: SlideContext(**values),
    st.dictionaries(st.sampled_from(["title", "lead", "question"]), st.none() | st.text(max_size=5)),
)


@given(CONTEXTS, CONTEXTS, CONTEXTS)
def test_merging_does_not_depend_on_how_it_is_grouped(a: SlideContext, b: SlideContext, c: SlideContext) -> None:
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert a.merge(SlideContext()) == a


@given(
    st.lists(st.sampled_from([*SlideId, "x", ""]), max_size=6),
    st.dictionaries(st.text(max_size=8), st.none() | st.text()),
)
def test_anything_is_composed_or_refused(sequence: list[str], contexts: dict[str, Any]) -> None:
    try:
        workflow = compose_workflow(make_definition(slide_sequence=tuple(map(str, sequence)), slide_contexts=contexts))
    except InvalidInput as error:
        assert error.detail  # noqa: PT017  either way is a pass
    else:
        assert isinstance(workflow, ComposedWorkflow)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TEXTS = st.text(max_size=30) | st.sampled_from(TEMPLATE_ATTACKS)
SLIDE_CONTEXTS = st.dictionaries(st.sampled_from(sorted(SlideContext.model_fields)), JSON | TEXTS) | JSON


@given(st.dictionaries(st.sampled_from(SlideId) | st.text(max_size=8), SLIDE_CONTEXTS, max_size=4) | JSON)
def test_a_definition_with_any_json_in_its_contexts_is_composed_or_refused(contexts: Any) -> None:
    try:
        workflow = compose_workflow(make_definition(slide_contexts=contexts))
    except ZenError as error:
        assert error.detail  # noqa: PT017  either way is a pass
    else:
        assert isinstance(workflow, ComposedWorkflow)


@pytest.mark.parametrize("source", TEMPLATE_ATTACKS, ids=lambda source: source[:40])
def test_a_text_that_cannot_be_read_is_named_with_its_slide_and_field(source: str) -> None:
    error = refused(slide_contexts={"greeting": {"lead": source[:4000]}})
    assert error.detail[0].slide == "greeting"
    assert error.detail[0].field == "lead"
    assert error.detail[0].message.startswith("greeting, lead: ")


def test_every_slide_of_the_library_composes() -> None:
    every = tuple(f"{slide}:own" if slide is SlideId.CUSTOM else slide.value for slide in SlideId)
    assert len(compose_workflow(make_definition(slide_sequence=every)).slides) == 16


def test_the_companys_own_published_definition_wins() -> None:
    stock, own = make_definition(id="s"), make_definition(id="o", company_id="c-1")
    assert choose_published_definition((stock, own), "standard-renewal").id == "o"
    assert choose_published_definition((own, stock), "standard-renewal").id == "o"


def test_an_own_definition_that_is_archived_does_not_win() -> None:
    archived = DefinitionStatus.ARCHIVED
    stock, own = make_definition(id="s"), make_definition(id="o", company_id="c-1", status=archived)
    assert choose_published_definition((own, stock), "standard-renewal").id == "s"
    with pytest.raises(NotFound):
        choose_published_definition((own,), "standard-renewal")


def test_only_a_definitions_content_can_be_changed() -> None:
    with pytest.raises(InvalidInput, match="company_id, status"):
        parse_workflow_changes({"name": "x", "company_id": "other", "status": "published"})
