"""OpenAI's Responses API. Nothing is stored there: each call carries the whole conversation.

A reasoning model's own items are sent back only within the turn they came from.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from openai import OpenAI

from lib.llm.answer_fields import extract_content_text, parse_finish_reason, parse_token_usage
from lib.llm.errors import ModelError
from lib.llm.events import (
    Done,
    FailureReason,
    FinishReason,
    ModelEvent,
    ModelStream,
    ReasoningItem,
    TextDelta,
)
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
from lib.llm.server_errors import build_error_from_body
from lib.llm.server_events import EndMark, JsonBody
from lib.llm.server_traits import ServerTraits, list_sent_tools
from lib.llm.tool_call_assembly import ToolCallAssembler, serialize_tool_arguments
from lib.llm.tool_schema import ToolSchema


@dataclass(frozen=True, kw_only=True)
class ResponsesModel:
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
            path="/responses",
            body=_build_request_body(self.name, request),
            create_parser=_ResponsesParser,
            traits=self.traits,
        )
        return stream_with_retries(call, self.timeouts)


class _ResponsesParser:
    def __init__(self) -> None:
        self._calls = ToolCallAssembler()
        self._thoughts: list[ReasoningItem] = []
        self._text_index: int | None = None
        self._has_text = False
        self._response: dict[str, Any] | None = None

    @property
    def is_complete(self) -> bool:
        return self._response is not None

    def parse_chunk(self, event: Any) -> Iterator[ModelEvent]:
        match event:
            case EndMark():
                # Whatever came until then is the answer.
                self._response = self._response or {"status": "completed"}
            case JsonBody(value):
                self._response = value
            case _:
                yield from self._parse_event(event)

    def _parse_event(self, event: dict[str, Any]) -> Iterator[ModelEvent]:
        match event["type"]:
            case "response.output_text.delta" | "response.refusal.delta":
                # Two texts of one answer are two paragraphs.
                place = event.get("output_index")
                gap = "\n\n" if self._text_index not in (None, place) else ""
                self._text_index, self._has_text = place, True
                yield TextDelta(gap + event["delta"])
            case "response.output_item.added" | "response.output_item.done":
                self._parse_output_item(event["item"], event.get("output_index"))
            case "response.function_call_arguments.delta":
                self._calls.add_call_fragment(index=event.get("output_index"), fragment=event["delta"])
            case "error":
                raise build_error_from_body(event)
            case "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled":
                self._response = event["response"]

    def finish_answer(self) -> Iterator[ModelEvent]:
        response = self._response
        if response is None:
            raise ModelError(FailureReason.CUT)
        if response.get("error"):
            raise build_error_from_body(response)
        reason = _parse_end_of_response(response)
        yield from self._parse_whole_output(response.get("output") or [])
        if reason is not FinishReason.LENGTH:
            yield from self._thoughts
            yield from self._calls.build_tool_calls()
        yield parse_token_usage(response.get("usage"), "input_tokens", "output_tokens")
        yield Done(reason)

    def _parse_whole_output(self, items: list[dict[str, Any]]) -> Iterator[ModelEvent]:
        """What the last event repeats, where nothing of it came before."""
        texts = [extract_content_text(item.get("content")) for item in items if item.get("type") == "message"]
        if not self._has_text and any(texts):
            yield TextDelta("\n\n".join(filter(None, texts)))
        if not self._calls.has_calls:
            for place, item in enumerate(items):
                self._parse_output_item({"status": "completed", **item}, place)

    def _parse_output_item(self, item: dict[str, Any], place: int | None) -> None:
        match item.get("type"):
            case "function_call":
                whole = item.get("arguments") if item.get("status") == "completed" else None
                self._calls.put_call(index=place, id=item.get("call_id"), name=item.get("name"), arguments=whole)
            case "reasoning" if item.get("encrypted_content") and item.get("status") != "in_progress":
                self._thoughts = [known for known in self._thoughts if known.item["id"] != item["id"]]
                self._thoughts.append(
                    ReasoningItem(item={key: value for key, value in item.items() if value is not None})
                )


def _parse_end_of_response(response: dict[str, Any]) -> FinishReason:
    """How a response ended. One that is incomplete has a reason, and is whole in no case."""
    status = response.get("status")
    details = response.get("incomplete_details") or {}
    reason = parse_finish_reason(details.get("reason") if status == "incomplete" else status)
    if status == "incomplete" and reason is FinishReason.FINISHED:
        raise ModelError(FailureReason.CUT)
    return reason


def _build_request_body(model: str, request: ModelRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "input": [
            item for message in drop_unpaired_tool_calls(request.messages) for item in _message_to_items(message)
        ],
        "store": False,
        "stream": True,
    }
    if request.tools:
        body |= {
            "tools": [_tool_to_json(tool) for tool in request.tools],
            "tool_choice": "auto" if request.may_call_tools else "none",
        }
    return body


def _message_to_items(message: ModelMessage) -> Iterator[dict[str, Any]]:
    match message:
        case SystemMessage(text):
            yield {"role": "system", "content": text}
        case UserMessage(text):
            yield {"role": "user", "content": text}
        case AssistantMessage():
            yield from (dict(thought) for thought in message.reasoning_items)
            if message.text:
                yield {"role": "assistant", "content": message.text}
            for call in message.tool_calls:
                arguments = serialize_tool_arguments(call.arguments)
                yield {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": arguments}
        case ToolMessage():
            yield {"type": "function_call_output", "call_id": message.call_id, "output": message.text}


def _tool_to_json(tool: ToolSchema) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": tool.strict,
    }
