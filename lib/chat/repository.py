"""Conversations, read and written as the holder of the client's token: what that person may not see does not exist.

The two calls of a turn carry ids made by the app, so either may be sent again when its answer got lost on the way.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from lib.chat.answer_rows import sign_answer
from lib.chat.conversation import (
    BranchType,
    ChatBranch,
    ChatMessage,
    ChatPanel,
    Conversation,
    Feedback,
    LlmContext,
    MessageRole,
    Question,
    Thread,
    ThreadStatus,
)
from lib.chat.fixed_answer_drafts import DRAFT_COLUMNS, FixedAnswerDraft, parse_fixed_answer_draft
from lib.chat.row_parsing import (
    parse_branch,
    parse_conversation,
    parse_feedback,
    parse_llm_context,
    parse_message,
    parse_panel,
    parse_thread,
)
from lib.chat.tool_call_repository import ToolCallRepository
from lib.chat.turn_start import NewLlmContext, StartedTurn
from lib.content.block_json import Block, serialize_block
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_update, execute_write
from lib.db.row_parsing import parse_row
from lib.db.row_signatures import RowSigner
from lib.errors import NotFound
from lib.llm.model_budget import ModelBudget
from lib.text.truncate import single_line

THREADS = "workflow_chat_threads"
BRANCHES = "workflow_chat_branches"
MESSAGES = "workflow_chat_messages"
CONTEXTS = "workflow_llm_context"
MAX_ROWS = 1000
DRAFT_NOT_CHANGED = "Someone has already decided on this draft, or you can't change it."
THREAD_NOT_FOUND = "This conversation does not exist, or you don't have access to it."


class ChatRepository:
    """Each method is one request, with the rights of the client's person. What Zen writes is signed on the way."""

    def __init__(self, client: Client, signer: RowSigner) -> None:
        self._client, self._signer = client, signer
        self.tool_calls = ToolCallRepository(client, signer)

    def fetch_chat_panel(self, execution_id: str, slide_id: str, thread_id: str | None = None) -> ChatPanel:
        """The chat of a slide, with the person's own open conversation unless `thread_id` names one."""
        arguments = {"p_execution_id": execution_id, "p_slide_id": slide_id, "p_thread_id": thread_id}
        return parse_panel(execute_read(self._client.rpc("chat_panel", arguments)), self._signer)

    def fetch_conversation(self, thread_id: str, most: int = 2000) -> Conversation:
        """A conversation with its newest `most` (up to 50,000) messages. Raises NotFound."""
        arguments = {"p_thread_id": thread_id, "p_most": most}
        return parse_conversation(execute_read(self._client.rpc("chat_thread", arguments)), self._signer)

    def begin_chat_turn(
        self,
        execution_id: str,
        slide_id: str,
        question: Question,
        block: Block,
        *,
        thread_id: str | None,
        llm_context: NewLlmContext | None,
    ) -> StartedTurn:
        """Store a question, with its conversation if new and what a model will get. Idempotent by the question's id."""
        arguments = {
            "p_execution_id": execution_id,
            "p_slide_id": slide_id,
            "p_message_id": question.id,
            "p_content": serialize_block(block),
            "p_thread_id": thread_id,
            "p_parent_id": question.parent_id,
            "p_branch_id": question.branch.id if question.branch else None,
            "p_title": single_line(question.text, max_length=300),
        }
        row = execute_read(
            self._client.rpc("begin_chat_turn", arguments | (llm_context.to_rpc_arguments() if llm_context else {}))
        )
        return StartedTurn(
            thread=parse_thread(row["thread"]),
            question=parse_message(row["message"], self._signer),
            context_id=row["context_id"],
            tokens_today=int(row["tokens_today"]),
            model_budget=parse_row(ModelBudget, row["model_budget"]) if row["model_budget"] else None,
        )

    def finish_chat_turn(
        self, thread_id: str, parent_id: str, answer_id: str, rest: Mapping[str, Any]
    ) -> tuple[ChatMessage, ...]:
        """Store an answer. Idempotent by `answer_id`. `rest` holds the other arguments of `finish_chat_turn`."""
        ids = {"p_thread_id": thread_id, "p_parent_id": parent_id, "p_answer_id": answer_id}
        row = execute_read(self._client.rpc("finish_chat_turn", sign_answer({**ids, **rest}, self._signer)))
        return tuple(parse_message(message, self._signer) for message in row["messages"])

    def create_thread(
        self, company_id: str, owner_id: str, execution_id: str, slide_id: str, title: str | None
    ) -> Thread:
        row = {"company_id": company_id, "owner_id": owner_id, "execution_id": execution_id, "slide_id": slide_id}
        return parse_thread(execute_write(self._client.table(THREADS).insert({**row, "title": title}))[0])

    def fetch_thread(self, thread_id: str) -> Thread:
        """Raises NotFound."""
        return parse_thread(
            _require_single_changed_row(
                execute_read(self._client.table(THREADS).select("*").eq("id", thread_id)), THREAD_NOT_FOUND
            )
        )

    def fetch_threads(self, execution_id: str) -> tuple[Thread, ...]:
        """The conversations of a run the person may read, newest first."""
        query = self._client.table(THREADS).select("*").eq("execution_id", execution_id)
        rows = execute_read(query.order("created_at", desc=True).order("id", desc=True).limit(MAX_ROWS))
        return tuple(parse_thread(row) for row in rows)

    def update_thread(self, thread_id: str, changes: Mapping[str, Any], *, otherwise: str, only_open: bool) -> Thread:
        """Raises NotPermitted, with `otherwise`, when no row changed."""
        query = self._client.table(THREADS).update(dict(changes)).eq("id", thread_id)
        if only_open:
            query = query.eq("status", ThreadStatus.ACTIVE.value)
        return parse_thread(execute_update(query, otherwise=otherwise)[0])

    def create_message(
        self,
        thread_id: str,
        company_id: str,
        role: MessageRole,
        block: Block,
        *,
        parent_id: str | None,
        kind: BranchType | None,
    ) -> ChatMessage:
        content, message_id = serialize_block(block), str(uuid4())
        row = {
            "id": message_id,
            "answer_id": message_id,
            "thread_id": thread_id,
            "role": role.value,
            "content": content,
            "message_type": content["type"],
            "parent_id": parent_id,
            "branch_type": kind.value if kind else None,
        }
        signed = {"signature": None if role is MessageRole.USER else self._signer.sign_message(row)}
        stored = execute_write(self._client.table(MESSAGES).insert({**row, "company_id": company_id, **signed}))
        return parse_message(stored[0], self._signer)

    def fetch_messages(self, thread_id: str) -> tuple[ChatMessage, ...]:
        """In order; the newest thousand."""
        query = self._client.table(MESSAGES).select("*").eq("thread_id", thread_id)
        newest = (
            query.order("created_at", desc=True).order("position", desc=True).order("id", desc=True).limit(MAX_ROWS)
        )
        return tuple(parse_message(row, self._signer) for row in reversed(execute_read(newest)))

    def create_llm_context(self, thread_id: str, company_id: str, new_context: NewLlmContext) -> LlmContext:
        row = {"thread_id": thread_id, "company_id": company_id, "model": new_context.model}
        sent = {
            "system_prompt": new_context.system_prompt,
            "tools": list(new_context.tools),
            "context_data": new_context.to_context_data(),
        }
        return parse_llm_context(execute_write(self._client.table(CONTEXTS).insert({**row, **sent}))[0])

    def fetch_llm_context(self, context_id: str) -> LlmContext:
        """Raises NotFound."""
        rows = execute_read(self._client.table(CONTEXTS).select("*").eq("id", context_id))
        return parse_llm_context(
            _require_single_changed_row(
                rows, "What the model was given does not exist, or you don't have access to it."
            )
        )

    def fetch_latest_llm_context(self, thread_id: str) -> LlmContext | None:
        query = self._client.table(CONTEXTS).select("*").eq("thread_id", thread_id)
        rows = execute_read(query.order("created_at", desc=True).limit(1))
        return parse_llm_context(rows[0]) if rows else None

    def update_token_counts(self, context_id: str, input_tokens: int | None, output_tokens: int | None) -> LlmContext:
        changes = {"input_tokens": input_tokens, "output_tokens": output_tokens}
        query = self._client.table(CONTEXTS).update(changes).eq("id", context_id)
        return parse_llm_context(
            execute_update(query, otherwise="Only the owner of the conversation can change this.")[0]
        )

    def save_feedback(self, message_id: str, thumbs: int | None, comment: str | None) -> Feedback | None:
        """Set the person's thumb on an answer, or remove it with None. Raises NotFound, InvalidInput."""
        arguments = {"p_message_id": message_id, "p_thumbs": thumbs, "p_comment": comment}
        row = execute_write(self._client.rpc("give_chat_feedback", arguments))
        return parse_feedback(row) if row else None

    def create_branch(self, row: Mapping[str, Any]) -> ChatBranch:
        return parse_branch(execute_write(self._client.table(BRANCHES).insert(dict(row)))[0])

    def fetch_fixed_answer_drafts(self) -> tuple[FixedAnswerDraft, ...]:
        """The company's drafts of written answers, oldest first."""
        query = self._client.table(BRANCHES).select(DRAFT_COLUMNS).eq("status", "draft").eq("branch_type", "fixed")
        return tuple(
            parse_fixed_answer_draft(row) for row in execute_read(query.order("created_at").order("id").limit(MAX_ROWS))
        )

    def update_fixed_answer_draft(self, draft_id: str, words: Mapping[str, Any]) -> None:
        """Change the words of a draft and the figures it keeps.

        Raises NotPermitted for a colleague's, also if it is decided already.
        """
        query = self._client.table(BRANCHES).update(dict(words))
        execute_update(query.eq("id", draft_id).eq("status", "draft"), otherwise=DRAFT_NOT_CHANGED)

    def decide_fixed_answer_draft(self, draft_id: str, status: str) -> None:
        """Publish or archive a draft. Raises NotPermitted, also if it is decided already.

        Publishing raises InvalidInput, in sentences, while it shows names or figures of one customer.
        """
        query = self._client.table(BRANCHES).update({"status": status}).eq("id", draft_id).eq("status", "draft")
        execute_update(query, otherwise="Someone has already decided on this draft, or you can't.")


def _require_single_changed_row(rows: list[dict[str, Any]], otherwise: str) -> dict[str, Any]:
    if not rows:
        raise NotFound(otherwise)
    return rows[0]
