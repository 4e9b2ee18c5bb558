from dataclasses import dataclass
from typing import Protocol

from lib.llm.events import ModelStream
from lib.llm.messages import ModelMessage
from lib.llm.tool_schema import ToolSchema


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """One call of a model. With `may_call_tools` False it sees the tools but must answer in words."""

    messages: tuple[ModelMessage, ...]
    tools: tuple[ToolSchema, ...] = ()
    may_call_tools: bool = True


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long to wait for a model, in seconds.

    `silence` is the longest time without anything from the server, `keep_alive` the longest with nothing but signs of
    life, `heartbeat` the time between two Heartbeats, `backoff` the first pause between attempts, `max_retry_after` the
    longest Retry-After that is waited for.
    """

    connect: float = 5.0
    silence: float = 60.0
    keep_alive: float = 300.0
    heartbeat: float = 0.2
    retries: int = 2
    backoff: float = 0.4
    max_retry_after: float = 5.0


class LanguageModel(Protocol):
    """A model that answers. `name` is stored with an answer ("rules" for the built-in assistant), `label` is shown."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    def list_sent_tools(self, tools: tuple[ToolSchema, ...]) -> tuple[ToolSchema, ...]:
        """`tools` as they are sent: a server may be known to refuse them, or their strict mode."""
        ...

    def stream(self, request: ModelRequest) -> ModelStream:
        """The answer as it comes. A server's error is a Failed event, never an exception. Closing it hangs up."""
        ...
