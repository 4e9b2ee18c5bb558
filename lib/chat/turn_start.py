"""What is stored when a turn starts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lib.chat.conversation import ChatMessage, ChatPanel, Question, Thread
from lib.chat.sent_messages import MESSAGES, serialize_sent_messages
from lib.llm.language_model import LanguageModel
from lib.llm.messages import ModelMessage
from lib.llm.model_budget import ModelBudget
from lib.llm.tool_schema import ToolSchema
from lib.llm.tools import Toolbox


@dataclass(frozen=True, kw_only=True)
class NewLlmContext:
    """What a model is about to get; stored with the question. `messages` are those it is sent, made of `data`."""

    model: str
    system_prompt: str
    tools: Sequence[Mapping[str, Any]] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    messages: Sequence[ModelMessage] = ()

    def to_context_data(self) -> dict[str, Any]:
        """`data` as it is stored, with the messages."""
        sent = serialize_sent_messages(self.messages, self.data)
        return {**self.data, MESSAGES: sent} if sent else dict(self.data)

    def to_rpc_arguments(self) -> dict[str, Any]:
        """The arguments of `begin_chat_turn`."""
        return {
            "p_model": self.model,
            "p_system_prompt": self.system_prompt,
            "p_tools": list(self.tools),
            "p_context_data": self.to_context_data(),
        }


@dataclass(frozen=True, kw_only=True)
class StartedTurn:
    """A turn whose question is stored. `context_id` is None if no model is asked."""

    thread: Thread
    question: ChatMessage
    context_id: str | None
    tokens_today: int
    model_budget: ModelBudget | None = None


def serialize_tool_schemas(tools: Sequence[ToolSchema]) -> list[dict[str, Any]]:
    """Tools as they are stored: the fields that are sent."""
    return [
        {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters), "strict": tool.strict}
        for tool in tools
    ]


def find_sent_context(
    model: LanguageModel, toolbox: Toolbox, about_to_be_sent: NewLlmContext
) -> Callable[[], NewLlmContext | None]:
    """Tells after a turn what was sent instead, if the server refused some of it for the first time; else None."""

    def compare() -> NewLlmContext | None:
        tools = serialize_tool_schemas(model.list_sent_tools(toolbox.schemas()))
        return None if tools == about_to_be_sent.tools else replace(about_to_be_sent, tools=tools)

    return compare


def restore_question_branch(panel: ChatPanel, question: Question) -> Question:
    """A repeated question goes to the branch it was asked of."""
    if not question.is_repeat or question.branch is not None:
        return question
    stored = next((message for message in panel.messages if message.id == question.id), None)
    return replace(question, branch=panel.find_branch(stored.branch_id)) if stored else question
