"""What a question wants, by the rules alone; tests/demo/test_assistant_questions.py asks over the real records."""

from typing import Any

import pytest

from lib.llm.events import TextDelta, ToolCall
from lib.llm.language_model import ModelRequest
from lib.llm.messages import AssistantMessage, SystemMessage, UserMessage
from lib.llm.rule_based.argument_extraction import find_days_ahead, find_percent, find_weeks_back
from lib.llm.rule_based.assistant import RuleBasedModel, can_answer_by_rules
from lib.llm.rule_based.question_grammar import RULE_ABILITIES, find_intents
from lib.llm.rule_based.topics import TOPICS
from lib.llm.rule_based.unread_words import list_unread_words
from lib.llm.rule_based.vocabulary import WORDS, Concept, find_concepts
from lib.llm.tool_schema import build_tool_schema
from tests.llm.llm_harness import collect_events, filter_events, join_text
from tests.llm.test_rule_based import Takes

RULE_TOOLS = frozenset(RULE_ABILITIES)
ALL_TOOLS = RULE_TOOLS | {entry.tool for entry in TOPICS.values()}

INTENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "By when do I have to act?": ("look_up_facts", {"facts": ["notice_deadline"]}),
    "Who owns this customer?": ("look_up_facts", {"facts": ["owner"]}),
    "Who decides over there?": ("find_contacts", {"roles": ["decision_maker"]}),
    "How does Gareth feel about us?": ("find_contacts", {"name": "Gareth"}),
    "Can I give 18 %?": ("price_limits", {"of": "discount", "discount_percent": 18.0}),
    "May I raise the price by 5 percent?": ("price_limits", {"of": "uplift", "uplift_percent": 5.0}),
    "What did I write as the goal?": ("run_answers", {"about": "What did I write as the goal?"}),
    "How did usage change against three months ago?": ("compare_periods", {"of": "usage", "weeks": 13}),
    "Which of my customers are at risk?": ("my_customers", {"condition": "at risk"}),
    "My renewals with a deadline in the next 60 days?": ("my_customers", {"condition": "deadline", "days": 60}),
    "Qui décide chez eux ?": ("find_contacts", {"roles": ["decision_maker"]}),
    "解約通知の期限はいつですか？": ("look_up_facts", {"facts": ["notice_deadline"]}),
}  # fmt: skip


def ask(question: str, *before: str) -> list[Any]:
    tools = tuple(build_tool_schema(name, name, Takes) for name in sorted(ALL_TOOLS))
    history = [said for text in before for said in (UserMessage(text), AssistantMessage(text="So it is."))]
    return collect_events(
        RuleBasedModel(), ModelRequest(messages=(SystemMessage("x"), *history, UserMessage(question)), tools=tools)
    )


@pytest.mark.parametrize("question", INTENTS)
def test_a_question_is_read_as_a_tool_with_its_arguments(question: str) -> None:
    (intent,) = find_intents(question, None, RULE_TOOLS)
    assert (intent.tool, dict(intent.arguments)) == INTENTS[question]


def test_every_rule_is_asked_for_in_these_tests() -> None:
    assert {tool for tool, _ in INTENTS.values()} == RULE_TOOLS


@pytest.mark.parametrize(
    ("before", "question", "tool", "arguments"),
    [
        ("How is usage?", "And last quarter?", "compare_periods", {"of": "usage", "weeks": 13}),
        ("Can I give 18 %?", "and 28?", "price_limits", {"of": "discount", "discount_percent": 28.0}),
        ("When did we last talk to Hugh?", "And Saoirse?", "find_contacts", {"name": "Saoirse"}),
        ("Are there P1 tickets?", "Which of mine have the same?", "my_customers", {"condition": "urgent ticket"}),
    ],
)
def test_a_question_that_leans_on_the_one_before_takes_over_what_it_leaves_out(
    before: str, question: str, tool: str, arguments: dict[str, Any]
) -> None:
    (intent,) = find_intents(question, before, RULE_TOOLS)
    assert (intent.tool, dict(intent.arguments)) == (tool, arguments)
    assert not find_intents(question, None, RULE_TOOLS) or tool == "my_customers"
    assert [call.name for call in filter_events(ToolCall, ask(question, before))] == [tool]


def test_a_whole_question_does_not_lean_on_the_one_before() -> None:
    assert [call.name for call in filter_events(ToolCall, ask("How is usage?", "Can I give 18 %?"))] == ["usage_trend"]


@pytest.mark.parametrize(
    ("question", "unread"),
    [
        ("When is the notice deadline?", ()),
        ("What is the deadline for the mobile fix?", ("mobile", "fix")),
        ("What is the ARR of Brightwater?", ("Brightwater",)),
        ("What was the ARR last year?", ("last year",)),
        ("How did usage develop in the summer of 2024?", ("2024", "summer")),
        ("Bis wann müssen wir kündigen?", ()),
    ],
)
def test_words_that_no_rule_has_read_are_named(question: str, unread: tuple[str, ...]) -> None:
    assert list_unread_words(question, [{}]) == unread


def test_an_answer_to_a_part_of_a_question_says_so_and_searches_for_the_rest() -> None:
    events = ask("What is the deadline for the mobile fix?")
    assert isinstance(events[0], TextDelta)
    assert "“mobile”, “fix”" in join_text(events)
    assert [call.name for call in filter_events(ToolCall, events)] == ["look_up_facts", "search_notes"]


def test_two_questions_in_one_are_both_answered() -> None:
    calls = filter_events(ToolCall, ask("Who signs, and when is the notice deadline?"))
    assert [call.name for call in calls] == ["find_contacts", "look_up_facts"]


@pytest.mark.parametrize(
    ("question", "is_answered"),
    [
        ("What does the usage tell me?", True),
        ("Explain the terms in plain words", True),
        ("Write the first email", False),
        ("Make the case that we will lose them", False),
        ("Five questions worth asking", False),
    ],
)
def test_rules_know_which_suggestions_they_can_answer(question: str, is_answered: bool) -> None:
    assert can_answer_by_rules(question, ALL_TOOLS) is is_answered


def test_percentages_and_times_are_read() -> None:
    assert [find_percent(text) for text in ("18 %", "12,5%", "5 percent", "18")] == [18.0, 12.5, 5.0, None]
    assert [find_weeks_back(text) for text in ("last quarter", "a year ago", "two months ago", "now")] == [
        13,
        52,
        9,
        None,
    ]
    assert [find_days_ahead(text) for text in ("next 60 days", "next two months", "soon")] == [60, 60, None]


def test_every_concept_has_words_and_is_found_by_the_first() -> None:
    assert set(WORDS) == set(Concept)
    for concept, words in WORDS.items():
        assert concept in find_concepts(words.split()[0].strip("_").replace("_", " "))
