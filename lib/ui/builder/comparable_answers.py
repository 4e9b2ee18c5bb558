"""Answers of earlier slides that a condition may look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lib.forms.model import FieldKind
from lib.slides.library import get_slide_of_address
from lib.slides.own_questions import FIELD_KINDS, OwnQuestionKind
from lib.slides.slide_fields import list_slide_fields
from lib.ui.builder.builder_state import BuilderPageState
from lib.workflows.slide_condition_errors import COMPARISONS_OF_KIND


@dataclass(frozen=True, kw_only=True)
class ComparableAnswer:
    """`value` is the slide's address and the key of the question; `options` are its choices, empty for others."""

    value: str
    label: str
    options: Mapping[str, str]
    is_yes_no: bool


def list_comparable_answers(state: BuilderPageState) -> tuple[ComparableAnswer, ...]:
    """Those of the slides before the chosen one: choices, yes or no, and numbers."""
    earlier = state.draft.slide_sequence[: state.place]
    return tuple(answer for address in earlier for answer in _list_answers_of_slide(state, address))


def _list_answers_of_slide(state: BuilderPageState, address: str) -> Iterator[ComparableAnswer]:
    slide, context, title = get_slide_of_address(address), state.get_context(address), state.get_slide_title(address)
    for key, field in (list_slide_fields(slide) if slide else {}).items():
        options = {option.value: option.label for option in field.options}
        if _is_comparable(field.kind, options):
            yield _build_answer(address, key, f"{title}: {field.label}", options, field.kind)
    for question in (context.questions if context else None) or ():
        if question.kind is not OwnQuestionKind.PERSON:
            kind, options = FIELD_KINDS[question.kind], {choice: choice for choice in question.choices}
            if _is_comparable(kind, options):
                yield _build_answer(address, question.key, f"{title}: {question.label}", options, kind)


def _is_comparable(kind: FieldKind, options: Mapping[str, str]) -> bool:
    has_choices = kind not in (FieldKind.CHOICE, FieldKind.MULTI) or bool(options)
    return kind in COMPARISONS_OF_KIND and has_choices


def _build_answer(address: str, key: str, label: str, options: Mapping[str, str], kind: FieldKind) -> ComparableAnswer:
    return ComparableAnswer(value=f"{address}/{key}", label=label, options=options, is_yes_no=kind is FieldKind.YES_NO)
