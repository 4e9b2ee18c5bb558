"""One question that is stored and not answered yet, and the only way it can end.

However a turn ends, its answer is stored once, under an id made at its beginning: whole, or as what was said until then
with the reason. What the database cannot take is handed out as `Unsaved`.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

from lib.chat.events import Ended, Unsaved
from lib.chat.model import BranchType, Message, MessageStatus, Panel, Question, ToolCallRecord
from lib.chat.repository import Begun, ChatRepository, answer_rows
from lib.chat.scene import Scene
from lib.chat.transcript import Transcript
from lib.errors import Unavailable, ZenError
from lib.llm.events import Usage

STOPPED = "Stopped before the answer was whole."
LEFT = "The page was closed before the answer was whole."
PAUSES = (0.2, 0.8)

log = logging.getLogger(__name__)

Stored = TypeVar("Stored")
IsLeft = Callable[[], bool]
"""Whether whoever reads a turn that is ended early has not stopped it, but is gone."""


class OpenTurn:
    """`panel` grows with the turn. `model` is None where none was asked; `estimated` is about how many tokens it took,
    for the cap of the day where its server does not report them."""

    def __init__(
        self, chats: ChatRepository, scene: Scene, panel: Panel, question: Question, begun: Begun, is_left: IsLeft
    ) -> None:
        self.chats, self.scene, self.question, self.begun = chats, scene, question, begun
        self._is_left = is_left
        self.answer_id = str(uuid4())
        self.kind = question.branch.type if question.branch else BranchType.LLM
        self.model: str | None = None
        self.estimated = 0
        self.transcript = Transcript()
        self.panel = replace(panel.with_thread(begun.thread), tokens_today=begun.tokens_today).with_rows(begun.question)
        self.ended: Ended | None = None

    def add_call(self, tool: str, arguments: Mapping[str, Any] | str, **more: Any) -> ToolCallRecord:
        """A row of the audit log."""
        given = arguments if not isinstance(arguments, str) else {"unreadable": arguments}
        row = {
            "company_id": str(self.scene.person.company_id),
            "thread_id": self.begun.thread.id,
            "message_id": self.begun.question.id,
            "answer_id": self.answer_id,
            "tool": tool,
            "input": dict(given),
        }
        return self.know(self.chats.add_call(row | more))

    def know(self, call: ToolCallRecord) -> ToolCallRecord:
        self.panel = self.panel.with_call(call)
        return call

    def finish(
        self,
        status: MessageStatus = MessageStatus.COMPLETE,
        error: str | None = None,
        usage: Usage | None = None,
        cost: Decimal | None = None,
    ) -> Ended:
        """Store the answer as it stands. The second time it is what it was the first time."""
        if self.ended is not None:
            return self.ended
        if status is MessageStatus.STOPPED and self._is_left():
            status, error = MessageStatus.CUT, LEFT
        used = usage or Usage()
        branch = self.question.branch
        arguments = {
            "p_rows": answer_rows(self.transcript.blocks(), self.kind, branch.id if branch else None),
            "p_context_id": self.begun.context_id,
            "p_model": self.model,
            "p_input_tokens": used.input_tokens,
            "p_output_tokens": used.output_tokens,
            "p_cost_usd": str(cost) if cost is not None else None,
            "p_status": status.value,
            "p_error": error[:2000] if error else None,
            "p_estimated_tokens": self.estimated or None,
        }
        spent = max((used.input_tokens or 0) + (used.output_tokens or 0), 0 if used.is_known else self.estimated)
        self.panel = replace(self.panel, tokens_today=self.panel.tokens_today + spent)
        self.ended = self._stored(arguments, status, error)
        return self.ended

    def _stored(self, arguments: dict[str, Any], status: MessageStatus, error: str | None) -> Ended:
        thread_id, parent_id = self.begun.thread.id, self.begun.question.id
        unsaved: Unsaved | None = None
        answer: tuple[Message, ...] = ()
        try:
            answer = insisting(lambda: self.chats.finish(thread_id, parent_id, self.answer_id, arguments))
        except ZenError as fault:
            log.warning("An answer could not be stored: %s", type(fault).__name__)
            unsaved = Unsaved(
                thread_id=thread_id,
                parent_id=parent_id,
                answer_id=self.answer_id,
                arguments=arguments,
                error=f"The answer could not be stored. {fault}",
            )
        self.panel = self.panel.with_rows(*answer)
        return Ended(panel=self.panel, answer=answer, status=status, error=error, unsaved=unsaved)


def insisting(store: Callable[[], Stored]) -> Stored:
    """Try more than once while the database does not answer. Only for what is stored once however often it is sent."""
    for pause in PAUSES:
        try:
            return store()
        except Unavailable:
            time.sleep(pause)
    return store()
