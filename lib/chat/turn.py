"""One question that is stored and not answered yet, and the only way it can end.

However a turn ends, its answer is stored once, under an id made at its beginning: whole, or as what was said until then
with the reason. What the database cannot take is handed out as `UnsavedAnswer`.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

from lib.chat.chat_context import ChatContext
from lib.chat.events import ChatTurnFinished, UnsavedAnswer
from lib.chat.model import BranchType, ChatMessage, ChatPanel, MessageStatus, Question, ToolCallRecord
from lib.chat.repository import ChatRepository, StartedTurn, build_answer_rows
from lib.chat.transcript import Transcript
from lib.errors import Unavailable, ZenError
from lib.llm.events import TokenUsage

STOPPED_TEXT = "Stopped before the answer was whole."
PAGE_CLOSED_TEXT = "The page was closed before the answer was whole."
RETRY_PAUSES = (0.2, 0.8)

log = logging.getLogger(__name__)

Stored = TypeVar("Stored")
IsUnwatched = Callable[[], bool]
"""Whether whoever reads a turn that is ended early has not stopped it, but is gone."""


class OpenTurn:
    """`panel` grows with the turn. `model` is None where none was asked; `estimated` is about how many tokens it took,
    for the cap of the day where its server does not report them."""

    def __init__(
        self,
        chats: ChatRepository,
        context: ChatContext,
        panel: ChatPanel,
        question: Question,
        begun: StartedTurn,
        is_left: IsUnwatched,
    ) -> None:
        self.chats, self.context, self.question, self.started = chats, context, question, begun
        self._is_unwatched = is_left
        self.answer_id = str(uuid4())
        self.branch_type = question.branch.type if question.branch else BranchType.LLM
        self.model: str | None = None
        self.estimated_tokens = 0
        self.transcript = Transcript()
        self.panel = replace(panel.with_thread(begun.thread), tokens_today=begun.tokens_today).with_messages(
            begun.question
        )
        self.finished: ChatTurnFinished | None = None

    def add_tool_call(self, tool: str, arguments: Mapping[str, Any] | str, **more: Any) -> ToolCallRecord:
        """A row of the audit log."""
        given = arguments if not isinstance(arguments, str) else {"unreadable": arguments}
        row = {
            "company_id": str(self.context.person.company_id),
            "thread_id": self.started.thread.id,
            "message_id": self.started.question.id,
            "answer_id": self.answer_id,
            "tool": tool,
            "input": dict(given),
        }
        return self.set_call(self.chats.add_tool_call(row | more))

    def set_call(self, call: ToolCallRecord) -> ToolCallRecord:
        self.panel = self.panel.with_call(call)
        return call

    def finish(
        self,
        status: MessageStatus = MessageStatus.COMPLETE,
        error: str | None = None,
        usage: TokenUsage | None = None,
        cost: Decimal | None = None,
    ) -> ChatTurnFinished:
        """Store the answer as it stands. The second time it is what it was the first time."""
        if self.finished is not None:
            return self.finished
        if status is MessageStatus.STOPPED and self._is_unwatched():
            status, error = MessageStatus.CUT, PAGE_CLOSED_TEXT
        used = usage or TokenUsage()
        branch = self.question.branch
        arguments = {
            "p_rows": build_answer_rows(self.transcript.to_blocks(), self.branch_type, branch.id if branch else None),
            "p_context_id": self.started.context_id,
            "p_model": self.model,
            "p_input_tokens": used.input_tokens,
            "p_output_tokens": used.output_tokens,
            "p_cost_usd": str(cost) if cost is not None else None,
            "p_status": status.value,
            "p_error": error[:2000] if error else None,
            "p_estimated_tokens": self.estimated_tokens or None,
        }
        spent = max(
            (used.input_tokens or 0) + (used.output_tokens or 0), 0 if used.is_reported else self.estimated_tokens
        )
        self.panel = replace(self.panel, tokens_today=self.panel.tokens_today + spent)
        self.finished = self._store_answer(arguments, status, error)
        return self.finished

    def _store_answer(self, arguments: dict[str, Any], status: MessageStatus, error: str | None) -> ChatTurnFinished:
        thread_id, parent_id = self.started.thread.id, self.started.question.id
        unsaved: UnsavedAnswer | None = None
        answer: tuple[ChatMessage, ...] = ()
        try:
            answer = retry_when_unavailable(
                lambda: self.chats.finish_turn(thread_id, parent_id, self.answer_id, arguments)
            )
        except ZenError as fault:
            log.warning("An answer could not be stored: %s", type(fault).__name__)
            unsaved = UnsavedAnswer(
                thread_id=thread_id,
                parent_id=parent_id,
                answer_id=self.answer_id,
                arguments=arguments,
                error=f"The answer could not be stored. {fault}",
            )
        self.panel = self.panel.with_messages(*answer)
        return ChatTurnFinished(panel=self.panel, messages=answer, status=status, error=error, unsaved=unsaved)


def retry_when_unavailable(store: Callable[[], Stored]) -> Stored:
    """Try more than once while the database does not answer. Only for what is stored once however often it is sent."""
    for pause in RETRY_PAUSES:
        try:
            return store()
        except Unavailable:
            time.sleep(pause)
    return store()
