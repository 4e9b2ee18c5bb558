"""Answers as real servers write them, by name. Tests ask each over both APIs, of the model room and of a chat.

Where a shape is one server's own, the case says which and where it is documented.
"""

import json
from typing import Any

from tests.support.model_server import ScriptedReply, ScriptedWire
from tests.support.wire_case import (
    DONE,
    WireCase,
    build_response,
    same_over_both,
    stream_completions,
    stream_response,
    text_over_both,
    to_event,
    to_json_body,
    write_delta,
    write_function_call,
    write_text_delta,
)

SECRET = "the hidden plan"
FELL = "Usage fell."
LAST = ScriptedReply("Both looked up.", usage=None)
TRENDS = (("usage_trend", {"weeks": 4}), ("usage_trend", {"weeks": 8}))
LOOKED = {"text": "Both looked up.", "calls": TRENDS}

# DeepSeek-R1 and QwQ open with <think>; templates that open the tag themselves leave only its end in the answer
# (huggingface.co/deepseek-ai/DeepSeek-R1, "Usage Recommendations"); Magistral writes [THINK].
THOUGHTS: dict[str, WireCase] = {
    "thoughts whole": text_over_both([f"<think>{SECRET}</think>\n\n{FELL}"], text=FELL, secret=SECRET),
    "thoughts letter by letter": text_over_both(list(f"<think>{SECRET}</think>\n\n{FELL}"), text=FELL, secret=SECRET),
    "thoughts with their end split": text_over_both(
        ["<thi", "nk>\n", SECRET, "\n</thi", "nk>", FELL], text=FELL, secret=SECRET
    ),
    "thoughts only closed": text_over_both([SECRET, " goes", "\n</think>\n\n", FELL], text=FELL, secret=SECRET),
    "thoughts only closed in one": text_over_both([f"{SECRET}</think>{FELL}"], text=FELL, secret=SECRET),
    "thoughts twice": text_over_both(
        [f"<think>{SECRET}</think>Usage ", f"<think>{SECRET}</think>fell."], text=FELL, secret=SECRET
    ),
    "thoughts in capitals": text_over_both([f"<THINK>{SECRET}</THINK>{FELL}"], text=FELL, secret=SECRET),
    "thoughts in brackets": text_over_both([f"[THINK]{SECRET}[/THINK]{FELL}"], text=FELL, secret=SECRET),
    "thoughts by another name": text_over_both([f"<thinking>{SECRET}</thinking>{FELL}"], text=FELL, secret=SECRET),
    "thoughts that never end": text_over_both([f"<think>{SECRET}"], status="failed", error="no answer", secret=SECRET),
    "a tag that is spoken of": text_over_both(
        ["Write `<think>", "` and `</think>` there."], text="Write `<think>` and `</think>` there."
    ),
    "less and greater": text_over_both(["1 <", " 2 and <", "b> is bold"], text="1 < 2 and <b> is bold"),
    "thoughts beside the answer": WireCase(
        completions=(stream_completions({"reasoning_content": SECRET}, {"reasoning": SECRET}, {"content": FELL}),),
        responses=(
            stream_response(
                to_event({"type": "response.reasoning_text.delta", "output_index": 0, "delta": SECRET}),
                write_text_delta(FELL),
            ),
        ),
        text=FELL,
        secret=SECRET,
    ),
}


def _part(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


# Mistral's Magistral streams content as a list with parts of type thinking (docs.mistral.ai, Reasoning).
_PARTS = stream_completions(
    {"content": [{"type": "thinking", "thinking": [_part(SECRET)]}]}, {"content": [_part("Usage "), _part("fell.")]}
)
_MESSAGE_ITEM = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": FELL}]}
CONTENT: dict[str, WireCase] = {
    "content as parts": WireCase(
        completions=(_PARTS,),
        responses=(stream_response(output=[_MESSAGE_ITEM]),),  # no deltas: the text stands in the last event only
        text=FELL,
        secret=SECRET,
    ),
    "content as one part": WireCase(
        completions=(stream_completions({"content": _part(FELL)}),),
        responses=(stream_response(write_text_delta(FELL), output=[_MESSAGE_ITEM]),),
        text=FELL,
    ),
    "lines that end as on Windows": WireCase(
        completions=(ScriptedWire((write_delta({"content": FELL}, "stop").replace(b"\n", b"\r\n"), DONE)),),
        responses=(stream_response(write_text_delta(FELL).replace(b"\n", b"\r\n")),),
        text=FELL,
    ),
    "no content type": WireCase(
        completions=(ScriptedWire((write_delta({"content": FELL}, "stop"), DONE), content_type=None),),
        responses=(ScriptedWire(stream_response(write_text_delta(FELL)).pieces, content_type="text/plain"),),
        text=FELL,
    ),
}


def _calls(*pieces: dict[str, Any], finish: str | None = "tool_calls") -> ScriptedWire:
    return stream_completions(*({"tool_calls": [piece]} for piece in pieces), finish=finish)


def _call(weeks: int, *, name: str | None = "usage_trend", **more: Any) -> dict[str, Any]:
    named = {"name": name} if name else {}
    return {"type": "function", "function": {**named, "arguments": json.dumps({"weeks": weeks})}, **more}


def _begin(**more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "usage_trend", "arguments": ""}, **more}


def _rest(text: str, **more: Any) -> dict[str, Any]:
    return {"function": {"arguments": text}, **more}


def _two_response_calls(**more: Any) -> ScriptedWire:
    return stream_response(
        *write_function_call("usage_trend", {"weeks": 4}, **more),
        *write_function_call("usage_trend", {"weeks": 8}, **more),
    )


# Ollama gives every call of a batch index 0 (ollama/ollama#15457), older ones none (#7881); Gemini's proxies give no
# ids or equal ones.
CALLS: dict[str, WireCase] = {
    "calls with the same index": WireCase(
        completions=(_calls(_call(4, index=0, id="a"), _call(8, index=0, id="b")), LAST),
        responses=(_two_response_calls(), LAST),
        **LOOKED,
    ),
    "calls with the same index and no ids": WireCase(
        completions=(_calls(_call(4, index=0), _call(8, index=0)), LAST),
        responses=(_two_response_calls(call_id=None), LAST),
        **LOOKED,
    ),
    "calls with the same index and equal ids": WireCase(
        completions=(_calls(_call(4, index=0, id="x"), _call(8, index=0, id="x")), LAST),
        responses=(_two_response_calls(call_id="x"), LAST),
        **LOOKED,
    ),
    "calls in pieces with the same index and no ids": WireCase(
        completions=(
            _calls(
                _begin(index=0),
                _rest('{"wee', index=0),
                _rest('ks": 4}', index=0),
                _begin(index=0),
                _rest('{"weeks"', index=0),
                _rest(": 8}", index=0),
            ),
            LAST,
        ),
        responses=(
            stream_response(
                *write_function_call("usage_trend", {"weeks": 4}, whole=False, call_id="a"),
                *write_function_call("usage_trend", {"weeks": 8}, whole=False, call_id="b"),
            ),
            LAST,
        ),
        **LOOKED,
    ),
    "calls with no index": WireCase(
        completions=(_calls(_call(4, id="a"), _call(8, id="b")), LAST),
        responses=(_two_response_calls(place=0), LAST),
        **LOOKED,
    ),
    "a call whose name comes again with each piece": WireCase(
        completions=(
            _calls(
                {"index": 0, "id": "a", "function": {"name": "usage_trend", "arguments": '{"wee'}},
                {"index": 0, "id": "a", "function": {"name": "usage_trend", "arguments": 'ks": 4}'}},
                {"index": 0, "id": "a", "function": {"name": "usage_trend", "arguments": ""}},
            ),
            ScriptedReply("Looked.", usage=None),
        ),
        responses=(
            stream_response(*write_function_call("usage_trend", {"weeks": 4})), ScriptedReply("Looked.", usage=None)
        ),
        text="Looked.",
        calls=TRENDS[:1],
    ),
    "empty arguments before the real ones": WireCase(
        completions=(
            _calls({"index": 0, "id": "a", "function": {"name": "usage_trend", "arguments": "{}"}},
                   _rest('{"weeks": 4}', index=0)),
            ScriptedReply("Looked.", usage=None),
        ),
        responses=(
            stream_response(*write_function_call("usage_trend", {"weeks": 4})), ScriptedReply("Looked.", usage=None)
        ),
        text="Looked.",
        calls=TRENDS[:1],
    ),
    "a function_call of old": WireCase(
        completions=(
            stream_completions(
                {"function_call": {"name": "usage_trend", "arguments": '{"weeks"'}},
                {"function_call": {"arguments": ": 4}"}},
                finish="function_call",
            ),
            ScriptedReply("Looked.", usage=None),
        ),
        responses=(
            stream_response(output=[{"type": "function_call", "call_id": "c", "name": "usage_trend",
                                     "arguments": '{"weeks": 4}', "status": "completed"}]),
            ScriptedReply("Looked.", usage=None),
        ),
        text="Looked.",
        calls=TRENDS[:1],
    ),
    "a call that ends with [DONE] alone": WireCase(
        completions=(_calls(_call(4, index=0, id="a"), finish=None), ScriptedReply("Looked.", usage=None)),
        responses=(
            stream_response(*write_function_call("usage_trend", {"weeks": 4}), status=None, done=True),
            ScriptedReply("Looked.", usage=None),
        ),
        text="Looked.",
        calls=TRENDS[:1],
    ),
}  # fmt: skip


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
        responses=(to_json_body(build_response(output=[_MESSAGE_ITEM], usage=_USED)),),
        text=FELL,
        tokens=(120, 30),
    ),
    "a body with a call": WireCase(
        completions=(
            _completion_body({"content": None, "tool_calls": [_call(4, id="a"), _call(8, id="b")]}, "tool_calls"),
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

WRONG = {"status": "failed", "error": "address"}
ADDRESSES: dict[str, WireCase] = {
    # LM Studio (lmstudio-ai/lmstudio-bug-tracker#618)
    "an error with status 200": same_over_both(
        to_json_body({"error": "Unexpected endpoint or method. (POST /chat/completions)"}), **WRONG
    ),
    "a page with status 200": same_over_both(
        ScriptedWire((b"<!DOCTYPE html><html>Sign in to vendor words</html>",), content_type="text/html"), **WRONG
    ),
    "a page that says nothing of itself": same_over_both(
        ScriptedWire((b"\n<html>vendor words</html>",), content_type=None), **WRONG
    ),
    "some other JSON": same_over_both(to_json_body({"status": "ok", "version": "1.2"}), **WRONG),
    "a list": same_over_both(to_json_body([1, 2]), **WRONG),
    "a page not found": same_over_both(
        ScriptedWire((b"<html>404 vendor words</html>",), status=404, content_type="text/html"), **WRONG
    ),
    "no such path": same_over_both(to_json_body({"detail": "Not Found"}, status=404), **WRONG),  # FastAPI
    "no such method": same_over_both(to_json_body({"detail": "Method Not Allowed"}, status=405), **WRONG),
    "no such model": same_over_both(  # vLLM
        to_json_body(
            {"object": "error", "message": "The model `small` does not exist.", "type": "NotFoundError", "code": 404},
            status=404,
        ),
        status="failed",
        error="does not know the model",
    ),
}


def _refused(status: int, **error: Any) -> WireCase:
    return same_over_both(to_json_body({"error": error}, status=status), status="failed", error="too long")


_VLLM = (
    "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens in the messages. "
    "Please reduce the length of the messages."
)
TOO_LONG: dict[str, WireCase] = {
    "too long for OpenAI": _refused(
        400, message="…", type="invalid_request_error", param="messages", code="context_length_exceeded"
    ),
    "too long for vLLM": same_over_both(
        to_json_body({"object": "error", "message": _VLLM, "type": "BadRequestError", "code": 400}, status=400),
        status="failed",
        error="too long",
    ),
    # ggml-org/llama.cpp#15780
    "too long for llama.cpp": _refused(
        400,
        code=400,
        message="the request exceeds the available context size, try increasing it",
        type="exceed_context_size_error",
        n_prompt_tokens=14429,
        n_ctx=8192,
    ),
    # oobabooga/textgen#7257: the same without the status
    "too long for llama.cpp with status 200": _refused(
        200, code=400, message="the request exceeds the available context size.", type="exceed_context_size_error"
    ),
    "too long for llama-cpp-python": _refused(
        500, message="Requested tokens (516) exceed context window of 512", type="internal_server_error"
    ),
    # OpenHands/OpenHands#5350
    "too long for LiteLLM": _refused(
        400,
        message="litellm.ContextWindowExceededError: AnthropicError - prompt is too long: 209303 tokens > 200000",
        type=None,
        param=None,
        code="400",
    ),
    # BerriAI/litellm#18282
    "too long for Gemini": _refused(
        400, message="The input token count (2800010) exceeds the maximum number of tokens allowed (1048575)."
    ),
    "too long within the stream": same_over_both(
        ScriptedWire((to_event({"error": {"message": _VLLM, "type": "BadRequestError", "code": 400}}), DONE)),
        status="failed",
        error="too long",
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

CASES: dict[str, WireCase] = {**THOUGHTS, **CONTENT, **CALLS, **ENDINGS, **BODIES, **ADDRESSES, **TOO_LONG, **USAGE}
