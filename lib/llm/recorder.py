from dataclasses import dataclass
from typing import Protocol

from lib.llm.events import Done, Failed, TokenUsage, ToolCall, ToolResult
from lib.llm.messages import ModelMessage


@dataclass(frozen=True, kw_only=True)
class TurnResult:
    """How a turn ended, and all that came of it. `text` is everything given out, whole or not; `produced` continues the
    conversation (assistant messages and tool answers). `usage` is what was reported; `spent` is what counts towards
    the caps, estimated where nothing was."""

    outcome: Done | Failed
    text: str
    usage: TokenUsage
    tokens_spent: int
    rounds: int
    calls: int
    produced: tuple[ModelMessage, ...]


class Recorder(Protocol):
    """Where a turn is put down. What `before` or `waiting` raises ends the turn as failed, and the tool does not run.
    What `ended` raises reaches whoever reads the turn, unless a person stopped it: then it is logged."""

    def before(self, call: ToolCall) -> None:
        """The tool is about to run."""
        ...

    def after(self, call: ToolCall, result: ToolResult | None, duration_ms: int, error: str | None) -> None:
        """It ran. `error` is the sentence when it failed; `result` is None when it was broken off."""
        ...

    def waiting(self, call: ToolCall, duration_ms: int) -> None:
        """In place of `after`: it did not run and waits for a person. `call.arguments` are the checked ones."""
        ...

    def ended(self, ending: TurnResult) -> None:
        """The turn is over: finished, capped, failed, or stopped by a person. Called exactly once."""
        ...
