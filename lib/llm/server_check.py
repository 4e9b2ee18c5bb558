"""Asks a configured model server what Zen needs of it, over the same way a chat takes, and says what works.

Five short answers, so it costs a few hundred tokens. A model that ignores an instruction is told apart from a server
that cannot take it.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from lib.llm.errors import FAILURE_MESSAGES
from lib.llm.events import Done, Failed, FinishReason, TextDelta, TokenUsage, ToolCall
from lib.llm.language_model import LanguageModel, ModelRequest
from lib.llm.messages import AssistantMessage, ModelMessage, SystemMessage, ToolMessage, UserMessage
from lib.llm.server_traits import ServerTraits
from lib.llm.tool_schema import ToolSchema
from lib.text.format import join_names

STOP_SECONDS = 0.3
LOGINS = "417"


class CheckOutcome(StrEnum):
    WORKS = "works"
    LIMITED = "limited"
    FAILS = "fails"


@dataclass(frozen=True)
class CheckLine:
    """One thing that was asked for, with a sentence for the operator."""

    outcome: CheckOutcome
    sentence: str


class CheckedModel(LanguageModel, Protocol):
    @property
    def traits(self) -> ServerTraits: ...


@dataclass
class _Heard:
    texts: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    usage: TokenUsage = field(default_factory=TokenUsage)
    outcome: Done | Failed | None = None
    first_word: float | None = None

    @property
    def text(self) -> str:
        return "".join(self.texts)


def check_model_server(model: CheckedModel) -> Iterator[CheckLine]:
    """What works, a line at a time; after a failed answer nothing else is asked."""
    counted = _ask(model, [SystemMessage("You count."), UserMessage("Count from one to twenty in words.")])
    if isinstance(counted.outcome, Failed):
        yield CheckLine(CheckOutcome.FAILS, FAILURE_MESSAGES[counted.outcome.reason])
        return
    yield CheckLine(CheckOutcome.WORKS, "The server is reached, takes the key and knows the model.")
    yield _describe_ending(counted)
    yield _describe_streaming(counted)
    yield _describe_usage(counted)
    yield _check_instructions(model)
    yield from _check_tools(model)
    yield _check_stop(model)
    yield _describe_thoughts(model.traits)
    yield _describe_refused_fields(model.traits)


def _ask(model: LanguageModel, messages: Iterable[ModelMessage], tools: tuple[ToolSchema, ...] = ()) -> _Heard:
    heard, began = _Heard(), time.monotonic()
    with closing(model.stream(ModelRequest(messages=tuple(messages), tools=tools))) as events:
        for event in events:
            match event:
                case TextDelta(text):
                    heard.first_word = heard.first_word or time.monotonic() - began
                    heard.texts.append(text)
                case ToolCall():
                    heard.calls.append(event)
                case TokenUsage():
                    heard.usage = event
                case Done() | Failed():
                    heard.outcome = event
    return heard


def _describe_ending(heard: _Heard) -> CheckLine:
    if not heard.text.strip():
        return CheckLine(CheckOutcome.FAILS, "It answered without a word.")
    if heard.outcome == Done(FinishReason.LENGTH):
        return CheckLine(CheckOutcome.LIMITED, "Its answers are cut at a short maximum length; allow longer ones.")
    return CheckLine(CheckOutcome.WORKS, "It answers in words and says when the answer is whole.")


def _describe_streaming(heard: _Heard) -> CheckLine:
    if len(heard.texts) < 2:
        return CheckLine(
            CheckOutcome.LIMITED, "It sends an answer at once, not word by word: people wait for the whole."
        )
    return CheckLine(
        CheckOutcome.WORKS, f"It writes word by word; the first came after {heard.first_word or 0:.1f} seconds."
    )


def _describe_usage(heard: _Heard) -> CheckLine:
    if heard.usage.is_reported:
        return CheckLine(CheckOutcome.WORKS, "It reports the tokens it used.")
    return CheckLine(CheckOutcome.LIMITED, "It reports no tokens: limits go by an estimate, and cost is not shown.")


def _check_instructions(model: LanguageModel) -> CheckLine:
    heard = _ask(model, [SystemMessage("Answer with the word ZEBRA and nothing else."), UserMessage("Hello?")])
    if "zebra" in heard.text.lower():
        return CheckLine(CheckOutcome.WORKS, "It follows Zen's instructions.")
    return CheckLine(CheckOutcome.LIMITED, "It did not follow a simple instruction of the system message.")


def _check_tools(model: LanguageModel) -> Iterator[CheckLine]:
    """Whether it calls a tool rightly, two at once, and answers from their results."""
    asked: list[ModelMessage] = [
        SystemMessage("Look everything up with the tools; never guess."),
        UserMessage("How many logins had customer A, and how many had customer B? Call the tool for both at once."),
    ]
    heard = _ask(model, asked, (_LOGINS_TOOL,))
    if not model.list_sent_tools((_LOGINS_TOOL,)):
        yield CheckLine(CheckOutcome.LIMITED, "It takes no tools: Zen answers from the data of the slide alone.")
        return
    valid = [call for call in heard.calls if call.name == _LOGINS_TOOL.name and _get_customer(call)]
    if not valid:
        yield CheckLine(CheckOutcome.LIMITED, "It takes tools, but called none as it was asked to.")
        return
    yield CheckLine(CheckOutcome.WORKS, "It calls tools with arguments that can be read.")
    if len(valid) > 1:
        yield CheckLine(CheckOutcome.WORKS, "It calls several tools at once.")
    else:
        yield CheckLine(CheckOutcome.LIMITED, "It called one tool where two were asked for: lookups take more rounds.")
    results = [ToolMessage(call_id=call.id, name=call.name, text=f"{LOGINS} logins.") for call in valid]
    told = [*asked, AssistantMessage(text=heard.text, tool_calls=tuple(valid)), *results]
    answer = _ask(model, told, (_LOGINS_TOOL,))
    if LOGINS in answer.text:
        yield CheckLine(CheckOutcome.WORKS, "It answers from what a tool gave.")
    else:
        yield CheckLine(CheckOutcome.LIMITED, "It did not answer from what a tool gave.")


def _get_customer(call: ToolCall) -> Any:
    return call.arguments.get("customer") if not isinstance(call.arguments, str) else None


def _check_stop(model: LanguageModel) -> CheckLine:
    messages = (SystemMessage("You count."), UserMessage("Count from one to two hundred in words."))
    events = model.stream(ModelRequest(messages=messages))
    for event in events:
        if isinstance(event, TextDelta | Done | Failed):
            break
    began = time.monotonic()
    events.close()
    seconds = time.monotonic() - began
    if seconds <= STOP_SECONDS:
        return CheckLine(CheckOutcome.WORKS, "It can be stopped in the middle of an answer.")
    return CheckLine(CheckOutcome.LIMITED, f"Stopping an answer took {seconds:.1f} seconds.")


def _describe_thoughts(traits: ServerTraits) -> CheckLine:
    if traits.only_closes_thoughts:
        return CheckLine(
            CheckOutcome.LIMITED,
            "It writes its thoughts into the answer and marks only their end: Zen leaves them out, but shows nothing "
            "until they end. A reasoning parser on the server helps.",
        )
    return CheckLine(CheckOutcome.WORKS, "No thoughts stand in its answers.")


def _describe_refused_fields(traits: ServerTraits) -> CheckLine:
    if traits.refused_fields:
        names = join_names(sorted(traits.refused_fields))
        return CheckLine(CheckOutcome.LIMITED, f"It refused a part of the request, which Zen leaves out: {names}.")
    return CheckLine(CheckOutcome.WORKS, "It takes every part of Zen's requests.")


_LOGINS_TOOL = ToolSchema(
    name="count_logins",
    description="The number of logins of one customer.",
    parameters={
        "type": "object",
        "properties": {"customer": {"type": "string", "description": "A or B"}},
        "required": ["customer"],
        "additionalProperties": False,
    },
    strict=True,
)
