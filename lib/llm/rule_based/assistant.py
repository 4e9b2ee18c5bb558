"""The built-in assistant, which answers by rules when there is no language model.

A question is read by rules (question_grammar.py) or by its topics (topics.py) and looked up with tools, as a model
does; what neither fits is looked for in the records, and said to be. The same question gets the same answer.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lib.llm.events import Done, FinishReason, ModelEvent, ModelStream, TextDelta, TokenUsage, ToolCall
from lib.llm.language_model import ModelRequest
from lib.llm.messages import AssistantMessage, ModelMessage, ToolMessage, UserMessage
from lib.llm.rule_based.action_requests import build_action_proposal, is_request_to_act, name_requested_act
from lib.llm.rule_based.argument_extraction import build_record_query, extract_tool_arguments
from lib.llm.rule_based.question_grammar import (
    RULE_ABILITIES,
    Intent,
    find_intents,
    find_overview_intents,
)
from lib.llm.rule_based.topics import (
    MAX_TOPICS,
    TOPICS,
    Topic,
    find_question_topics,
    is_about_what_was_said,
    split_clauses,
)
from lib.llm.rule_based.unread_words import describe_unread_words, list_unread_words
from lib.llm.rule_based.unsupported_requests import UnsupportedRequest, find_unsupported_requests
from lib.llm.tool_schema import ToolSchema
from lib.text.format import join_names

_GREETING = re.compile(r"\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you)\W*", re.IGNORECASE)
_HELP = re.compile(r"\b(?:help|what (?:can|do) you|how do you work|who are you|are you an?)\b", re.IGNORECASE)

NO_MODEL_NOTICE = "I am the built-in assistant. I work by rules, not with a language model."
LOOKED_UP_NOTICE = "Here is what is on record."
SEARCHED_NOTICE = "I have no rule for this question, so I looked for its words in the records."
MAX_CALLS = 3
OWN_TOOLS = frozenset({"run_answers", "my_customers"})
"""What the person wrote and whom they look after is no matter of what somebody said."""


@dataclass(frozen=True)
class RuleBasedModel:
    name: str = "rules"
    label: str = "Built-in assistant, by rules"

    def list_sent_tools(self, tools: tuple[ToolSchema, ...]) -> tuple[ToolSchema, ...]:
        return tools

    def stream(self, request: ModelRequest) -> ModelStream:
        yield from _answer_question(request)
        yield TokenUsage(0, 0)
        yield Done(FinishReason.FINISHED)


@lru_cache(maxsize=1024)
def can_answer_by_rules(question: str, tools: frozenset[str]) -> bool:
    """True if a rule or a topic looks up what `question` asks; wording and advice are beyond rules."""
    if find_unsupported_requests(question) or is_request_to_act(question):
        return False
    intents = find_intents(question, None, tools)
    is_known = bool(intents or find_question_topics(question, tools))
    return is_known and not list_unread_words(question, (intent.arguments for intent in intents))


def _answer_question(request: ModelRequest) -> Iterator[ModelEvent]:
    answers = _list_latest_tool_messages(request.messages)
    if answers:
        yield from (TextDelta(piece) for piece in _join_first_paragraphs(answers))
        return
    said = next((said.text for said in reversed(request.messages) if isinstance(said, UserMessage)), "")
    tools = {tool.name: tool for tool in request.tools} if request.may_call_tools else {}
    question = _extract_question(said, frozenset(tools))
    plan = _plan_answer(question, _find_previous_question(request.messages), tools)
    if plan.sentence:
        yield TextDelta(plan.sentence)
    for place, intent in enumerate(plan.intents):
        yield ToolCall(id=f"rules_{place + 1}", name=intent.tool, arguments=dict(intent.arguments))


def _extract_question(said: str, tools: frozenset[str]) -> str:
    """The question itself: the first paragraph.

    What follows is a branch's prompt for a model; it is read only if the question alone says nothing.
    """
    first, _, prompt = said.strip().partition("\n\n")
    is_clear = (
        is_request_to_act(first)
        or find_unsupported_requests(first)
        or find_intents(first, None, tools)
        or find_question_topics(first, tools)
    )
    return first if is_clear or not find_question_topics(prompt, tools) else said


def _find_previous_question(messages: tuple[ModelMessage, ...]) -> str | None:
    """What the person asked before the latest answer; None if nothing was answered yet."""
    answered = [place for place, said in enumerate(messages) if isinstance(said, AssistantMessage)]
    before = messages[: answered[-1]] if answered else ()
    return next((said.text for said in reversed(before) if isinstance(said, UserMessage)), None)


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What is said first, and what is looked up then."""

    sentence: str | None = None
    intents: tuple[Intent, ...] = ()


def _plan_answer(question: str, previous: str | None, tools: Mapping[str, ToolSchema]) -> _Plan:
    names = frozenset(tools)
    if is_request_to_act(question):
        proposal = build_action_proposal(question, tools.get("run_saved_action"))
        return _Plan(intents=(proposal,)) if proposal else _Plan(sentence=_refuse_to_act(question, names))
    if _GREETING.fullmatch(question):
        return _Plan(sentence=f"Hello. {_describe_abilities(names)}")
    limits = find_unsupported_requests(question)
    intents = _find_clause_intents(question, previous, tools)
    if limits and not any(intent.tool == "my_customers" for intent in intents):
        topics = _choose_topics_beside_limits(question, limits, names)
        rest = LOOKED_UP_NOTICE if topics else _describe_abilities(names)
        sentence = f"I cannot {' or '.join(limits)}. {NO_MODEL_NOTICE} {rest}"
        return _Plan(sentence=sentence, intents=_build_topic_intents(topics, question, tools))
    if not intents:
        return _plan_search(question, names)
    unread = list_unread_words(question, (intent.arguments for intent in intents))
    if not unread:
        return _Plan(intents=intents)
    searched = any(intent.tool == "search_notes" for intent in intents)
    search = () if searched else _plan_search(question, names).intents
    return _Plan(sentence=describe_unread_words(unread), intents=(*intents, *search)[:MAX_CALLS])


def _find_clause_intents(question: str, previous: str | None, tools: Mapping[str, ToolSchema]) -> tuple[Intent, ...]:
    """The rules that fit the question, else for each of its clauses a rule, or the topics it speaks about."""
    names = frozenset(tools)
    whole = find_intents(question, previous, names)
    if is_about_what_was_said(question) and not any(intent.tool in OWN_TOOLS for intent in whole):
        whole = ()
    clauses = split_clauses(question, keep_case=True)
    if len(clauses) < 2:
        topics = _build_topic_intents(find_question_topics(question, names), question, tools)
        return whole or topics or find_overview_intents(question, names)
    found: dict[tuple[str, str], Intent] = {}
    before = previous
    for clause in clauses:
        fits = find_intents(clause, before, names)
        is_said = is_about_what_was_said(clause) and not any(intent.tool in OWN_TOOLS for intent in fits)
        if not fits or is_said:
            topics = _build_topic_intents(find_question_topics(clause, names), clause, tools)
            fits = topics or find_overview_intents(clause, names)
        found |= {(intent.tool, str(intent.arguments)): intent for intent in fits}
        before = clause
    return tuple(found.values())[:MAX_CALLS] or whole


def _choose_topics_beside_limits(
    question: str, limits: tuple[UnsupportedRequest, ...], tools: frozenset[str]
) -> tuple[Topic, ...]:
    """For wording or advice what the notes say about the matter; for a comparison, this account's own side."""
    found = find_question_topics(question, tools)
    notes = tuple(topic for topic in (Topic.NOTES,) if TOPICS[topic].tool in tools)
    if UnsupportedRequest.WORDING in limits:
        return notes or found
    if UnsupportedRequest.ADVICE in limits:
        return (*notes, *(topic for topic in found if topic not in notes))[:MAX_TOPICS]
    if UnsupportedRequest.COMPARISON in limits and not found:
        return tuple(topic for topic in (Topic.SUMMARY,) if TOPICS[topic].tool in tools)
    return found or notes


def _build_topic_intents(topics: Iterable[Topic], question: str, tools: Mapping[str, ToolSchema]) -> tuple[Intent, ...]:
    names = [TOPICS[topic].tool for topic in topics]
    return tuple(Intent(tool=name, arguments=extract_tool_arguments(tools[name], question)) for name in names)


def _plan_search(question: str, tools: frozenset[str]) -> _Plan:
    """What no rule fits is looked for in the records; without words to look for, what can be asked."""
    query = build_record_query(question)
    if _HELP.search(question) or not query or "search_notes" not in tools:
        apology = "" if _HELP.search(question) else "I did not understand that. "
        return _Plan(sentence=f"{NO_MODEL_NOTICE} {apology}{_describe_abilities(tools)}")
    return _Plan(sentence=SEARCHED_NOTICE, intents=(Intent(tool="search_notes", arguments={"query": query}),))


def _refuse_to_act(question: str, tools: frozenset[str]) -> str:
    return f"I cannot {name_requested_act(question)} anything for you. {NO_MODEL_NOTICE} {_describe_abilities(tools)}"


def _describe_abilities(tools: frozenset[str]) -> str:
    known = [entry.ability for entry in TOPICS.values() if entry.tool in tools]
    known += [ability for tool, ability in RULE_ABILITIES.items() if tool in tools]
    if not known:
        return "There is nothing I can look up here; the buttons above still work."
    return f"I can tell you {join_names(known)}."


def _list_latest_tool_messages(messages: tuple[ModelMessage, ...]) -> list[ToolMessage]:
    """The tool results since the person's last message."""
    since: list[ToolMessage] = []
    for message in reversed(messages):
        if isinstance(message, UserMessage):
            break
        if isinstance(message, ToolMessage):
            since.insert(0, message)
    return since


def _join_first_paragraphs(answers: list[ToolMessage]) -> Iterator[str]:
    """The first paragraph of each, which answers in whole sentences (see ToolOutput)."""
    for place, answer in enumerate(answers):
        said = answer.text.strip().split("\n\n", 1)[0].strip() or "There is nothing to say about it."
        gap = "\n\n" if place else ""
        yield f"{gap}I could not look that up: {said}" if answer.failed else f"{gap}{said}"
