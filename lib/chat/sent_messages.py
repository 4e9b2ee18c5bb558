"""The messages a model was sent, as they are stored beside its answer and shown behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.chat.conversation import LlmContext
from lib.chat.prompt import format_fenced_prompt_data
from lib.llm.messages import AssistantMessage, ModelMessage, SystemMessage

MESSAGES = "messages"
"""The key of the messages in the stored context, which holds what they were made of as well."""

DATA_LABEL, PERSON_LABEL, MODEL_LABEL = "Data", "Person", "Model"


@dataclass(frozen=True)
class SentMessage:
    """A message as sent, byte for byte. `label` says whose words it holds."""

    label: str
    text: str


def serialize_sent_messages(messages: Iterable[ModelMessage], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages after the instructions. The one made of `data` is not stored twice: it is made again."""
    fenced = format_fenced_prompt_data(data) if "fence" in data else None
    stored: list[dict[str, Any]] = []
    for message in messages:
        if isinstance(message, SystemMessage):
            continue
        role = "assistant" if isinstance(message, AssistantMessage) else "user"
        stored.append(
            {"role": role, "is_data": True} if message.text == fenced else {"role": role, "text": message.text}
        )
    return stored


def restore_sent_messages(context: LlmContext) -> tuple[SentMessage, ...]:
    """The messages after the instructions, in the order in which they were sent; none if they were not stored."""
    data = {key: value for key, value in context.data.items() if key != MESSAGES}
    return tuple(_restore_message(message, data) for message in context.data.get(MESSAGES) or ())


def _restore_message(message: Mapping[str, Any], data: Mapping[str, Any]) -> SentMessage:
    if message.get("is_data"):
        return SentMessage(DATA_LABEL, format_fenced_prompt_data(data))
    label = MODEL_LABEL if message.get("role") == "assistant" else PERSON_LABEL
    return SentMessage(label, str(message.get("text", "")))
