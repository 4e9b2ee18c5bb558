"""Threads, messages and branches of the chat beside a slide."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import uuid4

from lib.chat.tool_call_record import ToolCallRecord
from lib.content.block_json import Block, UnreadableBlock
from lib.content.model import Text
from lib.llm.model_budget import ModelBudget

NOT_WRITTEN_BY_ZEN = "Not written by Zen"
"""Said of an answer or a tool call that is not authentic."""
NAMES_ERASED = "Without a name that was erased"
"""Said of one that an erasure changed, so that its signature no longer holds."""


def describe_missing_signature(redacted_at: datetime | None) -> str:
    """Why an answer or a tool call is not authentic."""
    return NOT_WRITTEN_BY_ZEN if redacted_at is None else NAMES_ERASED


class ThreadStatus(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


class MessageRole(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


class BranchType(StrEnum):
    """Where an answer comes from: a fixed text, a model, the customer's records, a saved action."""

    FIXED = "fixed"
    LLM = "llm"
    RAG = "rag"
    SAVED_ACTION = "saved_action"


class MessageStatus(StrEnum):
    """An answer is complete, was stopped by the person, failed, or was cut off."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"
    CUT = "cut"


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A conversation. `owner_name`, `messages`, `last_message_at` are None if only its row was read."""

    id: str
    execution_id: str
    slide_id: str
    owner_id: str
    status: ThreadStatus
    is_shared: bool
    title: str | None
    revision: int
    created_at: datetime
    is_own: bool = True
    owner_name: str | None = None
    messages: int | None = None
    last_message_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status is ThreadStatus.ACTIVE


@dataclass(frozen=True, kw_only=True)
class ChatMessage:
    """A question, or one block of an answer; the blocks of an answer share `answer_id`, in order of `position`. The
    first holds tokens and cost of the whole; None is "not reported". An answer that is not authentic is not written by
    Zen: somebody inserted it."""

    id: str
    thread_id: str
    role: MessageRole
    block: Block | UnreadableBlock
    created_at: datetime
    answer_id: str
    parent_id: str | None = None
    position: int = 0
    status: MessageStatus = MessageStatus.COMPLETE
    error: str | None = None
    branch_type: BranchType | None = None
    branch_id: str | None = None
    context_id: str | None = None
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None
    is_authentic: bool = True
    redacted_at: datetime | None = None

    @property
    def text(self) -> str:
        """The text of a text block; blank for any other."""
        return self.block.markdown if isinstance(self.block, Text) else ""


@dataclass(frozen=True, kw_only=True)
class OfferedAction:
    id: str
    kind: str
    name: str
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChatBranch:
    """A question the slide offers. `next_key` names the branch offered after it.

    `snooze_days` is for how many days an action that snoozes does; None for the usual.
    """

    id: str
    key: str
    type: BranchType
    label: str
    response_text: str | None = None
    prompt: str | None = None
    next_key: str | None = None
    position: int = 0
    action: OfferedAction | None = None
    snooze_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """`thumbs` is 1 or -1."""

    message_id: str
    person_id: str
    thumbs: int
    comment: str | None = None
    person_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class LlmContext:
    """What a model was given: instructions, tools and data, exactly as sent."""

    id: str
    thread_id: str
    system_prompt: str
    tools: tuple[Mapping[str, Any], ...]
    data: Mapping[str, Any]
    model: str
    created_at: datetime
    message_id: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """The next question. `id` is its idempotency key; `parent_id` is the message it follows (an edited question has
    that of the one it replaces). `built_in` asks the built-in assistant."""

    text: str
    parent_id: str | None = None
    branch: ChatBranch | None = None
    built_in: bool = False
    is_repeat: bool = False
    id: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True, kw_only=True)
class ChatPanel:
    """The chat of a slide: the conversation shown (None: none yet), the latest of `thread_count`, the branches offered.
    Messages, the newest 500, are in order; `lib.chat.message_tree` makes a tree of them."""

    thread: Thread | None
    threads: tuple[Thread, ...] = ()
    thread_count: int = 0
    messages: tuple[ChatMessage, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    tool_calls: tuple[ToolCallRecord, ...] = ()
    branches: tuple[ChatBranch, ...] = ()
    tokens_today: int = 0
    model_budget: ModelBudget | None = None

    def find_branch(self, branch_id: str | None) -> ChatBranch | None:
        return next((branch for branch in self.branches if branch.id == branch_id), None)

    def list_answer_tool_calls(self, answer_id: str) -> tuple[ToolCallRecord, ...]:
        return tuple(call for call in self.tool_calls if call.answer_id == answer_id)

    def with_messages(self, *messages: ChatMessage) -> "ChatPanel":
        """With these messages added, each once."""
        known = {message.id for message in self.messages}
        return replace(self, messages=(*self.messages, *(message for message in messages if message.id not in known)))

    def with_tool_call(self, call: ToolCallRecord) -> "ChatPanel":
        """With this call in place of its earlier state."""
        others = tuple(known for known in self.tool_calls if known.id != call.id)
        return replace(self, tool_calls=tuple(sorted((*others, call), key=lambda each: each.created_at)))

    def with_thread(self, thread: Thread) -> "ChatPanel":
        """With this thread in place of its earlier state; fields its row lacks stay."""
        before = next((known for known in self.threads if known.id == thread.id), thread)
        others = tuple(known for known in self.threads if known.id != thread.id)
        if thread.owner_name is None:
            thread = replace(thread, is_own=before.is_own, owner_name=before.owner_name, messages=before.messages)
        return replace(self, thread=thread, threads=(thread, *others))


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """A whole conversation, with its customer and workflow and what the models were given."""

    thread: Thread
    customer_id: str
    customer_name: str
    workflow_id: str
    workflow_name: str
    workflow_version: int
    run_status: str
    messages: tuple[ChatMessage, ...]
    feedback: tuple[Feedback, ...]
    tool_calls: tuple[ToolCallRecord, ...]
    contexts: tuple[LlmContext, ...]
