"""What a server may write, as raw bytes over either API, and what has to come of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lib.llm.model_settings import ModelApi
from tests.support.model_server import ScriptedStep, ScriptedWire

DONE = b"data: [DONE]\n\n"
KEEP_ALIVE = b": keep-alive\n\n"


@dataclass(frozen=True, kw_only=True)
class WireCase:
    """`steps` by API, one for each request of a turn, and what comes of it.

    `text` is what is shown and stored, `status` how the answer is stored, `error` words of its sentence, `calls` the
    tools that run with their arguments, `tokens` what is stored as used. `secret` is nowhere: neither shown nor stored
    nor sent back. `retries` is True if Zen asks again by itself before it gives up.
    """

    completions: tuple[ScriptedStep, ...] = ()
    responses: tuple[ScriptedStep, ...] = ()
    text: str = ""
    status: str = "complete"
    error: str | None = None
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()
    tokens: tuple[int | None, int | None] | None = None
    secret: str | None = None
    retries: bool = False

    def steps_for(self, api: ModelApi) -> tuple[ScriptedStep, ...]:
        return self.responses if api is ModelApi.RESPONSES else self.completions


def to_event(value: Any, name: str | None = None) -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def to_json_body(value: Any, *, status: int = 200) -> ScriptedWire:
    return ScriptedWire((json.dumps(value).encode(),), status=status, content_type="application/json")


def write_delta(delta: dict[str, Any], finish: str | None = None, usage: Any = None, *, choices: bool = True) -> bytes:
    """A chunk of Chat Completions."""
    chunk: dict[str, Any] = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "small"}
    chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish}] if choices else []
    return to_event(chunk | ({"usage": usage} if usage is not None else {}))


def stream_completions(
    *deltas: dict[str, Any], finish: str | None = "stop", usage: Any = None, done: bool = True, whole: bool = True
) -> ScriptedWire:
    """A stream of Chat Completions: deltas, finish reason, usage, [DONE]."""
    pieces = [write_delta(delta) for delta in deltas]
    pieces += [write_delta({}, finish)] if finish else []
    pieces += [write_delta({}, usage=usage, choices=False)] if usage is not None else []
    return ScriptedWire((*pieces, *([DONE] if done else [])), is_whole=whole)


def write_response_event(kind: str, **fields: Any) -> bytes:
    """An event of the Responses API."""
    return to_event({"type": kind, **fields}, kind)


def build_response(status: str = "completed", **fields: Any) -> dict[str, Any]:
    frame: dict[str, Any] = {"id": "resp_1", "object": "response", "created_at": 1, "model": "small", "output": []}
    return frame | {"status": status, "error": None, "incomplete_details": None, "usage": None, **fields}


def write_text_delta(text: str) -> bytes:
    return write_response_event("response.output_text.delta", output_index=0, content_index=0, delta=text)


def stream_response(
    *pieces: bytes, status: str | None = "completed", done: bool = False, whole: bool = True, **fields: Any
) -> ScriptedWire:
    """A stream of the Responses API: created, the pieces, its last event unless `status` is None."""
    first = write_response_event("response.created", response=build_response("in_progress"))
    last = [write_response_event(f"response.{status}", response=build_response(status, **fields))] if status else []
    return ScriptedWire((first, *pieces, *last, *([DONE] if done else [])), is_whole=whole)


def write_function_call(
    name: str, arguments: dict[str, Any], *, place: int = 0, call_id: str | None = "call_0", whole: bool = True
) -> tuple[bytes, ...]:
    """A call over the Responses API: added, its arguments in two pieces, done."""
    text = json.dumps(arguments)
    item: dict[str, Any] = {"type": "function_call", "name": name, "arguments": "", "status": "in_progress"}
    item |= {"call_id": call_id} if call_id else {}
    delta = "response.function_call_arguments.delta"
    done = item | {"arguments": text, "status": "completed"}
    return (
        write_response_event("response.output_item.added", output_index=place, item=item),
        write_response_event(delta, output_index=place, delta=text[:4]),
        write_response_event(delta, output_index=place, delta=text[4:]),
        *([write_response_event("response.output_item.done", output_index=place, item=done)] if whole else []),
    )


def text_over_both(pieces: Sequence[str], **expected: Any) -> WireCase:
    """The same words over both APIs."""
    return WireCase(
        completions=(stream_completions(*({"content": piece} for piece in pieces)),),
        responses=(stream_response(*map(write_text_delta, pieces)),),
        **expected,
    )


def same_over_both(*steps: ScriptedStep, **expected: Any) -> WireCase:
    """The same bytes over both APIs."""
    return WireCase(completions=steps, responses=steps, **expected)
