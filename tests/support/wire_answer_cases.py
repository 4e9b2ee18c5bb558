"""Thoughts, content and tool calls as real servers write them, by name.

Where a shape is one server's own, the case says which and where it is documented.
"""

import json
from typing import Any

from tests.support.model_server import ScriptedReply, ScriptedWire
from tests.support.wire_case import (
    DONE,
    WireCase,
    stream_completions,
    stream_response,
    text_over_both,
    to_event,
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
MESSAGE_ITEM = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": FELL}]}
CONTENT: dict[str, WireCase] = {
    "content as parts": WireCase(
        completions=(_PARTS,),
        responses=(stream_response(output=[MESSAGE_ITEM]),),  # no deltas: the text stands in the last event only
        text=FELL,
        secret=SECRET,
    ),
    "content as one part": WireCase(
        completions=(stream_completions({"content": _part(FELL)}),),
        responses=(stream_response(write_text_delta(FELL), output=[MESSAGE_ITEM]),),
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


def write_call(weeks: int, *, name: str | None = "usage_trend", **more: Any) -> dict[str, Any]:
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
        completions=(_calls(write_call(4, index=0, id="a"), write_call(8, index=0, id="b")), LAST),
        responses=(_two_response_calls(), LAST),
        **LOOKED,
    ),
    "calls with the same index and no ids": WireCase(
        completions=(_calls(write_call(4, index=0), write_call(8, index=0)), LAST),
        responses=(_two_response_calls(call_id=None), LAST),
        **LOOKED,
    ),
    "calls with the same index and equal ids": WireCase(
        completions=(_calls(write_call(4, index=0, id="x"), write_call(8, index=0, id="x")), LAST),
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
        completions=(_calls(write_call(4, id="a"), write_call(8, id="b")), LAST),
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
        completions=(_calls(write_call(4, index=0, id="a"), finish=None), ScriptedReply("Looked.", usage=None)),
        responses=(
            stream_response(*write_function_call("usage_trend", {"weeks": 4}), status=None, done=True),
            ScriptedReply("Looked.", usage=None),
        ),
        text="Looked.",
        calls=TRENDS[:1],
    ),
}  # fmt: skip
