"""The assistant that answers when there is no language model. It knows a handful of questions, looks them up with the
same tools a model uses, and says so when it does not understand. The same question gets the same answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lib.llm.events import Done, ModelEvent, ModelStream, Reason, TextDelta, ToolCall, Usage
from lib.llm.messages import Message, ToolAnswer, User
from lib.llm.model import Request
from lib.llm.rules.arguments import arguments_for
from lib.llm.rules.topics import TOPICS, Topic, topics_of
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
    question = next((said.text for said in reversed(request.messages) if isinstance(said, User)), "")
    tools = {tool.name: tool for tool in request.tools} if request.may_call else {}
    if sentence := _without_tools(question, frozenset(tools)):
        yield TextDelta(sentence)
        return
    for place, topic in enumerate(topics_of(question, tools)):
        tool = tools[TOPICS[topic].tool]
        yield ToolCall(id=f"rules_{place + 1}", name=tool.name, arguments=arguments_for(tool, question))


def _without_tools(question: str, tools: frozenset[str]) -> str | None:
    """What can be said at once; None when something has to be looked up first."""
    deed = _DEED.match(question)
    if deed:
        return f"I cannot {deed['deed'].lower()} anything for you. {NO_MODEL} {_offers(tools)}"
    if _GREETING.fullmatch(question):
        return f"Hello. {_offers(tools)}"
    if topics_of(question, tools):
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
