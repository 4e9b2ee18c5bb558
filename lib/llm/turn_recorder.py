import time
from dataclasses import dataclass
from typing import Protocol

from lib.llm.events import Done, Failed, TokenUsage, ToolCall, ToolResult
from lib.llm.messages import ModelMessage


@dataclass(frozen=True, kw_only=True)
class TurnResult:
    """How a turn ended and what it produced.

    `text` is everything shown, complete or not; `produced` continues the conversation (assistant and tool messages).
    `usage` is what was reported; `tokens_spent` counts towards the limits, estimated where nothing was reported.
    """

    outcome: Done | Failed
    text: str
    usage: TokenUsage
    tokens_spent: int
    rounds: int
    calls: int
    produced: tuple[ModelMessage, ...]


class Recorder(Protocol):
    """Stores a turn.

    An exception of `record_start` or `record_waiting` fails the turn, and the tool does not run. One of `record_end`
    reaches the reader of the turn, or the log if a person stopped it.
    """

    def record_tool_start(self, call: ToolCall) -> None:
        """The tool is about to run."""
        ...

    def record_tool_result(
        self, call: ToolCall, result: ToolResult | None, duration_ms: int, error: str | None
    ) -> None:
        """The tool ran. `error` is a sentence if it failed; `result` is None if it was interrupted."""
        ...

    def record_tool_waiting(self, call: ToolCall, duration_ms: int) -> None:
        """Instead of `record_result`: the call was not run and waits for approval. Its arguments are validated."""
        ...

    def record_turn_end(self, ending: TurnResult) -> None:
        """The turn is over: finished, at a limit, failed or stopped. Called exactly once."""
        ...


def compute_elapsed_ms(started: float) -> int:
    """Milliseconds since `started` of the monotonic clock."""
    return round((time.monotonic() - started) * 1000)
