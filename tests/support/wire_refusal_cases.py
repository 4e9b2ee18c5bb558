"""How real servers refuse a question, and what else answers at a wrong address, by name."""

from typing import Any

from tests.support.model_server import ScriptedWire
from tests.support.wire_case import DONE, WireCase, same_over_both, to_event, to_json_body

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
