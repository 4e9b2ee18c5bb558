"""OpenAI's Responses API. Nothing is stored there: each call carries the whole conversation.

A reasoning model's own items are sent back only within the turn they came from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openai import OpenAI

from lib.llm.errors import ModelError
from lib.llm.events import (
    Done,
    FailureReason,
    FinishReason,
    ModelEvent,
    ModelStream,
    ReasoningItem,
    TextDelta,
    TokenUsage,
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
from lib.llm.openai_client import StreamedCall, build_error_for_code
from lib.llm.retries import stream_with_retries
from lib.llm.tool_call_assembly import ToolCallAssembler, serialize_tool_arguments
from lib.llm.tool_schema import ToolSchema


@dataclass(frozen=True, kw_only=True)
class ResponsesModel:
    client: OpenAI
    name: str
    label: str
    timeouts: Timeouts

    def stream(self, request: ModelRequest) -> ModelStream:
        call = StreamedCall(
            client=self.client,
            path="/responses",
            body=_build_request_body(self.name, request),
            create_parser=_ResponsesParser,
        )
        return stream_with_retries(call, self.timeouts)


class _ResponsesParser:
    def __init__(self) -> None:
        self._calls = ToolCallAssembler()
        self._thoughts: list[ReasoningItem] = []
        self._text_index: int | None = None
        self._response: dict[str, Any] | None = None

    @property
    def is_complete(self) -> bool:
        return self._response is not None

    def parse_chunk(self, event: Any) -> Iterator[ModelEvent]:
        match event["type"]:
            case "response.output_text.delta" | "response.refusal.delta":
                # Two texts of one answer are two paragraphs.
                place = event.get("output_index")
                gap = "\n\n" if self._text_index not in (None, place) else ""
                self._text_index = place
                yield TextDelta(gap + event["delta"])
            case "response.output_item.added" | "response.output_item.done":
                self._parse_output_item(event["item"], event["output_index"])
            case "response.function_call_arguments.delta":
                self._calls.add_call_fragment(index=event["output_index"], fragment=event["delta"])
            case "response.completed" | "response.incomplete":
                self._response = event["response"]
            case "response.failed":
                raise build_error_for_code((event["response"].get("error") or {}).get("code"))
            case "error":
                raise build_error_for_code(event.get("code"))

    def finish_answer(self) -> Iterator[ModelEvent]:
        if self._response is None:
            raise ModelError(FailureReason.CUT)
        details = self._response.get("incomplete_details") or {}
        reason = details.get("reason") if self._response.get("status") == "incomplete" else None
        if reason == "content_filter":
            raise ModelError(FailureReason.FILTERED)
        if reason is None:
            yield from self._thoughts
            yield from self._calls.build_tool_calls()
        used = self._response.get("usage") or {}
        yield TokenUsage(used.get("input_tokens"), used.get("output_tokens"))
        yield Done(FinishReason.FINISHED if reason is None else FinishReason.LENGTH)

    def _parse_output_item(self, item: dict[str, Any], place: int) -> None:
        match item["type"]:
            case "function_call":
                whole_arguments = item["arguments"] if item.get("status") == "completed" else None
                self._calls.replace_call(index=place, id=item["call_id"], name=item["name"], arguments=whole_arguments)
            case "reasoning" if item.get("encrypted_content") and item.get("status") != "in_progress":
                self._thoughts = [known for known in self._thoughts if known.item["id"] != item["id"]]
                self._thoughts.append(
                    ReasoningItem(item={key: value for key, value in item.items() if value is not None})
                )


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
