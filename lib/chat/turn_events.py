"""What a turn shows while it runs: one closed union. TurnStarted comes first, TurnFinished last, both exactly once."""

from collections.abc import Generator
from dataclasses import dataclass

from lib.chat.conversation import ChatMessage, ChatPanel, MessageStatus, Thread
from lib.llm.events import LlmEvent


@dataclass(frozen=True, kw_only=True)
class TurnStarted:
    """The question is stored."""

    thread: Thread
    question: ChatMessage
    panel: ChatPanel


@dataclass(frozen=True, kw_only=True)
class UnsavedAnswer:
    """An answer the database did not take. `ChatService.save_unsaved_answer` stores it, idempotently."""

    thread_id: str
    parent_id: str
    answer_id: str
    arguments: dict[str, object]
    error: str


@dataclass(frozen=True, kw_only=True)
class TurnFinished:
    """The turn is over and stored, unless `unsaved` is set. `panel` is the given one plus this turn.

    `error` is a sentence when the answer is incomplete.
    """

    panel: ChatPanel
    messages: tuple[ChatMessage, ...]
    status: MessageStatus
    error: str | None = None
    unsaved: UnsavedAnswer | None = None


ChatEvent = TurnStarted | LlmEvent | TurnFinished
ChatStream = Generator[ChatEvent, None, None]
