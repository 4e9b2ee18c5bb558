"""Messages of a conversation with a model, in no provider's format."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lib.llm.events import ToolCall


@dataclass(frozen=True)
class SystemMessage:
    """Instructions: the only message we write ourselves."""

    text: str


@dataclass(frozen=True)
class UserMessage:
    text: str


@dataclass(frozen=True, kw_only=True)
class AssistantMessage:
    """An answer of the model. `reasoning_items` are sent back to it within the same turn only."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    reasoning_items: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ToolMessage:
    """The result of a tool call, in sentences; `failed` if it gave only a reason why not."""

    call_id: str
    name: str
    text: str
    failed: bool = False


CALL_ID_LENGTH = 9
"""Mistral takes ids of nine letters and digits only; nobody asks for longer ones."""

ModelMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage


def drop_unpaired_tool_calls(messages: Iterable[ModelMessage]) -> tuple[ModelMessage, ...]:
    """`messages` without calls that have no answer, and answers that have no call.

    Providers refuse both, and a turn stopped between a call and its answer leaves half of the pair behind.
    """
    all_messages = tuple(messages)
    answered = {message.call_id for message in all_messages if isinstance(message, ToolMessage)}
    kept: list[ModelMessage] = []
    asked: set[str] = set()
    for message in all_messages:
        match message:
            case AssistantMessage():
                calls = tuple(call for call in message.tool_calls if call.id in answered)
                asked |= {call.id for call in calls}
                if calls or message.text:
                    kept.append(
                        replace(message, tool_calls=calls, reasoning_items=message.reasoning_items if calls else ())
                    )
            case ToolMessage():
                if message.call_id in asked:
                    kept.append(message)
            case _:
                kept.append(message)
    return tuple(kept)


def replace_tool_call(messages: Iterable[ModelMessage], call: ToolCall) -> list[ModelMessage]:
    """`messages` with this call in place of the one of its id: a call is sent back as it was recorded."""
    return [
        replace(message, tool_calls=tuple(call if known.id == call.id else known for known in message.tool_calls))
        if isinstance(message, AssistantMessage)
        else message
        for message in messages
    ]


def with_unique_call_id(call: ToolCall, calls: Iterable[ToolCall], messages: Iterable[ModelMessage]) -> ToolCall:
    """The call under an id of its own: some servers send none, or repeat one in a later round or turn."""
    taken = {known.id for known in calls}
    taken |= {message.call_id for message in messages if isinstance(message, ToolMessage)}
    return call if call.id and call.id not in taken else replace(call, id=uuid.uuid4().hex[:CALL_ID_LENGTH])
