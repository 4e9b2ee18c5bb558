"""A conversation as values, in no provider's format."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lib.llm.events import ToolCall


@dataclass(frozen=True)
class SystemMessage:
    """Instructions. The only message whose words are ours."""

    text: str


@dataclass(frozen=True)
class UserMessage:
    text: str


@dataclass(frozen=True, kw_only=True)
class AssistantMessage:
    """`thoughts` are a reasoning model's own items, sent back to it within the same turn only."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    reasoning_items: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ToolMessage:
    """What a call gave, as sentences. `failed` when it gave nothing but a reason."""

    call_id: str
    name: str
    text: str
    failed: bool = False


ModelMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage


def drop_unpaired_calls(messages: Iterable[ModelMessage]) -> tuple[ModelMessage, ...]:
    """`messages` with every call answered and every answer called for: providers refuse anything else, and a turn that
    was stopped between a call and its answer leaves half of the pair behind."""
    told = tuple(messages)
    answered = {message.call_id for message in told if isinstance(message, ToolMessage)}
    kept: list[ModelMessage] = []
    asked: set[str] = set()
    for message in told:
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
