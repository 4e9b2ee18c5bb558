"""What is stored when a turn starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lib.chat.conversation import ChatMessage, Thread


@dataclass(frozen=True, kw_only=True)
class NewLlmContext:
    """What a model is about to get; stored with the question."""

    model: str
    system_prompt: str
    tools: Sequence[Mapping[str, Any]] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    def to_rpc_arguments(self) -> dict[str, Any]:
        """The arguments of `begin_chat_turn`."""
        return {
            "p_model": self.model,
            "p_system_prompt": self.system_prompt,
            "p_tools": list(self.tools),
            "p_context_data": dict(self.data),
        }


@dataclass(frozen=True, kw_only=True)
class StartedTurn:
    """A turn whose question is stored. `context_id` is None if no model is asked."""

    thread: Thread
    question: ChatMessage
    context_id: str | None
    tokens_today: int
