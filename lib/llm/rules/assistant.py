"""The assistant that answers when there is no language model. It knows a handful of questions, looks them up with the
same tools a model uses, and says so when it does not understand. The same question gets the same answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lib.llm.events import Done, ModelEvent, ModelStream, Reason, TextDelta, ToolCall, Usage
from lib.llm.messages import Message, ToolAnswer, User
from lib.llm.model import Request
from lib.llm.rules.arguments import arguments_for
from lib.llm.rules.limits import Limit, limits_of
from lib.llm.rules.topics import MOST, TOPICS, Topic, topics_of
from lib.slides import words

# What asks for a deed or for writing: nothing here does either.
_DEED = re.compile(
    r"\W*(?:please\s+|(?:can|could|would) you\s+|i want you to\s+|let'?s\s+)*"
    r"(?P<deed>snooze|skip|escalate|send|write|draft|compose|schedule|book|invite|save|update|delete|remove|create|add"
    r"|assign|cancel|approve|translate|rewrite|e-?mail)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(r"\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you)\W*", re.IGNORECASE)
_HELP = re.compile(r"\b(?:help|what (?:can|do) you|how do you work|who are you|are you an?)\b", re.IGNORECASE)

NO_MODEL = "I am the built-in assistant and work by rules, not with a language model."
ON_RECORD = "I looked up what is on record about it."


@dataclass(frozen=True)
class RulesModel:
    name: str = "rules"
    label: str = "Built-in assistant, by rules"

    def stream(self, request: Request) -> ModelStream:
        yield from _events(request)
        yield Usage(0, 0)
        yield Done(Reason.FINISHED)


def _events(request: Request) -> Iterator[ModelEvent]:
    answers = _answers(request.messages)
    if answers:
        yield from (TextDelta(piece) for piece in _told(answers))
        return
    said = next((said.text for said in reversed(request.messages) if isinstance(said, User)), "")
    tools = {tool.name: tool for tool in request.tools} if request.may_call else {}
    question = _meant(said, frozenset(tools))
    limits = limits_of(question)
    topics = _bearing(question, limits, frozenset(tools))
    if sentence := _said_at_once(question, limits, topics, frozenset(tools)):
        yield TextDelta(sentence)
    for place, topic in enumerate(topics):
        tool = tools[TOPICS[topic].tool]
        yield ToolCall(id=f"rules_{place + 1}", name=tool.name, arguments=arguments_for(tool, question))


def _meant(said: str, tools: frozenset[str]) -> str:
    """The question itself. What follows its first paragraph (a branch's prompt) tells a model how to answer; it is read
    only when the question alone says nothing."""
    first = said.strip().split("\n\n", 1)[0]
    is_clear = _DEED.match(first) or limits_of(first) or topics_of(first, tools)
    return first if is_clear else said


def _bearing(question: str, limits: tuple[Limit, ...], tools: frozenset[str]) -> tuple[Topic, ...]:
    """What is looked up: the topics asked about; where words or advice are wanted, what was said about the matter; of a
    comparison, this account's side."""
    if _DEED.match(question) or _GREETING.fullmatch(question):
        return ()
    found = topics_of(question, tools)
    told = tuple(topic for topic in (Topic.NOTES,) if TOPICS[topic].tool in tools)
    if Limit.WORDING in limits:
        return told or found
    if Limit.ADVICE in limits:
        return (*told, *(topic for topic in found if topic not in told))[:MOST]
    if Limit.COMPARISON in limits and not found:
        return tuple(topic for topic in (Topic.SUMMARY,) if TOPICS[topic].tool in tools)
    return found or (told if limits else ())


def _said_at_once(
    question: str, limits: tuple[Limit, ...], topics: tuple[Topic, ...], tools: frozenset[str]
) -> str | None:
    """What needs no looking up; before what does, which part of the question cannot be answered."""
    deed = _DEED.match(question)
    if deed:
        return f"I cannot {deed['deed'].lower()} anything for you. {NO_MODEL} {_offers(tools)}"
    if _GREETING.fullmatch(question):
        return f"Hello. {_offers(tools)}"
    if limits:
        return f"I cannot {' or '.join(limits)}. {NO_MODEL} {ON_RECORD if topics else _offers(tools)}"
    if topics:
        return None
    return f"{NO_MODEL} {'' if _HELP.search(question) else 'I did not understand that. '}{_offers(tools)}"


def _offers(tools: frozenset[str]) -> str:
    known = [entry.offer for topic, entry in TOPICS.items() if entry.tool in tools and topic in Topic]
    if not known:
        return "There is nothing I can look up here; the buttons above still work."
    return f"I can tell you {words.listed(known)}."


def _answers(messages: tuple[Message, ...]) -> list[ToolAnswer]:
    """What the tools gave since the person last spoke."""
    since: list[ToolAnswer] = []
    for message in reversed(messages):
        if isinstance(message, User):
            break
        if isinstance(message, ToolAnswer):
            since.insert(0, message)
    return since


def _told(answers: list[ToolAnswer]) -> Iterator[str]:
    """The first paragraph of each, which by agreement answers in whole sentences."""
    for place, answer in enumerate(answers):
        said = answer.text.strip().split("\n\n", 1)[0].strip() or "There is nothing to say about it."
        gap = "\n\n" if place else ""
        yield f"{gap}I could not look that up: {said}" if answer.failed else f"{gap}{said}"
