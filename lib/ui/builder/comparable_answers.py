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
    """`value` is the slide's address and the key of the question; `options` are its choices, empty for others.

    `label` has the slide's title before the question.
    """

    value: str
    title: str
    question: str
    options: Mapping[str, str]
    kind: FieldKind

    @property
    def label(self) -> str:
        return f"{self.title}: {self.question}"

    @property
    def is_yes_no(self) -> bool:
        return self.kind is FieldKind.YES_NO

    @property
    def is_money(self) -> bool:
        return self.kind is FieldKind.MONEY


def list_comparable_answers(state: BuilderPageState) -> tuple[ComparableAnswer, ...]:
    """Those of the slides before the chosen one: choices, yes or no, and numbers."""
    earlier = state.draft.slide_sequence[: state.place]
    return tuple(answer for address in earlier for answer in list_answers_of_slide(state, address))


def list_answers_of_slide(state: BuilderPageState, address: str) -> Iterator[ComparableAnswer]:
    """Those the slide asks in this draft, as it words them."""
    slide, context, title = get_slide_of_address(address), state.get_context(address), state.get_slide_title(address)
    changes = (context.form if context else None) or {}
    for key, field in (list_slide_fields(slide) if slide else {}).items():
        change = changes.get(key)
        if change is not None and change.is_hidden:
            continue
        options = {option.value: option.label for option in field.options}
        question = (change.label if change else None) or field.label
        answer = ComparableAnswer(
            value=f"{address}/{key}", title=title, question=question, options=options, kind=field.kind
        )
        if _is_comparable(answer):
            yield answer
    for own in (context.questions if context else None) or ():
        if own.kind is not OwnQuestionKind.PERSON:
            choices, kind = {choice: choice for choice in own.choices}, FIELD_KINDS[own.kind]
            answer = ComparableAnswer(
                value=f"{address}/{own.key}", title=title, question=own.label, options=choices, kind=kind
            )
            if _is_comparable(answer):
                yield answer


def _is_comparable(answer: ComparableAnswer) -> bool:
    has_choices = answer.kind not in (FieldKind.CHOICE, FieldKind.MULTI) or bool(answer.options)
    return answer.kind in COMPARISONS_OF_KIND and has_choices
