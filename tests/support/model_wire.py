"""How the two APIs write an answer on the wire; `tests.support.model_server` sends it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from tests.support.model_script import ScriptedCall, ScriptedReply


@dataclass(frozen=True)
class Chunk:
    """One event, and the seconds to wait before it."""

    data: bytes
    wait: float = 0.0


class AnswerWriter(Protocol):
    def __init__(self, model: str, asked: dict[str, Any]) -> None: ...

    def chunks(self, reply: "ScriptedReply") -> Iterator[Chunk]: ...


def writer_for(path: str) -> type[AnswerWriter] | None:
    return {"/v1/chat/completions": CompletionsWriter, "/v1/responses": ResponsesWriter}.get(path)


def chunk_delays(reply: "ScriptedReply") -> Iterator[tuple[str, float]]:
    for place, piece in enumerate(reply.split()):
        yield piece, reply.delay + (reply.first if place == 0 else 0.0)


def split_arguments(call: "ScriptedCall") -> tuple[str, str]:
    """Arguments come in fragments; two are enough to be wrong about."""
    middle = len(call.to_json) // 2
    return call.to_json[:middle], call.to_json[middle:]


class CompletionsWriter:
    def __init__(self, model: str, asked: dict[str, Any]) -> None:
        self.model = model
        self.reports = bool(asked.get("stream_options", {}).get("include_usage"))

    def chunks(self, reply: "ScriptedReply") -> Iterator[Chunk]:
        yield self._delta({"role": "assistant", "content": ""})
        for text, wait in chunk_delays(reply):
            yield self._delta({"content": text}, wait=wait)
        if reply.error:
            yield _event({"error": {"message": "vendor words", "code": reply.error, "type": "error"}})
            return
        for place, call in enumerate(reply.calls):
            first, second = split_arguments(call)
            named = {"name": call.name, "arguments": first}
            identity = {} if call.id is None else {"id": f"call_{place}" if call.id == "auto" else call.id}
            yield self._delta({"tool_calls": [{"index": place, **identity, "type": "function", "function": named}]})
            yield self._delta({"tool_calls": [{"index": place, "function": {"arguments": second}}]})
        finish = "tool_calls" if reply.calls and reply.finish == "stop" else reply.finish
        yield self._delta({}, finish=finish)
        if reply.usage and self.reports:
            read, written = reply.usage
            usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
            yield _event(self._frame() | {"choices": [], "usage": usage})
        yield Chunk(b"data: [DONE]\n\n")

    def _delta(self, delta: dict[str, Any], *, finish: str | None = None, wait: float = 0.0) -> Chunk:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _event(self._frame() | {"choices": [choice]}, wait=wait)

    def _frame(self) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": self.model}


class ResponsesWriter:
    def __init__(self, model: str, asked: dict[str, Any]) -> None:
        self.model = model
        self._sent = 0

    def chunks(self, reply: "ScriptedReply") -> Iterator[Chunk]:
        yield self._event("response.created", response=self._response("in_progress"))
        place = 0
        for place in range(reply.thoughts):
            yield from self._item(place, _reasoning_events(place))
        place = reply.thoughts
        if reply.text:
            yield from self._text(place, reply)
        if reply.error:
            failure = self._response("failed") | {"error": {"code": reply.error, "message": "vendor words"}}
            yield self._event("response.failed", response=failure)
            return
        for number, call in enumerate(reply.calls):
            yield from self._call(place + 1 + number, number, call)
        yield self._last(reply)

    def _text(self, place: int, reply: "ScriptedReply") -> Iterator[Chunk]:
        item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        yield self._event("response.output_item.added", output_index=place, item=item)
        for text, wait in chunk_delays(reply):
            at = {"item_id": "msg_1", "output_index": place, "content_index": 0, "logprobs": []}
            yield self._event("response.output_text.delta", wait=wait, **at, delta=text)

    def _call(self, place: int, number: int, call: "ScriptedCall") -> Iterator[Chunk]:
        item = {"id": f"fc_{number}", "type": "function_call", "name": call.name, "call_id": f"call_{number}"}
        if call.id not in (None, "auto"):
            item["call_id"] = str(call.id)
        started = item | {"status": "in_progress", "arguments": ""}
        yield self._event("response.output_item.added", output_index=place, item=started)
        for part in split_arguments(call):
            kind = "response.function_call_arguments.delta"
            yield self._event(kind, item_id=item["id"], output_index=place, delta=part)
        kind = "response.function_call_arguments.done"
        yield self._event(kind, item_id=item["id"], output_index=place, arguments=call.to_json)
        yield from self._item(place, item | {"status": "completed", "arguments": call.to_json})

    def _item(self, place: int, item: dict[str, Any]) -> Iterator[Chunk]:
        yield self._event("response.output_item.done", output_index=place, item=item)

    def _last(self, reply: "ScriptedReply") -> Chunk:
        reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
        status = "incomplete" if reply.finish in reasons else "completed"
        response = self._response(status)
        if reply.finish in reasons:
            response["incomplete_details"] = {"reason": reasons[reply.finish]}
        if reply.usage:
            read, written = reply.usage
            response["usage"] = {
                "input_tokens": read,
                "output_tokens": written,
                "total_tokens": read + written,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens_details": {"reasoning_tokens": 0},
            }
        return self._event(f"response.{status}", response=response)

    def _response(self, status: str) -> dict[str, Any]:
        frame: dict[str, Any] = {"id": "resp_1", "object": "response", "created_at": 1, "model": self.model}
        return frame | {
            "status": status,
            "output": [],
            "error": None,
            "incomplete_details": None,
            "usage": None,
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
        }

    def _event(self, kind: str, *, wait: float = 0.0, **fields: Any) -> Chunk:
        self._sent += 1
        return _event({"type": kind, "sequence_number": self._sent, **fields}, name=kind, wait=wait)


def _reasoning_events(place: int) -> dict[str, Any]:
    return {"id": f"rs_{place}", "type": "reasoning", "summary": [], "encrypted_content": f"sealed-{place}"}


def _event(value: dict[str, Any], *, name: str | None = None, wait: float = 0.0) -> Chunk:
    head = f"event: {name}\n" if name else ""
    return Chunk(f"{head}data: {json.dumps(value)}\n\n".encode(), wait)
