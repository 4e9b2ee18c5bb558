from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lib.customers.model import Account
from lib.errors import InvalidInput
from lib.slides.model import SlideId
from lib.slides.slide_condition import (
    FACT_LABELS,
    FACT_VALUES,
    Comparison,
    ConditionFact,
    ConditionTest,
    SlideCondition,
)
from lib.workflows.composer import compose_workflow
from lib.workflows.model import ComposedWorkflow
from lib.workflows.slide_conditions import (
    ConditionFacts,
    describe_condition,
    find_left_out_slides,
    is_condition_met,
    read_fact,
)
from tests.slides.malformed_answers import MALFORMED_ANSWERS
from tests.support.sample_accounts import bare_account, full_account
from tests.workflows.factories import make_definition

SEQUENCE = ("greeting", "assess-risk", "custom:audit", "draft-email", "summary")
OWN = [
    {"key": "own_audited", "label": "Is there an audit?", "kind": "yes_no"},
    {"key": "own_tier", "label": "Which tier?", "kind": "choice", "choices": ["Gold", "Silver"]},
    {"key": "own_worth", "label": "What is it worth?", "kind": "money"},
    {"key": "own_note", "label": "Anything else?", "kind": "text"},
    {"key": "own_who", "label": "Who?", "kind": "person"},
]


def answer(key: str, comparison: str, value: Any, slide: str = "custom:audit") -> dict[str, Any]:
    return {"fact": "answer", "slide": slide, "key": key, "comparison": comparison, "value": value}


def fact(name: str, comparison: str, value: Any) -> dict[str, Any]:
    return {"fact": name, "comparison": comparison, "value": value}


def compose(condition: Any, *, on: str = "draft-email", **contexts: Any) -> ComposedWorkflow:
    slide_contexts = {"custom:audit": {"questions": OWN}} | contexts
    slide_contexts[on] = slide_contexts.get(on, {}) | {"shown_when": condition}
    return compose_workflow(make_definition(slide_sequence=SEQUENCE, slide_contexts=slide_contexts))


def errors_of(condition: Any, *, on: str = "draft-email") -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        compose(condition, on=on)
    assert {(error.slide, (error.field or "").split(".")[0]) for error in refused.value.detail} == {(on, "shown_when")}
    return [error.message for error in refused.value.detail]


def left_out(condition: Any, account: Account | None = None, **answers: Any) -> str | None:
    """Why the email is left out; None if it is shown."""
    return find_left_out_slides(compose(condition), account or full_account(), {"custom:audit": answers}).get(
        "draft-email"
    )


ACCOUNT = full_account()
BAND, SEGMENT, ARR = str(ACCOUNT.health.band), ACCOUNT.customer.segment, int(ACCOUNT.contract.arr)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("test", "shown"),
    [
        (fact("health", "is", BAND), True),
        (fact("health", "is_not", BAND), False),
        (fact("segment", "one_of", [SEGMENT]), True),
        (fact("category", "is", "renewal"), True),
        (fact("category", "is", "risk"), False),
        (fact("arr", "at_least", ARR), True),
        (fact("arr", "below", ARR), False),
        (fact("arr", "at_least", ARR + 0.5), False),
        (fact("days_to_notice", "below", 75), False),
        (fact("days_to_notice", "below", 76), True),
        (fact("days_to_notice", "is", 75), True),
    ],
    ids=str,
)
def test_a_fact_of_the_account_decides(test: dict[str, Any], shown: bool) -> None:
    assert (left_out({"all": [test]}) is None) == shown


@pytest.mark.parametrize(
    ("test", "answers", "shown"),
    [
        (answer("own_audited", "is", True), {"own_audited": True}, True),
        (answer("own_audited", "is", True), {"own_audited": False}, False),
        (answer("own_audited", "is", True), {}, False),
        (answer("own_audited", "is_not", True), {}, True),
        (answer("own_tier", "one_of", ["Gold"]), {"own_tier": "Gold"}, True),
        (answer("own_tier", "is", "Gold"), {"own_tier": "Silver"}, False),
        (answer("own_worth", "at_least", 1000), {"own_worth": Decimal("1000.00")}, True),
        (answer("own_worth", "at_least", 1000), {"own_worth": "about a thousand"}, False),
        (answer("own_worth", "below", 1000), {"own_worth": "about a thousand"}, False),
    ],
    ids=str,
)
def test_an_earlier_answer_decides(test: dict[str, Any], answers: dict[str, Any], shown: bool) -> None:
    assert (left_out({"any": [test]}, **answers) is None) == shown


def test_all_needs_every_test_and_any_needs_one() -> None:
    right, wrong = fact("category", "is", "renewal"), fact("category", "is", "risk")
    assert left_out({"all": [right, wrong]}) is not None
    assert left_out({"any": [right, wrong]}) is None
    assert left_out({"any": [wrong, wrong]}) == "the workflow's category is not risk"


def test_without_data_only_is_not_holds() -> None:
    bare = bare_account()
    assert bare.health.band is None
    assert left_out({"all": [fact("health", "is_not", "red")]}, bare) is None
    assert left_out({"all": [fact("health", "is", "red")]}, bare) == "there is no health score"
    assert left_out({"all": [fact("arr", "below", 10)]}, bare) == "there is no contract on record"
    assert left_out({"all": [fact("days_to_notice", "below", 10)]}, bare) == "there is no notice deadline on record"


@pytest.mark.parametrize(
    ("test", "answers", "reason"),
    [
        (answer("own_audited", "is", True), {"own_audited": False}, "“Is there an audit?” is not yes"),
        (answer("own_audited", "is", True), {}, "“Is there an audit?” is not answered"),
        (answer("own_tier", "one_of", ["Gold"]), {"own_tier": "Silver"}, "“Which tier?” is none of Gold"),
        (fact("arr", "below", 1000), {}, "ARR is at least $1,000"),
        (fact("days_to_notice", "at_least", 90), {}, "days to the notice deadline is below 90 days"),
    ],
    ids=str,
)
def test_the_reason_says_what_does_not_hold(test: dict[str, Any], answers: dict[str, Any], reason: str) -> None:
    assert left_out({"all": [test]}, **answers) == reason


def test_a_condition_is_described_in_words() -> None:
    workflow = compose({"all": [fact("health", "is", "red"), fact("arr", "at_least", 50_000)]})
    condition = workflow.slides[3].context.shown_when
    assert condition is not None
    assert describe_condition(condition, workflow, full_account()) == "health is at risk and ARR is at least $50,000"


def test_what_is_answered_on_a_slide_that_is_left_out_does_not_count() -> None:
    contexts = {"custom:audit": {"questions": OWN, "shown_when": {"all": [fact("category", "is", "risk")]}}}
    workflow = compose({"all": [answer("own_audited", "is", True)]}, **contexts)
    found = find_left_out_slides(workflow, full_account(), {"custom:audit": {"own_audited": True}})
    assert found == {
        "custom:audit": "the workflow's category is not risk",
        "draft-email": "“Is there an audit?” is not answered",
    }


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        (answer("own_audited", "is", True, "custom:gone"), "the answer is on “custom:gone”, which is not in the"),
        (answer("own_audited", "is", True, "summary"), "the answer is on “summary”, which does not come before"),
        (answer("to", "is", "x", "draft-email"), "which does not come before this slide."),
        (answer("own_gone", "is", True), "does not ask for “own_gone”."),
        (answer("own_note", "is", "x"), "cannot be compared"),
        (answer("own_who", "is", "x"), "cannot be compared"),
        (answer("own_audited", "is", "yes"), "cannot be compared by “is” with this value."),
        (answer("own_tier", "at_least", 3), "cannot be compared by “is at least” with this value."),
        (answer("own_tier", "is", "Bronze"), "“Which tier?” has no such choice."),
        (answer("concern", "is", "x", "greeting"), "cannot be compared"),
        (fact("health", "is", "purple"), "health is one of green, yellow, red."),
        (fact("health", "at_least", 3), "health cannot be compared by “is at least” with this value."),
        (fact("arr", "one_of", ["1"]), "ARR cannot be compared by “is one of” with this value."),
        (fact("arr", "is", True), "ARR cannot be compared"),
        ({**fact("arr", "is", 1), "slide": "greeting"}, "a slide and a question are named for an earlier answer"),
        ({**answer("own_audited", "is", True), "slide": None}, "a slide and a question are named"),
        (fact("password", "is", "x"), "input should be"),
        ({**fact("arr", "is", 1), "code": "import os"}, "no such field"),
    ],
    ids=str,
)
def test_a_test_that_cannot_be_made_is_named(test: dict[str, Any], sentence: str) -> None:
    assert any(sentence in message for message in errors_of({"all": [test]}))


@pytest.mark.parametrize(
    "condition", [{}, {"all": []}, {"all": [fact("arr", "is", 1)], "any": [fact("arr", "is", 1)]}, [], "x", 3]
)
def test_a_condition_of_another_shape_is_refused(condition: Any) -> None:
    assert errors_of(condition)


@pytest.mark.parametrize("slide", ["greeting", "summary"])
def test_the_first_slide_and_the_summary_are_always_shown(slide: str) -> None:
    (message,) = errors_of({"all": [fact("arr", "at_least", 1)]}, on=slide)
    assert message == f"{slide}, shown_when: the first slide and the summary are always shown."


def test_a_question_that_is_not_asked_cannot_decide() -> None:
    with pytest.raises(InvalidInput, match="does not ask for “own_call”"):
        compose(
            {"all": [answer("own_call", "is", "high", "assess-risk")]} | {},
            **{"assess-risk": {"form": {"own_call": {"is_hidden": True}}}},
        )


TESTS = st.fixed_dictionaries(
    {
        "fact": st.sampled_from([*ConditionFact, "x"]),
        "comparison": st.sampled_from([*Comparison, "x"]),
        "value": st.booleans()
        | st.integers()
        | st.floats()
        | st.sampled_from(["red", "mid", "renewal", "Gold"])
        | st.lists(st.sampled_from(["red", "mid", "Gold"]), max_size=3),
    },
    optional={
        "slide": st.sampled_from([*SEQUENCE, "x"]),
        "key": st.sampled_from(["own_audited", "own_tier", "own_worth", "goal", "__class__"]),
    },
)
ANSWERS = st.sampled_from(MALFORMED_ANSWERS) | st.booleans() | st.text(max_size=5) | st.integers()


@given(
    st.dictionaries(st.sampled_from(["all", "any", "x"]), st.lists(TESTS, max_size=3), max_size=2),
    st.dictionaries(st.sampled_from(["own_audited", "own_tier", "own_worth"]), ANSWERS),
)
def test_any_condition_composes_and_decides_or_is_refused(condition: Any, answers: dict[str, Any]) -> None:
    try:
        workflow = compose(condition)
    except InvalidInput as error:
        assert error.detail  # noqa: PT017  either way is a pass
        return
    for account in (full_account(), bare_account()):
        reasons = find_left_out_slides(workflow, account, {"custom:audit": answers})
        assert set(reasons) <= {"draft-email"}
        assert all(isinstance(reason, str) and reason for reason in reasons.values())


@pytest.mark.parametrize("name", ConditionFact)
def test_a_fact_is_a_plain_value_of_the_account(name: ConditionFact) -> None:
    """Whatever a condition asks, it reads one of six values, none of which leads to anything else."""
    given: dict[str, Any] = {"slide": "custom:audit", "key": "own_tier"} if name is ConditionFact.ANSWER else {}
    value: Any = next(iter(FACT_VALUES[name])) if name in FACT_VALUES else "Gold" if given else 1
    test = ConditionTest(fact=name, comparison=Comparison.IS, value=value, **given)
    answers = {"custom:audit": {"own_tier": "Gold"}, "other": {"secret": "x"}}
    read = read_fact(test, ConditionFacts(account=full_account(), category="renewal", answers=answers))
    assert isinstance(read, str | int | Decimal)
    assert not is_dataclass(read)
    assert FACT_LABELS[name]


def test_a_condition_does_not_change_with_what_it_does_not_look_at() -> None:
    """Each part of the account but its five facts may be anything: the decision stays."""
    tests = [fact("health", "is", BAND), fact("segment", "is", SEGMENT), fact("arr", "at_least", 1)]
    condition = SlideCondition.model_validate({"all": tests})
    account = full_account()
    assert account.contract is not None
    stripped = replace(
        account,
        **{each.name: () for each in fields(account) if isinstance(getattr(account, each.name), tuple)},
    )
    for each in (account, stripped):
        assert is_condition_met(condition, ConditionFacts(account=each, category="", answers={}))


def test_a_condition_cannot_be_changed() -> None:
    condition = SlideCondition.model_validate({"all": [fact("arr", "at_least", 1)]})
    with pytest.raises(ValidationError):
        condition.all = None  # type: ignore[misc]
    assert SlideId.SUMMARY not in condition.model_dump_json()
