"""Events of a turn as it runs, in two closed unions.

A model yields `ModelEvent`s and ends with exactly one Done or Failed. `lib.llm.tool_loop` turns them into `LlmEvent`s;
`lib.chat.turn_events` puts TurnStarted before and TurnFinished after them. A new member needs a case where it is drawn,
`lib.ui.chat.answer_stream`.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lib.content.block_json import Block
from lib.content.model import Citation

ToolArguments = Mapping[str, Any] | str
"""JSON values by parameter; a string is what the model wrote when that was no JSON object."""


@dataclass(frozen=True)
class TextDelta:
    """The next piece of the answer: untrusted Markdown, without invisible characters."""

    text: str


@dataclass(frozen=True)
class TextWithdrawn:
    """The last `length` characters of the answer were a thought: they are shown and stored no longer."""

    length: int


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """A call the model asks for; `id` is unique within a turn.

    `extra_content` is what its server wants back with the call in the same turn; never shown, never stored.
    """

    id: str
    name: str
    arguments: ToolArguments
    extra_content: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class ToolResult:
    """What a tool gave. The model reads `text`; `blocks` are drawn, `citations` back numbers in the text, `change` is
    what a tool with a side effect changed."""

    call_id: str
    name: str
    text: str
    blocks: tuple[Block, ...] = ()
    citations: tuple[Citation, ...] = ()
    change: object | None = None
    failed: bool = False


@dataclass(frozen=True)
class ToolStarted:
    """A tool is about to run, or to be proposed."""

    call: ToolCall


@dataclass(frozen=True)
class BlockShown:
    """A table, a chart, code, or a whole text at once."""

    block: Block


@dataclass(frozen=True)
class ApprovalRequested:
    """A call with a side effect, not run: a person has to approve it. Its arguments are validated."""

    call: ToolCall
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class ReasoningItem:
    """An item a reasoning model wants back with its tool results; never shown, never stored."""

    item: Mapping[str, Any]


@dataclass(frozen=True)
class TokenUsage:
    """Tokens; None is not reported, which is not 0."""

    input_tokens: int | None = None
    output_tokens: int | None = None

    @property
    def is_reported(self) -> bool:
        """True if both were reported."""
        return self.input_tokens is not None and self.output_tokens is not None


@dataclass(frozen=True)
class Heartbeat:
    """Nothing came for a moment: time to check whether the person pressed stop."""


class FinishReason(StrEnum):
    """Why a turn ended without failing: done, stopped by a person, the model's length limit, one of our limits."""

    FINISHED = "finished"
    STOPPED = "stopped"
    LENGTH = "length"
    CAP = "cap"


class FailureReason(StrEnum):
    """Why a turn failed; the sentences are in `lib.llm.errors`."""

    KEY_REFUSED = "key_refused"
    NOT_ALLOWED = "not_allowed"
    MODEL_UNKNOWN = "model_unknown"
    WRONG_ADDRESS = "wrong_address"
    NO_CREDIT = "no_credit"
    BUSY = "busy"
    TOO_LONG = "too_long"
    REFUSED = "refused"
    FILTERED = "filtered"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    SILENT = "silent"
    CUT = "cut"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    LENGTH = "length"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Done:
    reason: FinishReason


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The end of a failed turn.

    `error` is a sentence for the person; `retry_after` is in seconds, if the server said so; `anything_shown` is True
    if part of the answer was already shown.
    """

    reason: FailureReason
    error: str
    retry_after: float | None = None
    anything_shown: bool = False


ModelEvent = TextDelta | TextWithdrawn | ToolCall | ReasoningItem | TokenUsage | Heartbeat | Done | Failed
LlmEvent = TextDelta | TextWithdrawn | ToolStarted | BlockShown | ApprovalRequested | Heartbeat

ModelStream = Generator[ModelEvent, None, None]
TurnStream = Generator[LlmEvent, None, None]
