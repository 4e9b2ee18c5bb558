"""Conversations, read and written as the holder of the client's token: what that person may not see does not exist.

The two calls of a turn carry ids made by the app, so either may be sent again when its answer got lost on the way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lib.chat.blocks import Block, write_block
from lib.chat.drafts import COLUMNS, Draft, read_draft
from lib.chat.model import (
    Branch,
    BranchType,
    Conversation,
    Feedback,
    LlmContext,
    Message,
    Panel,
    Question,
    Role,
    Thread,
    ThreadStatus,
    ToolCallRecord,
)
from lib.chat.reading import (
    read_branch,
    read_call,
    read_context,
    read_conversation,
    read_feedback,
    read_message,
    read_panel,
    read_thread,
)
from lib.db.client import Client
from lib.db.results import changed, execute, read
from lib.errors import NotFound
from lib.slides.words import plain

THREADS = "workflow_chat_threads"
BRANCHES = "workflow_chat_branches"
MESSAGES = "workflow_chat_messages"
CONTEXTS = "workflow_llm_context"
CALLS = "workflow_llm_tool_calls"
MOST = 1000
NO_THREAD = "This conversation does not exist, or you may not see it."


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a model is about to be given; kept beside the question."""

    model: str
    system_prompt: str
    tools: Sequence[Mapping[str, Any]] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    def arguments(self) -> dict[str, Any]:
        """As `begin_chat_turn` takes it."""
        told = {"p_system_prompt": self.system_prompt, "p_model": self.model}
        return {**told, "p_tools": list(self.tools), "p_context_data": dict(self.data)}


@dataclass(frozen=True, kw_only=True)
class Begun:
    """`context_id` is None when no model is asked."""

    thread: Thread
    question: Message
    context_id: str | None
    tokens_today: int


class ChatRepository:
    """One request a function."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def panel(self, execution_id: str, slide_id: str, thread_id: str | None = None) -> Panel:
        """The chat beside a slide; the person's own open conversation unless `thread_id` names one."""
        arguments = {"p_execution_id": execution_id, "p_slide_id": slide_id, "p_thread_id": thread_id}
        return read_panel(read(self._client.rpc("chat_panel", arguments)))

    def conversation(self, thread_id: str) -> Conversation:
        """One whole conversation. Raises NotFound."""
        return read_conversation(read(self._client.rpc("chat_thread", {"p_thread_id": thread_id})))

    def begin(
        self,
        execution_id: str,
        slide_id: str,
        question: Question,
        block: Block,
        *,
        thread_id: str | None,
        given: Given | None,
    ) -> Begun:
        """Store a question, with its conversation when that is new, and what a model will be given."""
        arguments = {
            "p_execution_id": execution_id,
            "p_slide_id": slide_id,
            "p_message_id": question.id,
            "p_content": write_block(block),
            "p_thread_id": thread_id,
            "p_parent_id": question.parent_id,
            "p_branch_id": question.branch.id if question.branch else None,
            "p_title": plain(question.text, most=300),
        }
        row = read(self._client.rpc("begin_chat_turn", arguments | (given.arguments() if given else {})))
        return Begun(
            thread=read_thread(row["thread"]),
            question=read_message(row["message"]),
            context_id=row["context_id"],
            tokens_today=int(row["tokens_today"]),
        )

    def finish(self, thread_id: str, parent_id: str, answer_id: str, rest: Mapping[str, Any]) -> tuple[Message, ...]:
        """Store an answer, once. `rest` holds the other arguments of `finish_chat_turn`."""
        ids = {"p_thread_id": thread_id, "p_parent_id": parent_id, "p_answer_id": answer_id}
        row = read(self._client.rpc("finish_chat_turn", {**ids, **rest}))
        return tuple(read_message(message) for message in row["messages"])

    def tell(self, call_id: str, parent_id: str | None, text: str) -> tuple[Message, ...]:
        """Say in a colleague's conversation what a call came to that the person decided on; said twice is said once."""
        arguments = {"p_call_id": call_id, "p_parent_id": parent_id, "p_text": text}
        row = read(self._client.rpc("tell_decision", arguments))
        return tuple(read_message(message) for message in row["messages"])

    def add_thread(self, company_id: str, owner_id: str, execution_id: str, slide_id: str, title: str | None) -> Thread:
        row = {"company_id": company_id, "owner_id": owner_id, "execution_id": execution_id, "slide_id": slide_id}
        return read_thread(execute(self._client.table(THREADS).insert({**row, "title": title}))[0])

    def thread(self, thread_id: str) -> Thread:
        """Raises NotFound."""
        return read_thread(_only(read(self._client.table(THREADS).select("*").eq("id", thread_id)), NO_THREAD))

    def threads_of(self, execution_id: str) -> tuple[Thread, ...]:
        """Conversations of a run one may read, newest first."""
        query = self._client.table(THREADS).select("*").eq("execution_id", execution_id)
        rows = read(query.order("created_at", desc=True).order("id", desc=True).limit(MOST))
        return tuple(read_thread(row) for row in rows)

    def change_thread(self, thread_id: str, changes: Mapping[str, Any], *, otherwise: str, only_open: bool) -> Thread:
        """Raises NotPermitted, with `otherwise`, when no row changed."""
        query = self._client.table(THREADS).update(dict(changes)).eq("id", thread_id)
        if only_open:
            query = query.eq("status", ThreadStatus.ACTIVE.value)
        return read_thread(changed(query, otherwise=otherwise)[0])

    def add_message(
        self,
        thread_id: str,
        company_id: str,
        role: Role,
        block: Block,
        *,
        parent_id: str | None,
        kind: BranchType | None,
    ) -> Message:
        content = write_block(block)
        row = {"thread_id": thread_id, "company_id": company_id, "role": role.value, "content": content}
        more = {"message_type": content["type"], "parent_id": parent_id, "branch_type": kind.value if kind else None}
        return read_message(execute(self._client.table(MESSAGES).insert({**row, **more}))[0])

    def messages(self, thread_id: str) -> tuple[Message, ...]:
        """In order; the newest thousand."""
        query = self._client.table(MESSAGES).select("*").eq("thread_id", thread_id)
        newest = query.order("created_at", desc=True).order("position", desc=True).order("id", desc=True).limit(MOST)
        return tuple(read_message(row) for row in reversed(read(newest)))

    def add_context(self, thread_id: str, company_id: str, given: Given) -> LlmContext:
        row = {"thread_id": thread_id, "company_id": company_id, "model": given.model}
        sent = {"system_prompt": given.system_prompt, "tools": list(given.tools), "context_data": dict(given.data)}
        return read_context(execute(self._client.table(CONTEXTS).insert({**row, **sent}))[0])

    def context(self, context_id: str) -> LlmContext:
        """Raises NotFound."""
        rows = read(self._client.table(CONTEXTS).select("*").eq("id", context_id))
        return read_context(_only(rows, "What the model was given is not there, or you may not see it."))

    def latest_context(self, thread_id: str) -> LlmContext | None:
        query = self._client.table(CONTEXTS).select("*").eq("thread_id", thread_id)
        rows = read(query.order("created_at", desc=True).limit(1))
        return read_context(rows[0]) if rows else None

    def set_tokens(self, context_id: str, input_tokens: int | None, output_tokens: int | None) -> LlmContext:
        changes = {"input_tokens": input_tokens, "output_tokens": output_tokens}
        query = self._client.table(CONTEXTS).update(changes).eq("id", context_id)
        return read_context(changed(query, otherwise="Only whoever holds the conversation can change this.")[0])

    def give_feedback(self, message_id: str, thumbs: int | None, comment: str | None) -> Feedback | None:
        """The person's thumb on an answer's first row; None takes it back. Raises NotFound, InvalidInput."""
        arguments = {"p_message_id": message_id, "p_thumbs": thumbs, "p_comment": comment}
        row = execute(self._client.rpc("give_chat_feedback", arguments))
        return read_feedback(row) if row else None

    def add_branch(self, row: Mapping[str, Any]) -> Branch:
        return read_branch(execute(self._client.table(BRANCHES).insert(dict(row)))[0])

    def drafts(self) -> tuple[Draft, ...]:
        """The company's drafts of written answers, oldest first."""
        query = self._client.table(BRANCHES).select(COLUMNS).eq("status", "draft").eq("branch_type", "fixed")
        return tuple(read_draft(row) for row in read(query.order("created_at").order("id").limit(MOST)))

    def decide_draft(self, draft_id: str, status: str) -> None:
        """Raises NotPermitted when it is no draft any more, or the person may not decide it."""
        query = self._client.table(BRANCHES).update({"status": status}).eq("id", draft_id).eq("status", "draft")
        changed(query, otherwise="Somebody has decided about this draft already, or you may not.")

    def add_call(self, row: Mapping[str, Any]) -> ToolCallRecord:
        return read_call(execute(self._client.table(CALLS).insert(dict(row)))[0])

    def calls(self, thread_id: str) -> tuple[ToolCallRecord, ...]:
        query = self._client.table(CALLS).select("*").eq("thread_id", thread_id)
        return tuple(read_call(row) for row in read(query.order("created_at").order("id").limit(MOST)))

    def decide(
        self, call_id: str, *, approve: bool, edited: Mapping[str, Any] | None = None, reason: str | None = None
    ) -> ToolCallRecord:
        """Approve or deny a waiting call. Of all who try exactly one succeeds; the others get a Conflict."""
        arguments = {"p_id": call_id, "p_approve": approve, "p_input": dict(edited) if edited is not None else None}
        return read_call(execute(self._client.rpc("decide_tool_call", {**arguments, "p_reason": reason})))

    def complete(
        self, call_id: str, status: str, *, output: Mapping[str, Any] | None, error: str | None, duration_ms: int | None
    ) -> ToolCallRecord:
        """Write down what a running call came to, once; the same again changes nothing."""
        result = {"p_output": dict(output) if output is not None else None, "p_error": error}
        arguments = {"p_id": call_id, "p_status": status, "p_duration_ms": duration_ms, **result}
        return read_call(read(self._client.rpc("complete_tool_call", arguments)))


def answer_rows(blocks: Iterable[Block], kind: BranchType, branch_id: str | None) -> list[dict[str, Any]]:
    """The rows of an answer as `finish_chat_turn` takes them."""
    return [{"content": write_block(block), "branch_type": kind.value, "branch_id": branch_id} for block in blocks]


def _only(rows: list[dict[str, Any]], otherwise: str) -> dict[str, Any]:
    if not rows:
        raise NotFound(otherwise)
    return rows[0]
