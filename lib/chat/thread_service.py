"""Threads, messages and audit rows, one request a function."""

from collections.abc import Mapping, Sequence
from typing import Any

from lib.auth.model import Person
from lib.chat.conversation import BranchType, ChatMessage, Conversation, LlmContext, MessageRole, Thread, ThreadStatus
from lib.chat.repository import ChatRepository
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.chat.turn_start import NewLlmContext
from lib.content.block_json import Block
from lib.content.model import Text
from lib.errors import Conflict, NotPermitted
from lib.text.truncate import single_line

ALREADY_CLOSED = "This conversation is already closed, or it belongs to a colleague."
NOT_OWNER = "Only the owner of a conversation can change it."


class ThreadService:
    """Acts as `person`, whom the repository's client is signed in as."""

    def __init__(self, chats: ChatRepository, person: Person) -> None:
        self._chats = chats
        self._person = person

    def create_thread(self, execution_id: str, slide_id: str, title: str | None = None) -> Thread:
        """Create an empty conversation, for imports: a question creates its own."""
        company_id, owner_id = str(self._person.company_id), str(self._person.id)
        return self._chats.create_thread(company_id, owner_id, execution_id, slide_id, _clean_thread_title(title))

    def get_thread(self, thread_id: str) -> Thread:
        """Raises NotFound."""
        return self._chats.fetch_thread(thread_id)

    def get_threads_for_execution(self, execution_id: str) -> tuple[Thread, ...]:
        """The conversations the person may read, newest first."""
        return self._chats.fetch_threads(execution_id)

    def complete_thread(self, thread_id: str) -> Thread:
        """Close a conversation as completed; it stays readable. Raises Conflict if it is closed already."""
        return self._close_thread(thread_id, ThreadStatus.COMPLETED)

    def abandon_thread(self, thread_id: str) -> Thread:
        """Close a conversation as abandoned. Raises Conflict if it is closed already."""
        return self._close_thread(thread_id, ThreadStatus.ABANDONED)

    def share_thread(self, thread_id: str) -> Thread:
        """Let the whole company read a conversation."""
        return self._update_own_thread(thread_id, {"is_shared": True})

    def unshare_thread(self, thread_id: str) -> Thread:
        """Make a conversation private again."""
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
        """Add a message without asking a model. `after` is the message it follows."""
        block = Text(markdown=content) if isinstance(content, str) else content
        company_id = str(self._person.company_id)
        return self._chats.create_message(thread_id, company_id, role, block, parent_id=after, kind=kind)

    def get_messages(self, thread_id: str) -> tuple[ChatMessage, ...]:
        """The newest thousand messages, in order; none of a conversation the person may not read."""
        return self._chats.fetch_messages(thread_id)

    def get_chat_history(self, thread_id: str, most: int = 2000) -> Conversation:
        """The whole conversation with tool calls, feedback and contexts. Raises NotFound."""
        return self._chats.fetch_conversation(thread_id, most)

    def create_llm_context(
        self,
        thread_id: str,
        *,
        model: str,
        system_prompt: str,
        tools: Sequence[Mapping[str, Any]] = (),
        data: Mapping[str, Any] | None = None,
    ) -> LlmContext:
        """Store what a model is given. A turn stores its own."""
        new_context = NewLlmContext(model=model, system_prompt=system_prompt, tools=tools, data=data or {})
        return self._chats.create_llm_context(thread_id, str(self._person.company_id), new_context)

    def get_llm_context(self, thread_id: str, context_id: str | None = None) -> LlmContext | None:
        """A context, or the conversation's latest. Raises NotFound for an unknown id."""
        return (
            self._chats.fetch_llm_context(context_id) if context_id else self._chats.fetch_latest_llm_context(thread_id)
        )

    def update_tokens_used(self, context_id: str, input_tokens: int | None, output_tokens: int | None) -> LlmContext:
        """Set the tokens of a context; None is "not reported". A turn counts its own."""
        return self._chats.update_token_counts(context_id, input_tokens, output_tokens)

    def record_tool_call(
        self, thread_id: str, tool: str, arguments: Mapping[str, Any], *, message_id: str | None = None
    ) -> ToolCallRecord:
        """Store that a tool is about to run. A turn stores its own calls."""
        row = {"company_id": str(self._person.company_id), "thread_id": thread_id, "message_id": message_id}
        return self._chats.tool_calls.create_tool_call(
            {**row, "tool": tool, "input": dict(arguments), "status": CallStatus.RUNNING.value}
        )

    def get_tool_calls(self, thread_id: str) -> tuple[ToolCallRecord, ...]:
        """In order."""
        return self._chats.tool_calls.fetch_tool_calls(thread_id)

    def _close_thread(self, thread_id: str, status: ThreadStatus) -> Thread:
        try:
            changes = {"status": status.value}
            return self._chats.update_thread(thread_id, changes, otherwise=ALREADY_CLOSED, only_open=True)
        except NotPermitted as error:
            raise Conflict(error.message) from error

    def _update_own_thread(self, thread_id: str, changes: Mapping[str, Any]) -> Thread:
        return self._chats.update_thread(thread_id, changes, otherwise=NOT_OWNER, only_open=False)


def _clean_thread_title(title: str | None) -> str | None:
    return single_line(title, max_length=300) or None if title else None
