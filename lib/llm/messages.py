"""A conversation as values, in no provider's format."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lib.llm.events import ToolCall


@dataclass(frozen=True)
class System:
    """Instructions. The only message whose words are ours."""

    text: str


@dataclass(frozen=True)
class User:
    text: str


@dataclass(frozen=True, kw_only=True)
class Assistant:
    """`thoughts` are a reasoning model's own items, sent back to it within the same turn only."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    thoughts: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ToolAnswer:
    """What a call gave, as sentences. `failed` when it gave nothing but a reason."""

    call_id: str
    name: str
    text: str
    failed: bool = False


Message = System | User | Assistant | ToolAnswer


def whole(messages: Iterable[Message]) -> tuple[Message, ...]:
    """`messages` with every call answered and every answer called for: providers refuse anything else, and a turn that
    was stopped between a call and its answer leaves half of the pair behind."""
    told = tuple(messages)
    answered = {message.call_id for message in told if isinstance(message, ToolAnswer)}
    kept: list[Message] = []
    asked: set[str] = set()
    for message in told:
        match message:
            case Assistant():
                calls = tuple(call for call in message.tool_calls if call.id in answered)
                asked |= {call.id for call in calls}
                if calls or message.text:
                    kept.append(replace(message, tool_calls=calls, thoughts=message.thoughts if calls else ()))
            case ToolAnswer():
                if message.call_id in asked:
                    kept.append(message)
            case _:
                kept.append(message)
    return tuple(kept)
