"""The Chat Completions API, spoken by all compatible servers. They leave out different parts, so nothing optional is
relied on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from openai import OpenAI

from lib.llm.answer_fields import extract_content_text, parse_finish_reason, parse_token_usage
from lib.llm.errors import ModelError
from lib.llm.events import Done, FailureReason, FinishReason, ModelEvent, ModelStream, TextDelta, TokenUsage, ToolCall
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
from lib.llm.server_events import EndMark, JsonBody
from lib.llm.server_traits import ServerTraits, list_sent_tools
from lib.llm.tool_call_assembly import ToolCallAssembler, serialize_tool_arguments
from lib.llm.tool_schema import ToolSchema


@dataclass(frozen=True, kw_only=True)
class ChatCompletionsModel:
    client: OpenAI
    name: str
    label: str
    timeouts: Timeouts

    traits: ServerTraits = field(default_factory=ServerTraits, compare=False)

    def list_sent_tools(self, tools: tuple[ToolSchema, ...]) -> tuple[ToolSchema, ...]:
        return list_sent_tools(self.traits, tools)

    def stream(self, request: ModelRequest) -> ModelStream:
        call = StreamedCall(
            client=self.client,
            path="/chat/completions",
            body=_build_request_body(self.name, request),
            create_parser=_CompletionsParser,
            traits=self.traits,
        )
        return stream_with_retries(call, self.timeouts)


class _CompletionsParser:
    """Usage comes after the finish reason, in a chunk without choices, or never: only the stream's end is one."""

    is_complete = False

    def __init__(self) -> None:
        self._calls = ToolCallAssembler()
        self._finish: str | None = None
        self._usage = TokenUsage()
        self._has_ended = False

    def parse_chunk(self, chunk: Any) -> Iterator[ModelEvent]:
        if isinstance(chunk, EndMark):
            self._has_ended = True
            return
        body = chunk.value if isinstance(chunk, JsonBody) else chunk
        choices = body.get("choices") or []
        # Some servers report usage with every chunk; it is the end only where there are no words.
        self._has_ended = self._has_ended or isinstance(chunk, JsonBody) or bool(body.get("usage") and not choices)
        used = parse_token_usage(body.get("usage"), "prompt_tokens", "completion_tokens")
        self._usage = self._usage if used == TokenUsage() else used
        for choice in choices[:1]:
            self._finish = choice.get("finish_reason") or self._finish
            yield from self._parse_message(choice.get("delta") or choice.get("message") or {})

    def _parse_message(self, message: dict[str, Any]) -> Iterator[ModelEvent]:
        texts = (extract_content_text(message.get(key)) for key in ("content", "refusal"))
        yield from (TextDelta(text) for text in texts if text)
        for piece in message.get("tool_calls") or []:
            function = piece.get("function") or {}
            self._calls.add_call_fragment(
                index=piece.get("index"),
                id=piece.get("id"),
                name=function.get("name"),
                fragment=function.get("arguments"),
                extra_content=piece.get("extra_content"),
            )
        if old := message.get("function_call"):
            self._calls.add_call_fragment(index=-1, name=old.get("name"), fragment=old.get("arguments"))

    def finish_answer(self) -> Iterator[ModelEvent]:
        if self._finish is None and not self._has_ended:
            raise ModelError(FailureReason.CUT)
        reason = parse_finish_reason(self._finish)
        if reason is not FinishReason.LENGTH:
            yield from self._calls.build_tool_calls()
        yield self._usage
        yield Done(reason)


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
                said["tool_calls"] = [_tool_call_to_json(call) for call in message.tool_calls]
            return said
        case ToolMessage():
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}


def _tool_call_to_json(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": serialize_tool_arguments(call.arguments)}
    # Gemini refuses a call that comes back without its signature (ai.google.dev/gemini-api/docs/thought-signatures).
    extra = {"extra_content": dict(call.extra_content)} if call.extra_content else {}
    return {"id": call.id, "type": "function", "function": function} | extra


def _tool_to_json(tool: ToolSchema) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function | ({"strict": True} if tool.strict else {})}
