from dataclasses import dataclass
from typing import Protocol

from lib.llm.events import ModelStream
from lib.llm.messages import ModelMessage
from lib.llm.schema import ToolSchema


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """One call of a model. With `may_call` False it is shown the tools but has to answer in words."""

    messages: tuple[ModelMessage, ...]
    tools: tuple[ToolSchema, ...] = ()
    may_call_tools: bool = True


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long a model is waited for, in seconds. `silence` is the longest time without anything from the server,
    `beat` the time between two Pulses, `longest_wait` the longest Retry-After that is sat out."""

    connect: float = 5.0
    silence: float = 60.0
    heartbeat: float = 0.2
    retries: int = 2
    backoff: float = 0.4
    max_retry_after: float = 5.0


class LanguageModel(Protocol):
    """Something that answers. `name` is what is stored beside an answer ("rules" for the built-in assistant), `label`
    what a person reads."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    def stream(self, request: ModelRequest) -> ModelStream:
        """The answer as it comes. Never raises for what a server does: that is a Failed. Closing it hangs up."""
        ...
