"""The built-in assistant, which answers by rules when there is no language model.

It knows a handful of topics, looks them up with the same tools a model uses, and says so when it does not understand.
The same question gets the same answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lib.llm.events import Done, FinishReason, ModelEvent, ModelStream, TextDelta, TokenUsage, ToolCall
from lib.llm.language_model import ModelRequest
from lib.llm.messages import ModelMessage, ToolMessage, UserMessage
from lib.llm.rule_based.argument_extraction import extract_tool_arguments
from lib.llm.rule_based.topics import MAX_TOPICS, TOPICS, Topic, find_question_topics
from lib.llm.rule_based.unsupported_requests import UnsupportedRequest, find_unsupported_requests
from lib.llm.tool_schema import ToolSchema
from lib.text.format import join_names

# Requests to do or to write something: the built-in assistant does neither.
_ACTION_REQUEST = re.compile(
    r"\W*(?:please\s+|(?:can|could|would) you\s+|i want you to\s+|let'?s\s+)*"
    r"(?P<deed>snooze|skip|escalate|send|write|draft|compose|schedule|book|invite|save|update|delete|remove|create|add"
    r"|assign|cancel|approve|translate|rewrite|e-?mail)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(r"\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you)\W*", re.IGNORECASE)
_HELP = re.compile(r"\b(?:help|what (?:can|do) you|how do you work|who are you|are you an?)\b", re.IGNORECASE)

NO_MODEL_NOTICE = "I am the built-in assistant. I work by rules, not with a language model."
LOOKED_UP_NOTICE = "Here is what is on record."


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


def _answer_question(request: ModelRequest) -> Iterator[ModelEvent]:
    answers = _list_latest_tool_messages(request.messages)
    if answers:
        yield from (TextDelta(piece) for piece in _join_first_paragraphs(answers))
        return
    said = next((said.text for said in reversed(request.messages) if isinstance(said, UserMessage)), "")
    tools = {tool.name: tool for tool in request.tools} if request.may_call_tools else {}
    question = _extract_question(said, frozenset(tools))
    limits = find_unsupported_requests(question)
    topics = _choose_question_topics(question, limits, frozenset(tools))
    if sentence := _build_direct_reply(question, limits, topics, frozenset(tools)):
        yield TextDelta(sentence)
    for place, topic in enumerate(topics):
        tool = tools[TOPICS[topic].tool]
        yield ToolCall(id=f"rules_{place + 1}", name=tool.name, arguments=extract_tool_arguments(tool, question))


def _extract_question(said: str, tools: frozenset[str]) -> str:
    """The question itself: the first paragraph.

    What follows is a branch's prompt for a model; it is read only if the question alone says nothing.
    """
    first = said.strip().split("\n\n", 1)[0]
    is_clear = _ACTION_REQUEST.match(first) or find_unsupported_requests(first) or find_question_topics(first, tools)
    return first if is_clear else said


def _choose_question_topics(
    question: str, limits: tuple[UnsupportedRequest, ...], tools: frozenset[str]
) -> tuple[Topic, ...]:
    """The topics to look up.

    For wording or advice that is what the notes say about the matter; for a comparison, this account's own side.
    """
    if _ACTION_REQUEST.match(question) or _GREETING.fullmatch(question):
        return ()
    found = find_question_topics(question, tools)
    notes = tuple(topic for topic in (Topic.NOTES,) if TOPICS[topic].tool in tools)
    if UnsupportedRequest.WORDING in limits:
        return notes or found
    if UnsupportedRequest.ADVICE in limits:
        return (*notes, *(topic for topic in found if topic not in notes))[:MAX_TOPICS]
    if UnsupportedRequest.COMPARISON in limits and not found:
        return tuple(topic for topic in (Topic.SUMMARY,) if TOPICS[topic].tool in tools)
    return found or (notes if limits else ())


def _build_direct_reply(
    question: str, limits: tuple[UnsupportedRequest, ...], topics: tuple[Topic, ...], tools: frozenset[str]
) -> str | None:
    """The answer without a tool, or the sentence before one that says what cannot be answered."""
    deed = _ACTION_REQUEST.match(question)
    if deed:
        return f"I cannot {deed['deed'].lower()} anything for you. {NO_MODEL_NOTICE} {_describe_abilities(tools)}"
    if _GREETING.fullmatch(question):
        return f"Hello. {_describe_abilities(tools)}"
    if limits:
        rest = LOOKED_UP_NOTICE if topics else _describe_abilities(tools)
        return f"I cannot {' or '.join(limits)}. {NO_MODEL_NOTICE} {rest}"
    if topics:
        return None
    apology = "" if _HELP.search(question) else "I did not understand that. "
    return f"{NO_MODEL_NOTICE} {apology}{_describe_abilities(tools)}"


def _describe_abilities(tools: frozenset[str]) -> str:
    known = [entry.ability for topic, entry in TOPICS.items() if entry.tool in tools and topic in Topic]
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
