"""What a turn shows while it runs. A closed union: first Asked, last Ended, both exactly once."""

from collections.abc import Generator
from dataclasses import dataclass

from lib.chat.blocks import Block
from lib.chat.model import Message, MessageStatus, Panel, Thread, ToolCallRecord


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The question is stored."""

    thread: Thread
    question: Message
    panel: Panel


@dataclass(frozen=True)
class Said:
    """The next piece of the answer: untrusted Markdown, see `lib.chat.safe_markdown`."""

    text: str


@dataclass(frozen=True)
class Shown:
    """A table, a chart, code, or a whole text at once."""

    block: Block


@dataclass(frozen=True)
class LookingUp:
    """A tool runs; `label` says what is being read, as in "the support tickets"."""

    label: str


@dataclass(frozen=True)
class Proposed:
    """Something with an effect waits for approval; it is stored and survives a reload."""

    call: ToolCallRecord


@dataclass(frozen=True)
class Beat:
    """Nothing new for a moment: a good time to look whether stop was pressed."""


@dataclass(frozen=True, kw_only=True)
class Unsaved:
    """An answer the database could not take. `ChatService.keep` stores it, once, however often it is tried."""

    thread_id: str
    parent_id: str
    answer_id: str
    arguments: dict[str, object]
    error: str


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The turn is over and stored, unless `unsaved` says otherwise. `panel` is the one given, with this turn in it.

    `error` is a sentence when the answer is not whole.
    """

    panel: Panel
    answer: tuple[Message, ...]
    status: MessageStatus
    error: str | None = None
    unsaved: Unsaved | None = None


ChatEvent = Asked | Said | Shown | LookingUp | Proposed | Beat | Ended
Stream = Generator[ChatEvent, None, None]
