"""The condition of a slide of a draft in words, as far as it can be read."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from lib.slides.slide_condition import (
    COMPARISON_LABELS,
    FACT_LABELS,
    FACT_VALUES,
    ConditionFact,
    ConditionTest,
    SlideCondition,
)
from lib.text.format import format_days, format_money, format_number
from lib.text.truncate import single_line
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.comparable_answers import ComparableAnswer, list_answers_of_slide
from lib.workflows.draft_edits import get_slide_field


def describe_shown_when(state: BuilderPageState, address: str) -> str:
    """ "Only if segment is Enterprise and “Terms read?” is no"; empty for a slide that is always shown."""
    raw = get_slide_field(state.draft, address, "shown_when")
    if raw is None:
        return ""
    try:
        condition = SlideCondition.model_validate(raw)
    except ValidationError:
        return "Only if … (not complete)"
    parts = [_describe_test(state, test) for test in condition.tests]
    return f"Only if {(' and ' if condition.all is not None else ' or ').join(parts)}"


def _describe_test(state: BuilderPageState, test: ConditionTest) -> str:
    answer = _find_answer(state, test)
    name = FACT_LABELS[test.fact] if test.fact is not ConditionFact.ANSWER else "an answer that is not asked"
    if answer is not None:
        name = f"“{single_line(answer.question, max_length=80)}”"
    return f"{name} {COMPARISON_LABELS[test.comparison]} {_format_value(test, answer)}"


def _find_answer(state: BuilderPageState, test: ConditionTest) -> ComparableAnswer | None:
    if test.fact is not ConditionFact.ANSWER or test.slide not in state.draft.slide_sequence:
        return None
    value = f"{test.slide}/{test.key}"
    return next((each for each in list_answers_of_slide(state, str(test.slide)) if each.value == value), None)


def _format_value(test: ConditionTest, answer: ComparableAnswer | None) -> str:
    value: Any = test.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if test.fact is ConditionFact.ARR or (answer is not None and answer.is_money):
            return format_money(Decimal(str(value)))
        return format_days(value) if test.fact is ConditionFact.DAYS_TO_NOTICE else format_number(value)
    labels: Mapping[str, str] = answer.options if answer else FACT_VALUES.get(test.fact, {})
    names = [single_line(labels.get(text, text), max_length=60) for text in test.texts]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
