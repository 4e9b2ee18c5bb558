"""How real servers end an answer and report its tokens, by name."""

from typing import Any

from tests.support.model_server import ScriptedWire
from tests.support.wire_answer_cases import FELL, LAST, LOOKED, MESSAGE_ITEM, SECRET, write_call
from tests.support.wire_case import (
    DONE,
    WireCase,
    build_response,
    stream_completions,
    stream_response,
    to_json_body,
    write_delta,
    write_text_delta,
)


def _ending(finish: str, text: str = FELL, *, response: str = "completed", **fields: Any) -> dict[str, Any]:
    deltas = [{"content": text}] if text else []
    pieces = [write_text_delta(text)] if text else []
    return {
        "completions": (stream_completions(*deltas, finish=finish),),
        "responses": (stream_response(*pieces, status=response, **fields),),
        "text": text,
    }


CUT = {"status": "cut", "error": "cut off"}
GIVEN_UP = {"status": "failed", "error": "cut off", "retries": True}
ENDINGS: dict[str, WireCase] = {
    "[DONE] without a finish reason": WireCase(
        completions=(stream_completions({"content": FELL}, finish=None),),
        responses=(stream_response(write_text_delta(FELL), status=None, done=True),),
        text=FELL,
    ),
    "neither [DONE] nor a finish reason": WireCase(
        completions=(stream_completions({"content": FELL}, finish=None, done=False),),
        responses=(stream_response(write_text_delta(FELL), status=None),),
        text=FELL,
        **CUT,
    ),
    # vLLM's continuous_usage_stats puts usage into every chunk: no sign of an end.
    "usage in every chunk and then cut": WireCase(
        completions=(
            ScriptedWire((write_delta({"content": FELL}, usage={"prompt_tokens": 9, "completion_tokens": 1}),)),
        ),
        responses=(stream_response(write_text_delta(FELL), status=None, whole=False),),
        text=FELL,
        **CUT,
    ),
    "an unknown good reason": WireCase(**_ending("eos_token")),  # text-generation-inference
    # DeepSeek: insufficient_system_resource (api-docs.deepseek.com); vLLM: abort; OpenRouter: error.
    "ended by an error": WireCase(**_ending("error", response="failed"), **CUT),
    "aborted": WireCase(**_ending("abort", response="cancelled"), **CUT),
    "out of resources": WireCase(**_ending("insufficient_system_resource", response="failed"), **CUT),
    "incomplete for an unknown reason": WireCase(
        **_ending("cancelled", response="incomplete", incomplete_details={"reason": "server_overloaded"}), **CUT
    ),
    "an error before a word": WireCase(**_ending("error", "", response="failed"), **GIVEN_UP),
    "too long for one answer": WireCase(
        **_ending("length", response="incomplete", incomplete_details={"reason": "max_output_tokens"}),
        status="cut",
        error="maximum length",
    ),
    "too long by another name": WireCase(
        **_ending("model_length", response="incomplete", incomplete_details={"reason": "max_tokens"}),
        status="cut",
        error="maximum length",
    ),
    "length without words": WireCase(
        **_ending("length", "", response="incomplete", incomplete_details={"reason": "max_output_tokens"}),
        status="failed",
        error="before it wrote",
    ),
    "length spent on thoughts": WireCase(
        completions=(stream_completions({"content": f"<think>{SECRET}"}, finish="length"),),
        responses=(
            stream_response(
                write_text_delta(f"<think>{SECRET}"),
                status="incomplete",
                incomplete_details={"reason": "max_output_tokens"},
            ),
        ),
        status="failed",
        error="before it wrote",
        secret=SECRET,
    ),
}


def _completion_body(message: dict[str, Any], finish: str = "stop") -> ScriptedWire:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
    return to_json_body({"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice], "usage": usage})


_USED = {"input_tokens": 120, "output_tokens": 30, "total_tokens": 150}
_CALL_ITEM = {"type": "function_call", "call_id": "c", "name": "usage_trend", "arguments": '{"weeks": 4}'}
BODIES: dict[str, WireCase] = {
    "a body instead of a stream": WireCase(
        completions=(_completion_body({"content": FELL}),),
        responses=(to_json_body(build_response(output=[MESSAGE_ITEM], usage=_USED)),),
        text=FELL,
        tokens=(120, 30),
    ),
    "a body with a call": WireCase(
        completions=(
            _completion_body(
                {"content": None, "tool_calls": [write_call(4, id="a"), write_call(8, id="b")]}, "tool_calls"
            ),
            LAST,
        ),
        responses=(
            to_json_body(
                build_response(output=[_CALL_ITEM, _CALL_ITEM | {"call_id": "d", "arguments": '{"weeks": 8}'}])
            ),
            LAST,
        ),
        **LOOKED,
    ),
    "a body with thoughts": WireCase(
        completions=(_completion_body({"content": f"<think>{SECRET}</think>{FELL}", "reasoning": SECRET}),),
        responses=(
            to_json_body(
                build_response(
                    output=[
                        {"type": "reasoning", "summary": [{"type": "summary_text", "text": SECRET}]},
                        {"type": "message", "content": [{"type": "output_text", "text": f"{SECRET}</think>{FELL}"}]},
                    ]
                )
            ),
        ),
        text=FELL,
        secret=SECRET,
    ),
}


def _usage(completions: Any, responses: Any, tokens: tuple[int | None, int | None]) -> WireCase:
    return WireCase(
        completions=(stream_completions({"content": FELL}, usage=completions),),
        responses=(stream_response(write_text_delta(FELL), usage=responses),),
        text=FELL,
        tokens=tokens,
    )


USAGE: dict[str, WireCase] = {
    "usage": _usage({"prompt_tokens": 12, "completion_tokens": 3}, {"input_tokens": 12, "output_tokens": 3}, (12, 3)),
    "usage as text": _usage(
        {"prompt_tokens": "12", "completion_tokens": "3"}, {"input_tokens": "12", "output_tokens": "3"}, (12, 3)
    ),
    "usage of nothing": _usage(
        {"prompt_tokens": 0, "completion_tokens": 0}, {"input_tokens": 0, "output_tokens": 0}, (None, None)
    ),
    "no usage": _usage(None, None, (None, None)),
    "usage that is none": _usage(["many"], "many", (None, None)),
    "usage beyond all measure": _usage(
        {"prompt_tokens": 10**30, "completion_tokens": -4}, {"input_tokens": 1e400, "output_tokens": True}, (None, None)
    ),
    "usage that a later chunk takes back": WireCase(
        completions=(
            ScriptedWire(
                (
                    write_delta({"content": FELL}, "stop", {"prompt_tokens": 12, "completion_tokens": 3}),
                    write_delta({}, usage={"prompt_tokens": 0, "completion_tokens": 0}, choices=False),
                    DONE,
                )
            ),
        ),
        responses=(stream_response(write_text_delta(FELL), usage={"input_tokens": 12, "output_tokens": 3}),),
        text=FELL,
        tokens=(12, 3),
    ),
}
