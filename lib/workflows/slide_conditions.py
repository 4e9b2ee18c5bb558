"""Which slides of a workflow a run leaves out, by their conditions. Pure: over the account and the answers alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lib.customers.model import Account
from lib.errors import InvalidInput
from lib.forms.model import Answers, Field
from lib.slides.model import SlideInput
from lib.slides.slide_builder import build_slide_form
from lib.slides.slide_condition import (
    COMPARISON_LABELS,
    FACT_LABELS,
    FACT_VALUES,
    Comparison,
    ConditionFact,
    ConditionTest,
    SlideCondition,
)
from lib.text.format import format_days, format_money, format_number, join_names
from lib.text.json_values import parse_number, parse_texts
from lib.text.truncate import single_line
from lib.workflows.model import ComposedWorkflow

AnswersByAddress = Mapping[str, Answers]


@dataclass(frozen=True, kw_only=True)
class ConditionFacts:
    """All a condition may look at: the account's facts, the category, and the answers of slides that are shown."""

    account: Account
    category: str
    answers: AnswersByAddress


def find_left_out_slides(workflow: ComposedWorkflow, account: Account, answers: AnswersByAddress) -> dict[str, str]:
    """The slides that are left out, by address, and why: "health is not at risk".

    What is answered on a slide that is left out does not count for the slides after it.
    """
    left_out: dict[str, str] = {}
    for slide in workflow.slides:
        condition = slide.context.shown_when
        if condition is None:
            continue
        counted = {address: given for address, given in answers.items() if address not in left_out}
        facts = ConditionFacts(account=account, category=workflow.category, answers=counted)
        if not is_condition_met(condition, facts):
            left_out[slide.id] = explain_left_out_slide(condition, facts, workflow)
    return left_out


def is_condition_met(condition: SlideCondition, facts: ConditionFacts) -> bool:
    """True if the slide is shown."""
    results = (is_test_met(test, facts) for test in condition.tests)
    return all(results) if condition.all is not None else any(results)


def is_test_met(test: ConditionTest, facts: ConditionFacts) -> bool:
    """True if the comparison holds. Without data only “is not” holds."""
    known = read_fact(test, facts)
    if known is None or known == []:
        return test.comparison is Comparison.IS_NOT
    return COMPARISONS[test.comparison](known, test.value)


def read_fact(test: ConditionTest, facts: ConditionFacts) -> Any:
    """The fact a test is about: a text, a number, yes or no, a list of choices; None without data."""
    account = facts.account
    match test.fact:
        case ConditionFact.SEGMENT:
            return account.customer.segment
        case ConditionFact.HEALTH:
            return str(account.health.band) if account.health.band is not None else None
        case ConditionFact.CATEGORY:
            return facts.category
        case ConditionFact.ARR:
            return account.contract.arr if account.contract else None
        case ConditionFact.DAYS_TO_NOTICE:
            return account.days_to_notice
        case ConditionFact.ANSWER:
            given = facts.answers.get(test.slide or "", {})
            return _read_answer(given.get(test.key or "") if isinstance(given, Mapping) else None)


def explain_left_out_slide(condition: SlideCondition, facts: ConditionFacts, workflow: ComposedWorkflow) -> str:
    """Why a slide is left out, to follow “because”: the tests that do not hold."""
    failed = [test for test in condition.tests if not is_test_met(test, facts)]
    shown = failed[:1] if condition.all is not None else failed
    return join_names(dict.fromkeys(_explain_failed_test(test, facts, workflow) for test in shown))


def describe_condition(condition: SlideCondition, workflow: ComposedWorkflow, account: Account) -> str:
    """The condition in words: "health is at risk and ARR is at least $50,000"."""
    facts = ConditionFacts(account=account, category=workflow.category, answers={})
    parts = [_describe_test(test, test.comparison, facts, workflow) for test in condition.tests]
    return (" and " if condition.all is not None else " or ").join(parts)


def _read_answer(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, list | tuple):
        return list(parse_texts(value))
    return value if isinstance(value, str) and value.strip() else parse_number(value)


def _is_equal(known: Any, value: Any) -> bool:
    if isinstance(known, list):
        return value in known
    if isinstance(known, bool) or isinstance(value, bool):
        return known is value
    if isinstance(value, int | float):
        number = _to_number(known)
        return number is not None and number == Decimal(str(value))
    return bool(known == value)


def _is_one_of(known: Any, value: Any) -> bool:
    return any(_is_equal(known, each) for each in value) if isinstance(value, tuple) else False


def _is_at_least(known: Any, value: Any) -> bool:
    number = _to_number(known)
    return number is not None and isinstance(value, int | float) and number >= Decimal(str(value))


def _is_below(known: Any, value: Any) -> bool:
    return _to_number(known) is not None and isinstance(value, int | float) and not _is_at_least(known, value)


def _to_number(known: Any) -> Decimal | None:
    return None if isinstance(known, bool | list) else parse_number(known)


COMPARISONS: Mapping[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.IS: _is_equal,
    Comparison.IS_NOT: lambda known, value: not _is_equal(known, value),
    Comparison.AT_LEAST: _is_at_least,
    Comparison.BELOW: _is_below,
    Comparison.ONE_OF: _is_one_of,
}
NEGATIONS: Mapping[Comparison, str] = {
    Comparison.IS: "is not",
    Comparison.IS_NOT: "is",
    Comparison.AT_LEAST: "is below",
    Comparison.BELOW: "is at least",
    Comparison.ONE_OF: "is none of",
}
MISSING_FACTS: Mapping[ConditionFact, str] = {
    ConditionFact.HEALTH: "there is no health score",
    ConditionFact.ARR: "there is no contract on record",
    ConditionFact.DAYS_TO_NOTICE: "there is no notice deadline on record",
}


def _explain_failed_test(test: ConditionTest, facts: ConditionFacts, workflow: ComposedWorkflow) -> str:
    known = read_fact(test, facts)
    if known is not None and known != []:
        return _describe_test(test, test.comparison, facts, workflow, NEGATIONS)
    if test.fact is ConditionFact.ANSWER:
        return f"{_name_answer(test, facts, workflow)} is not answered"
    return MISSING_FACTS.get(test.fact, f"{FACT_LABELS[test.fact]} is not known")


def _describe_test(
    test: ConditionTest,
    comparison: Comparison,
    facts: ConditionFacts,
    workflow: ComposedWorkflow,
    words: Mapping[Comparison, str] = COMPARISON_LABELS,
) -> str:
    is_answer = test.fact is ConditionFact.ANSWER
    name = _name_answer(test, facts, workflow) if is_answer else FACT_LABELS[test.fact]
    return f"{name} {words[comparison]} {_format_value(test, facts, workflow)}"


def _name_answer(test: ConditionTest, facts: ConditionFacts, workflow: ComposedWorkflow) -> str:
    field = _find_field(test, facts, workflow)
    return f"“{single_line(field.label, max_length=80)}”" if field else "an answer"


def _format_value(test: ConditionTest, facts: ConditionFacts, workflow: ComposedWorkflow) -> str:
    match test.value:
        case bool():
            return "yes" if test.value else "no"
        case int() | float():
            return _format_number_value(test, test.value)
        case _:
            labels = _list_value_labels(test, facts, workflow)
            return join_names(single_line(labels.get(text, text), max_length=60) for text in test.texts)


def _format_number_value(test: ConditionTest, value: int | float) -> str:
    match test.fact:
        case ConditionFact.ARR:
            return format_money(Decimal(str(value)))
        case ConditionFact.DAYS_TO_NOTICE:
            return format_days(value)
        case _:
            return format_number(value)


def _list_value_labels(test: ConditionTest, facts: ConditionFacts, workflow: ComposedWorkflow) -> Mapping[str, str]:
    if test.fact in FACT_VALUES:
        return FACT_VALUES[test.fact]
    field = _find_field(test, facts, workflow)
    return {option.value: option.label for option in field.options} if field else {}


def _find_field(test: ConditionTest, facts: ConditionFacts, workflow: ComposedWorkflow) -> Field | None:
    """The question a test of an answer is about, as the run asks it."""
    slide = workflow.find_slide(test.slide or "")
    if slide is None:
        return None
    slide_input = SlideInput(
        account=facts.account,
        address=slide.id,
        addresses=workflow.slide_ids,
        context=slide.context,
        category=workflow.category,
        person_name="",
        answers=facts.answers,
    )
    try:
        fields = build_slide_form(slide.slide, slide_input).fields
    except InvalidInput:
        return None
    return next((field for field in fields if field.key == test.key), None)
