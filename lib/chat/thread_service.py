"""The plain functions on conversations: one request each, as the signed-in person."""

from collections.abc import Mapping, Sequence
from typing import Any

from lib.auth.model import Person
from lib.chat.model import (
    BranchType,
    CallStatus,
    ChatMessage,
    Conversation,
    LlmContext,
    MessageRole,
    Thread,
    ThreadStatus,
    ToolCallRecord,
)
from lib.chat.repository import ChatRepository, NewLlmContext
from lib.content.blocks import Block
from lib.content.model import Text
from lib.errors import Conflict, NotPermitted
from lib.text.truncate import single_line

ALREADY_CLOSED = "This conversation is closed already, or it is a colleague's."
NOT_OWNER = "Only whoever holds a conversation can change it."


class ThreadService:
    """`person` is whoever the repository's client acts for: company and owner are carried, never chosen."""

    def __init__(self, chats: ChatRepository, person: Person) -> None:
        self._chats = chats
        self._person = person

    def create_thread(self, execution_id: str, slide_id: str, title: str | None = None) -> Thread:
        """An empty conversation. A question asked without one makes its own: this is for importing."""
        company_id, owner_id = str(self._person.company_id), str(self._person.id)
        return self._chats.add_thread(company_id, owner_id, execution_id, slide_id, _clean_title(title))

    def get_thread(self, thread_id: str) -> Thread:
        """Raises NotFound."""
        return self._chats.get_thread(thread_id)

    def get_threads_for_execution(self, execution_id: str) -> tuple[Thread, ...]:
        """Those one may read, newest first."""
        return self._chats.list_threads(execution_id)

    def complete_thread(self, thread_id: str) -> Thread:
        """Close it as done; it stays readable. Raises Conflict when it is closed already."""
        return self._set_closed(thread_id, ThreadStatus.COMPLETED)

    def abandon_thread(self, thread_id: str) -> Thread:
        """Close it without an end. Raises Conflict when it is closed already."""
        return self._set_closed(thread_id, ThreadStatus.ABANDONED)

    def rename_thread(self, thread_id: str, title: str) -> Thread:
        return self._update_own_thread(thread_id, {"title": _clean_title(title)})

    def share_thread(self, thread_id: str) -> Thread:
        """Let the whole company read it."""
        return self._update_own_thread(thread_id, {"is_shared": True})

    def unshare_thread(self, thread_id: str) -> Thread:
        """Take it back."""
        return self._update_own_thread(thread_id, {"is_shared": False})

    def send_message(
        self,
        thread_id: str,
        content: Block | str,
        *,
        role: MessageRole = MessageRole.USER,
        after: str | None = None,
        kind: BranchType | None = None,
    ) -> ChatMessage:
        """Add a message and ask nobody. `after` is the message it follows."""
        block = Text(markdown=content) if isinstance(content, str) else content
        company_id = str(self._person.company_id)
        return self._chats.add_message(thread_id, company_id, role, block, parent_id=after, kind=kind)

    def get_messages(self, thread_id: str) -> tuple[ChatMessage, ...]:
        """In order, the newest thousand; none of a conversation one may not read."""
        return self._chats.list_messages(thread_id)

    def get_chat_history(self, thread_id: str) -> Conversation:
        """The whole conversation as it was, with tool calls, feedback and what the model was given. Raises NotFound."""
        return self._chats.get_conversation(thread_id)

    def create_llm_context(
        self,
        thread_id: str,
        *,
        model: str,
        system_prompt: str,
        tools: Sequence[Mapping[str, Any]] = (),
        data: Mapping[str, Any] | None = None,
    ) -> LlmContext:
        """Keep what a model is given. A turn keeps its own."""
        given = NewLlmContext(model=model, system_prompt=system_prompt, tools=tools, data=data or {})
        return self._chats.add_context(thread_id, str(self._person.company_id), given)

    def get_llm_context(self, thread_id: str, context_id: str | None = None) -> LlmContext | None:
        """One context, or the conversation's latest. Raises NotFound for one that is not there."""
        return self._chats.get_context(context_id) if context_id else self._chats.get_latest_context(thread_id)

    def update_tokens_used(self, context_id: str, input_tokens: int | None, output_tokens: int | None) -> LlmContext:
        """Set the tokens of a context; None is "not reported". A turn counts its own."""
        return self._chats.set_tokens(context_id, input_tokens, output_tokens)

    def record_tool_call(
        self, thread_id: str, tool: str, arguments: Mapping[str, Any], *, message_id: str | None = None
    ) -> ToolCallRecord:
        """Put down that a tool is about to run. A turn puts down its own."""
        row = {"company_id": str(self._person.company_id), "thread_id": thread_id, "message_id": message_id}
        return self._chats.add_tool_call(
            {**row, "tool": tool, "input": dict(arguments), "status": CallStatus.RUNNING.value}
        )

    def get_tool_calls(self, thread_id: str) -> tuple[ToolCallRecord, ...]:
        """In order."""
        return self._chats.list_tool_calls(thread_id)

    def _set_closed(self, thread_id: str, status: ThreadStatus) -> Thread:
        try:
            changes = {"status": status.value}
            return self._chats.update_thread(thread_id, changes, otherwise=ALREADY_CLOSED, only_open=True)
        except NotPermitted as error:
            raise Conflict(error.message) from error

    def _update_own_thread(self, thread_id: str, changes: Mapping[str, Any]) -> Thread:
        return self._chats.update_thread(thread_id, changes, otherwise=NOT_OWNER, only_open=False)


def _clean_title(title: str | None) -> str | None:
    return single_line(title, max_length=300) or None if title else None
