"""The Chat Completions API, spoken by all compatible servers. They leave out different parts, so nothing optional is
relied on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openai import OpenAI

from lib.llm.errors import ModelError
from lib.llm.events import Done, FailureReason, FinishReason, ModelEvent, ModelStream, TextDelta, TokenUsage
from lib.llm.language_model import ModelRequest, Timeouts
from lib.llm.messages import (
    AssistantMessage,
    ModelMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
    drop_unpaired_tool_calls,
)
from lib.llm.openai_client import StreamedCall
from lib.llm.retries import stream_with_retries
from lib.llm.tool_call_assembly import ToolCallAssembler, serialize_tool_arguments
from lib.llm.tool_schema import ToolSchema


@dataclass(frozen=True, kw_only=True)
class ChatCompletionsModel:
    client: OpenAI
    name: str
    label: str
    timeouts: Timeouts

    def stream(self, request: ModelRequest) -> ModelStream:
        call = StreamedCall(
            client=self.client,
            path="/chat/completions",
            body=_build_request_body(self.name, request),
            create_parser=_CompletionsParser,
        )
        return stream_with_retries(call, self.timeouts)


class _CompletionsParser:
    """Usage comes after the finish reason, in a chunk without choices, or never: only the stream's end is one."""

    is_complete = False

    def __init__(self) -> None:
        self._calls = ToolCallAssembler()
        self._finish: str | None = None
        self._usage: TokenUsage | None = None

    def parse_chunk(self, chunk: Any) -> Iterator[ModelEvent]:
        used = chunk.get("usage")
        if used is not None:
            self._usage = TokenUsage(used.get("prompt_tokens"), used.get("completion_tokens"))
        for choice in (chunk.get("choices") or [])[:1]:
            self._finish = choice.get("finish_reason") or self._finish
            delta = choice.get("delta") or {}
            yield from (TextDelta(text) for text in (delta.get("content"), delta.get("refusal")) if text)
            for piece in delta.get("tool_calls") or []:
                said = piece.get("function") or {}
                self._calls.add_call_fragment(
                    index=piece.get("index"), id=piece.get("id"), name=said.get("name"), fragment=said.get("arguments")
                )

    def finish_answer(self) -> Iterator[ModelEvent]:
        if self._finish is None and self._usage is None:
            raise ModelError(FailureReason.CUT)
        if self._finish == "content_filter":
            raise ModelError(FailureReason.FILTERED)
        if self._finish != "length":
            yield from self._calls.build_tool_calls()
        yield self._usage or TokenUsage()
        yield Done(FinishReason.LENGTH if self._finish == "length" else FinishReason.FINISHED)


def _build_request_body(model: str, request: ModelRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message_to_json(message) for message in drop_unpaired_tool_calls(request.messages)],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        body |= {
            "tools": [_tool_to_json(tool) for tool in request.tools],
            "tool_choice": "auto" if request.may_call_tools else "none",
        }
    return body


def _message_to_json(message: ModelMessage) -> dict[str, Any]:
    match message:
        case SystemMessage(text):
            return {"role": "system", "content": text}
        case UserMessage(text):
            return {"role": "user", "content": text}
        case AssistantMessage():
            said: dict[str, Any] = {"role": "assistant", "content": message.text or None}
            if message.tool_calls:
                said["tool_calls"] = [
                    {
                        "id": call.id,
                        "type": "function",
                        "function": {"name": call.name, "arguments": serialize_tool_arguments(call.arguments)},
                    }
                    for call in message.tool_calls
                ]
            return said
        case ToolMessage():
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}


def _tool_to_json(tool: ToolSchema) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function | ({"strict": True} if tool.strict else {})}
