"""The Responses API, OpenAI's own. Nothing is stored there: each call carries the whole conversation, and a reasoning
model's own items go back to it only within the turn they came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openai import OpenAI

from lib.llm.assembling import Assembly, sent_back
from lib.llm.attempts import answered
from lib.llm.events import Done, Fault, ModelEvent, ModelStream, Reason, TextDelta, Thought, Usage
from lib.llm.faults import ModelFault
from lib.llm.messages import Assistant, Message, System, ToolAnswer, User, whole
from lib.llm.model import Patience, Request
from lib.llm.openai_door import Wire, coded, translated
from lib.llm.schema import ToolSchema


@dataclass(frozen=True, kw_only=True)
class ResponsesModel:
    client: OpenAI
    name: str
    label: str
    patience: Patience

    def stream(self, request: Request) -> ModelStream:
        return answered(_Call(self, request), self.patience)


class _Call:
    def __init__(self, model: ResponsesModel, request: Request) -> None:
        self._model = model
        self._body = _body(model.name, request)

    def open(self) -> Wire:
        return Wire(self._model.client, "/responses", self._body)

    def reader(self) -> "_Reader":
        return _Reader()

    def translated(self, error: Exception) -> ModelFault:
        return translated(error)


class _Reader:
    def __init__(self) -> None:
        self._calls = Assembly()
        self._thoughts: list[Thought] = []
        self._text_at: int | None = None
        self._last: dict[str, Any] | None = None

    @property
    def is_complete(self) -> bool:
        return self._last is not None

    def feed(self, event: Any) -> Iterator[ModelEvent]:
        match event["type"]:
            case "response.output_text.delta" | "response.refusal.delta":
                # Two texts of one answer are two paragraphs.
                place = event.get("output_index")
                gap = "\n\n" if self._text_at not in (None, place) else ""
                self._text_at = place
                yield TextDelta(gap + event["delta"])
            case "response.output_item.added" | "response.output_item.done":
                self._item(event["item"], event["output_index"])
            case "response.function_call_arguments.delta":
                self._calls.add(place=event["output_index"], fragment=event["delta"])
            case "response.completed" | "response.incomplete":
                self._last = event["response"]
            case "response.failed":
                raise coded((event["response"].get("error") or {}).get("code"))
            case "error":
                raise coded(event.get("code"))

    def end(self) -> Iterator[ModelEvent]:
        if self._last is None:
            raise ModelFault(Fault.CUT)
        details = self._last.get("incomplete_details") or {}
        reason = details.get("reason") if self._last.get("status") == "incomplete" else None
        if reason == "content_filter":
            raise ModelFault(Fault.FILTERED)
        if reason is None:
            yield from self._thoughts
            yield from self._calls.calls()
        used = self._last.get("usage") or {}
        yield Usage(used.get("input_tokens"), used.get("output_tokens"))
        yield Done(Reason.FINISHED if reason is None else Reason.LENGTH)

    def _item(self, item: dict[str, Any], place: int) -> None:
        match item["type"]:
            case "function_call":
                whole_arguments = item["arguments"] if item.get("status") == "completed" else None
                self._calls.replace(place=place, id=item["call_id"], name=item["name"], arguments=whole_arguments)
            case "reasoning" if item.get("encrypted_content") and item.get("status") != "in_progress":
                self._thoughts = [known for known in self._thoughts if known.item["id"] != item["id"]]
                self._thoughts.append(Thought(item={key: value for key, value in item.items() if value is not None}))


def _body(model: str, request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "input": [item for message in whole(request.messages) for item in _items(message)],
        "store": False,
        "stream": True,
    }
    if request.tools:
        body |= {
            "tools": [_tool(tool) for tool in request.tools],
            "tool_choice": "auto" if request.may_call else "none",
        }
    return body


def _items(message: Message) -> Iterator[dict[str, Any]]:
    match message:
        case System(text):
            yield {"role": "system", "content": text}
        case User(text):
            yield {"role": "user", "content": text}
        case Assistant():
            yield from (dict(thought) for thought in message.thoughts)
            if message.text:
                yield {"role": "assistant", "content": message.text}
            for call in message.tool_calls:
                arguments = sent_back(call.arguments)
                yield {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": arguments}
        case ToolAnswer():
            yield {"type": "function_call_output", "call_id": message.call_id, "output": message.text}


def _tool(tool: ToolSchema) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": tool.strict,
    }
