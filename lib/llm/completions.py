"""Chat Completions: what every compatible server speaks. Compatible servers differ in what they leave out, so nothing
optional is relied on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openai import OpenAI

from lib.llm.assembling import Assembly, sent_back
from lib.llm.attempts import answered
from lib.llm.events import Done, Fault, ModelEvent, ModelStream, Reason, TextDelta, Usage
from lib.llm.faults import ModelFault
from lib.llm.messages import Assistant, Message, System, ToolAnswer, User, whole
from lib.llm.model import Patience, Request
from lib.llm.openai_door import Wire, translated
from lib.llm.schema import ToolSchema


@dataclass(frozen=True, kw_only=True)
class CompletionsModel:
    client: OpenAI
    name: str
    label: str
    patience: Patience

    def stream(self, request: Request) -> ModelStream:
        return answered(_Call(self, request), self.patience)


class _Call:
    def __init__(self, model: CompletionsModel, request: Request) -> None:
        self._model = model
        self._body = _body(model.name, request)

    def open(self) -> Wire:
        return Wire(self._model.client, "/chat/completions", self._body)

    def reader(self) -> "_Reader":
        return _Reader()

    def translated(self, error: Exception) -> ModelFault:
        return translated(error)


class _Reader:
    """The usage comes after the finish reason, in a chunk without choices, or not at all: the end of the stream is the
    only end."""

    is_complete = False

    def __init__(self) -> None:
        self._calls = Assembly()
        self._finish: str | None = None
        self._usage: Usage | None = None

    def feed(self, chunk: Any) -> Iterator[ModelEvent]:
        used = chunk.get("usage")
        if used is not None:
            self._usage = Usage(used.get("prompt_tokens"), used.get("completion_tokens"))
        for choice in (chunk.get("choices") or [])[:1]:
            self._finish = choice.get("finish_reason") or self._finish
            delta = choice.get("delta") or {}
            yield from (TextDelta(text) for text in (delta.get("content"), delta.get("refusal")) if text)
            for piece in delta.get("tool_calls") or []:
                said = piece.get("function") or {}
                self._calls.add(
                    place=piece.get("index"), id=piece.get("id"), name=said.get("name"), fragment=said.get("arguments")
                )

    def end(self) -> Iterator[ModelEvent]:
        if self._finish is None and self._usage is None:
            raise ModelFault(Fault.CUT)
        if self._finish == "content_filter":
            raise ModelFault(Fault.FILTERED)
        if self._finish != "length":
            yield from self._calls.calls()
        yield self._usage or Usage()
        yield Done(Reason.LENGTH if self._finish == "length" else Reason.FINISHED)


def _body(model: str, request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in whole(request.messages)],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        body |= {
            "tools": [_tool(tool) for tool in request.tools],
            "tool_choice": "auto" if request.may_call else "none",
        }
    return body


def _message(message: Message) -> dict[str, Any]:
    match message:
        case System(text):
            return {"role": "system", "content": text}
        case User(text):
            return {"role": "user", "content": text}
        case Assistant():
            said: dict[str, Any] = {"role": "assistant", "content": message.text or None}
            if message.tool_calls:
                said["tool_calls"] = [
                    {
                        "id": call.id,
                        "type": "function",
                        "function": {"name": call.name, "arguments": sent_back(call.arguments)},
                    }
                    for call in message.tool_calls
                ]
            return said
        case ToolAnswer():
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}


def _tool(tool: ToolSchema) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function | ({"strict": True} if tool.strict else {})}
