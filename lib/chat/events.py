"""What a turn shows while it runs. A closed union: first Asked, last Ended, both exactly once."""

from collections.abc import Generator
from dataclasses import dataclass

from lib.chat.blocks import Block
from lib.chat.model import ChatMessage, ChatPanel, MessageStatus, Thread, ToolCallRecord


@dataclass(frozen=True, kw_only=True)
class ChatTurnStarted:
    """The question is stored."""

    thread: Thread
    question: ChatMessage
    panel: ChatPanel


@dataclass(frozen=True)
class ChatTextDelta:
    """The next piece of the answer: untrusted Markdown, see `lib.chat.safe_markdown`."""

    text: str


@dataclass(frozen=True)
class ChatBlockShown:
    """A table, a chart, code, or a whole text at once."""

    block: Block


@dataclass(frozen=True)
class ChatToolStarted:
    """A tool runs; `label` says what is being read, as in "the support tickets"."""

    label: str


@dataclass(frozen=True)
class ChatApprovalRequested:
    """Something with an effect waits for approval; it is stored and survives a reload."""

    call: ToolCallRecord


@dataclass(frozen=True)
class ChatHeartbeat:
    """Nothing new for a moment: a good time to look whether stop was pressed."""


@dataclass(frozen=True, kw_only=True)
class UnsavedAnswer:
    """An answer the database could not take. `ChatService.keep` stores it, once, however often it is tried."""

    thread_id: str
    parent_id: str
    answer_id: str
    arguments: dict[str, object]
    error: str


@dataclass(frozen=True, kw_only=True)
class ChatTurnFinished:
    """The turn is over and stored, unless `unsaved` says otherwise. `panel` is the one given, with this turn in it.

    `error` is a sentence when the answer is not whole.
    """

    panel: ChatPanel
    messages: tuple[ChatMessage, ...]
    status: MessageStatus
    error: str | None = None
    unsaved: UnsavedAnswer | None = None


ChatEvent = (
    ChatTurnStarted
    | ChatTextDelta
    | ChatBlockShown
    | ChatToolStarted
    | ChatApprovalRequested
    | ChatHeartbeat
    | ChatTurnFinished
)
ChatEventStream = Generator[ChatEvent, None, None]
