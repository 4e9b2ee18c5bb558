"""What is wrong with the conditions of a workflow's slides."""

from collections.abc import Iterator, Mapping, Sequence

from lib.forms.model import FieldKind
from lib.slides.model import Slide, SlideId
from lib.slides.own_questions import FIELD_KINDS, OwnQuestion, OwnQuestionKind
from lib.slides.slide_address import get_slide_id_of_address
from lib.slides.slide_condition import (
    COMPARISON_LABELS,
    NUMBER_COMPARISONS,
    TEXT_COMPARISONS,
    YES_NO_COMPARISONS,
    Comparison,
    ConditionFact,
    ConditionTest,
)
from lib.slides.slide_context import SlideContext
from lib.slides.slide_fields import list_slide_fields
from lib.text.truncate import truncate
from lib.workflows.model import DefinitionError
from lib.workflows.slide_sequence_errors import SlideLibrary

COMPARISONS_OF_KIND: Mapping[FieldKind, tuple[Comparison, ...]] = {
    FieldKind.CHOICE: TEXT_COMPARISONS,
    FieldKind.MULTI: TEXT_COMPARISONS,
    FieldKind.YES_NO: YES_NO_COMPARISONS,
    FieldKind.WHOLE: NUMBER_COMPARISONS,
    FieldKind.DECIMAL: NUMBER_COMPARISONS,
    FieldKind.MONEY: NUMBER_COMPARISONS,
    FieldKind.PERCENT: NUMBER_COMPARISONS,
}
"""What an answer may be compared by. Kinds that are not here cannot be compared: free texts, dates, rows."""


def find_condition_errors(
    sequence: Sequence[str], contexts: Mapping[str, SlideContext], library: SlideLibrary
) -> Iterator[DefinitionError]:
    """Every error of the conditions of these contexts, in their order."""
    for name, context in contexts.items():
        if context.shown_when is None:
            continue
        if name in sequence[:1] or get_slide_id_of_address(name) == SlideId.SUMMARY:
            yield _build_error(name, "the first slide and the summary are always shown.")
        for test in context.shown_when.tests:
            if test.fact is ConditionFact.ANSWER:
                problem = _find_answer_problem(name, test, sequence, contexts, library)
                if problem is not None:
                    yield _build_error(name, problem)


def find_question_kind(
    slide: Slide | None, context: SlideContext | None, key: str
) -> tuple[FieldKind | None, OwnQuestion | None]:
    """The kind of a question of a slide, and the own question it is; None for what the slide does not ask."""
    for question in (context.questions if context else None) or ():
        if question.key == key:
            return (None if question.kind is OwnQuestionKind.PERSON else FIELD_KINDS[question.kind]), question
    field = list_slide_fields(slide).get(key) if slide else None
    return (field.kind if field else None), None


def _find_answer_problem(
    name: str,
    test: ConditionTest,
    sequence: Sequence[str],
    contexts: Mapping[str, SlideContext],
    library: SlideLibrary,
) -> str | None:
    """What keeps a test of an answer from being made, as a sentence."""
    where, key = test.slide or "", test.key or ""
    if where not in sequence:
        return f"the answer is on “{truncate(where, 60)}”, which is not in the workflow."
    if name in sequence and sequence.index(where) >= sequence.index(name):
        return f"the answer is on “{where}”, which does not come before this slide."
    slide_id = get_slide_id_of_address(where)
    slide = library[SlideId(slide_id)] if slide_id in library else None
    kind, own = find_question_kind(slide, contexts.get(where), key)
    is_asked = own is not None or (slide is not None and key in list_slide_fields(slide))
    change = (contexts[where].form or {}).get(key) if where in contexts else None
    if not is_asked or (change is not None and change.is_hidden):
        return f"the slide “{where}” does not ask for “{truncate(key, 60)}”."
    if kind is None or kind not in COMPARISONS_OF_KIND:
        return f"“{key}” of “{where}” cannot be compared: only choices, numbers, and yes or no can."
    if test.comparison not in COMPARISONS_OF_KIND[kind] or not _fits_kind(test, kind):
        return f"“{key}” of “{where}” cannot be compared by “{COMPARISON_LABELS[test.comparison]}” with this value."
    if own is not None and own.choices and not set(test.texts) <= set(own.choices):
        return f"“{own.label}” has no such choice."
    return None


def _fits_kind(test: ConditionTest, kind: FieldKind) -> bool:
    """True if the value is of the type of the answer."""
    if kind in (FieldKind.CHOICE, FieldKind.MULTI):
        return bool(test.texts)
    is_yes_no = isinstance(test.value, bool)
    return is_yes_no if kind is FieldKind.YES_NO else not is_yes_no and not test.texts


def _build_error(name: str, problem: str) -> DefinitionError:
    return DefinitionError(message=f"{name}, shown_when: {problem}", slide=name, field="shown_when")
