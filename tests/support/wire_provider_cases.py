"""What the large providers' compatible endpoints write otherwise, by name; none of them was asked itself."""

from typing import Any

from tests.support.model_server import ScriptedReply, ScriptedWire
from tests.support.wire_answer_cases import FELL, SECRET, write_call
from tests.support.wire_case import (
    DONE,
    WireCase,
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

LOOKED = {"text": "Looked.", "calls": (("usage_trend", {"weeks": 4}),)}
LAST = ScriptedReply("Looked.", usage=None)
PLAIN = stream_response(write_text_delta(FELL))
SIGNATURE = {"google": {"thought_signature": "AY89a18IwQsQ8in/=="}}

_FILTERS = {"hate": {"filtered": False, "severity": "safe"}}
# Azure's filter writes about the question before the answer, and about its parts in chunks without a delta
# (Azure/azure-sdk-for-go#21086, microsoft/autogen#6465).
_AZURE = ScriptedWire(
    (
        to_event({"id": "", "choices": [], "prompt_filter_results": [{"content_filter_results": _FILTERS}]}),
        write_delta({"content": FELL}),
        to_event({"id": "", "choices": [{"index": 0, "finish_reason": None, "content_filter_results": _FILTERS}]}),
        write_delta({}, "stop"),
        DONE,
    )
)


def _refuse(status: int, error: Any, sentence: str) -> WireCase:
    return same_over_both(to_json_body(error, status=status), status="failed", error=sentence)


def _refuse_as_gemini(code: int, status: str, message: str, sentence: str) -> WireCase:
    """Gemini wraps its error in a list (editor-code-assistant/eca#247)."""
    return _refuse(code, [{"error": {"code": code, "message": message, "status": status}}], sentence)


PROVIDERS: dict[str, WireCase] = {
    "Azure's notes on content": WireCase(completions=(_AZURE,), responses=(PLAIN,), text=FELL),
    # stanford-crfm/helm#3327
    "Azure filters the question": _refuse(
        400,
        {"error": {"message": "The response was filtered.", "type": None, "param": "prompt", "code": "content_filter"}},
        "withheld",
    ),
    # dnakov/anon-kode#53
    "Mistral refuses stream_options": WireCase(
        completions=(
            to_json_body(
                {
                    "object": "error",
                    "message": {
                        "detail": [
                            {
                                "type": "extra_forbidden",
                                "loc": ["body", "stream_options", "include_usage"],
                                "msg": "Extra inputs are not permitted",
                                "input": True,
                            }
                        ]
                    },
                    "type": "invalid_request_error",
                },
                status=422,
            ),
            stream_completions({"content": FELL}),
        ),
        responses=(PLAIN,),
        text=FELL,
    ),
    # ai.google.dev/gemini-api/docs/thought-signatures
    "Gemini's signature of a call": WireCase(
        completions=(
            stream_completions({"tool_calls": [write_call(4, id="a", extra_content=SIGNATURE)]}, finish="tool_calls"),
            LAST,
        ),
        responses=(stream_response(*write_function_call("usage_trend", {"weeks": 4})), LAST),
        **LOOKED,
    ),
    "Gemini misses a signature": _refuse_as_gemini(
        400,
        "INVALID_ARGUMENT",
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work.",
        "did not accept",
    ),
    "Gemini refuses the key": _refuse_as_gemini(
        400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "key"
    ),
    "Gemini does not know the model": _refuse_as_gemini(
        404, "NOT_FOUND", "models/gemini-0 is not found for API version v1main.", "does not know the model"
    ),
    "too long for Gemini in a list": _refuse_as_gemini(
        400, "INVALID_ARGUMENT", "The input token count (2800010) exceeds the maximum number of tokens.", "too long"
    ),
    "Anthropic is overloaded": _refuse(
        529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "busy"
    ),
    "Anthropic is overloaded within the stream": same_over_both(
        ScriptedWire((to_event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),)),
        status="failed",
        error="busy",
    ),
    "thoughts as reasoning": text_over_both(
        [f"<reasoning>{SECRET}", "</reason", f"ing>{FELL}"], text=FELL, secret=SECRET
    ),
}
