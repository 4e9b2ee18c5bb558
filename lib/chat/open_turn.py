"""A question that is stored and not answered yet, and how its turn ends.

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

from lib.chat.answer_rows import build_answer_rows
from lib.chat.chat_context import ChatContext
from lib.chat.claims.act_claims import mark_act_claims
from lib.chat.claims.known_facts import GivenFact, KnownFacts
from lib.chat.claims.unknown_claims import mark_unknown_claims
from lib.chat.conversation import BranchType, ChatMessage, ChatPanel, MessageStatus, Question
from lib.chat.repository import ChatRepository
from lib.chat.tool_call_record import ToolCallRecord
from lib.chat.transcript import Transcript
from lib.chat.turn_events import TurnFinished, UnsavedAnswer
from lib.chat.turn_start import NewLlmContext, StartedTurn
from lib.content.block_json import Block
from lib.errors import Unavailable, ZenError
from lib.llm.events import TokenUsage
from lib.llm.tool_call_assembly import to_argument_object

STOPPED_TEXT = "Stopped before the answer was complete."
PAGE_CLOSED_TEXT = "The page was closed before the answer was complete."
RETRY_PAUSES = (0.2, 0.8)

log = logging.getLogger(__name__)

Stored = TypeVar("Stored")
IsUnwatched = Callable[[], bool]
"""Tells if a turn that ends early was left by its reader rather than stopped."""


class OpenTurn:
    """A turn without its answer. `panel` grows with it; `model` is None if none was asked; `estimated_tokens` counts
    towards the daily limit where the server reports none; `given_facts` are what the answer is checked against, None if
    it is not (it is nobody's but ours)."""

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
        self.given_facts: list[GivenFact] | None = None
        self.panel = replace(
            panel.with_thread(begun.thread), tokens_today=begun.tokens_today, model_budget=begun.model_budget
        ).with_messages(begun.question)
        self.finished: TurnFinished | None = None

    def save_tool_call(self, tool: str, arguments: Mapping[str, Any] | str, **more: Any) -> ToolCallRecord:
        """Store a call in the audit log."""
        row = {
            "company_id": str(self.context.person.company_id),
            "thread_id": self.started.thread.id,
            "message_id": self.started.question.id,
            "answer_id": self.answer_id,
            "tool": tool,
            "input": to_argument_object(arguments),
        }
        return self.replace_call_in_panel(self.chats.tool_calls.create_tool_call(row | more))

    def replace_call_in_panel(self, call: ToolCallRecord) -> ToolCallRecord:
        self.panel = self.panel.with_tool_call(call)
        return call

    def replace_llm_context(self, sent: NewLlmContext) -> None:
        """Store what a model got where it differs from what was about to be sent: the server refused a part."""
        company_id = str(self.context.person.company_id)
        try:
            stored = self.chats.create_llm_context(self.started.thread.id, company_id, sent)
        except ZenError:
            log.exception("What a model was sent could not be stored.")
            return
        self.started = replace(self.started, context_id=stored.id)

    def save_answer(
        self,
        status: MessageStatus = MessageStatus.COMPLETE,
        error: str | None = None,
        usage: TokenUsage | None = None,
        cost: Decimal | None = None,
    ) -> TurnFinished:
        """Store the answer as it stands. Idempotent."""
        if self.finished is not None:
            return self.finished
        if status is MessageStatus.STOPPED and self._is_unwatched():
            status, error = MessageStatus.CUT, PAGE_CLOSED_TEXT
        used = usage or TokenUsage()
        branch = self.question.branch
        arguments = {
            "p_rows": build_answer_rows(self._build_answer_blocks(), self.branch_type, branch.id if branch else None),
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
        budget = self.panel.model_budget.add_use(used, spent, cost) if self.panel.model_budget else None
        self.panel = replace(self.panel, tokens_today=self.panel.tokens_today + spent, model_budget=budget)
        self.finished = self._try_save_answer(arguments, status, error)
        return self.finished

    def _build_answer_blocks(self) -> tuple[Block, ...]:
        """The blocks of the answer, with what a model says and was not given marked."""
        blocks = self.transcript.to_blocks()
        if self.given_facts is None:
            return blocks
        try:
            checked = mark_unknown_claims(blocks, KnownFacts(self.given_facts, self.context.account.today))
            return mark_act_claims(checked, self.panel.tool_calls, self.given_facts)
        except Exception:
            # An answer that was read is stored, whatever becomes of its check.
            log.exception("The claims of an answer could not be checked.")
            return blocks

    def _try_save_answer(self, arguments: dict[str, Any], status: MessageStatus, error: str | None) -> TurnFinished:
        thread_id, parent_id = self.started.thread.id, self.started.question.id
        unsaved: UnsavedAnswer | None = None
        answer: tuple[ChatMessage, ...] = ()
        try:
            answer = retry_when_unavailable(
                lambda: self.chats.finish_chat_turn(thread_id, parent_id, self.answer_id, arguments)
            )
        except ZenError as failure:
            log.warning("An answer could not be stored: %s", type(failure).__name__)
            unsaved = UnsavedAnswer(
                thread_id=thread_id,
                parent_id=parent_id,
                answer_id=self.answer_id,
                arguments=arguments,
                error=f"The answer could not be stored. {failure}",
            )
        self.panel = self.panel.with_messages(*answer)
        return TurnFinished(panel=self.panel, messages=answer, status=status, error=error, unsaved=unsaved)


def retry_when_unavailable(store: Callable[[], Stored]) -> Stored:
    """Call `store`, again while the database is unavailable. For idempotent calls only."""
    for pause in RETRY_PAUSES:
        try:
            return store()
        except Unavailable:
            time.sleep(pause)
    return store()
