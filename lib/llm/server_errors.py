"""What a server's error means. Servers agree neither on its shape nor on its codes, so its words are read as well.

They are read here and dropped: no person sees a provider's own words.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lib.llm.errors import ModelError
from lib.llm.events import FailureReason

REASON_BY_STATUS: dict[int, FailureReason] = {
    400: FailureReason.REFUSED,
    401: FailureReason.KEY_REFUSED,
    402: FailureReason.NO_CREDIT,
    403: FailureReason.NOT_ALLOWED,
    404: FailureReason.WRONG_ADDRESS,
    405: FailureReason.WRONG_ADDRESS,
    408: FailureReason.BROKEN,
    413: FailureReason.TOO_LONG,
    422: FailureReason.REFUSED,
    429: FailureReason.BUSY,
    529: FailureReason.BUSY,
}
REASON_BY_CODE: dict[str, FailureReason] = {
    "context_length_exceeded": FailureReason.TOO_LONG,
    "exceed_context_size_error": FailureReason.TOO_LONG,
    "string_above_max_length": FailureReason.TOO_LONG,
    "insufficient_quota": FailureReason.NO_CREDIT,
    "model_not_found": FailureReason.MODEL_UNKNOWN,
    "invalid_api_key": FailureReason.KEY_REFUSED,
    "rate_limit_exceeded": FailureReason.BUSY,
    "rate_limit_error": FailureReason.BUSY,
    "overloaded_error": FailureReason.BUSY,
    "server_error": FailureReason.BROKEN,
    "content_filter": FailureReason.FILTERED,
    "invalid_prompt": FailureReason.FILTERED,
    "bio_policy": FailureReason.FILTERED,
    "misalignment_policy_violation": FailureReason.FILTERED,
}
MAX_ERROR_LENGTH = 1_000
"""Characters of an error that are read: what follows may repeat the person's own words."""

# vLLM and OpenAI: "maximum context length"; llama.cpp: "available context size"; llama-cpp-python: "context window";
# LiteLLM: "ContextWindowExceededError"; Anthropic: "prompt is too long"; Gemini: "input token count … exceeds";
# text-generation-inference: "`inputs` tokens + `max_new_tokens` must be <= 4096".
_TOO_LONG = re.compile(
    r"context[\s_]?(?:length|window|size|limit)|(?:prompt|input) is too long|too many (?:input )?tokens"
    r"|token.{0,60}exceed.{0,60}(?:maximum|limit|allowed)|tokens?\b.{0,40}must be <="
    r"|reduce the length of the (?:messages|prompt)",
    re.IGNORECASE | re.DOTALL,
)
# Gemini refuses a key with status 400.
_KEY_REFUSED = re.compile(r"api[\s_-]?key (?:is )?(?:not valid|invalid|expired)|invalid api[\s_-]?key", re.IGNORECASE)
_TELLS_OF_LENGTH = (None, 400, 413, 422, 500)


def build_error_from_body(body: object, status: int | None = None, *, retry_after: float | None = None) -> ModelError:
    """The ModelError for an error a server wrote, with its HTTP status if it had a bad one."""
    return ModelError(classify_error(body, status), retry_after=retry_after)


def classify_error(body: object, status: int | None = None) -> FailureReason:
    """What an error body means; without a status it stood in an answer that had begun well."""
    for code in _list_error_codes(body):
        if code in REASON_BY_CODE:
            return REASON_BY_CODE[code]
    text = describe_error(body)
    if status in _TELLS_OF_LENGTH and _TOO_LONG.search(text):
        return FailureReason.TOO_LONG
    if status == 404 and isinstance(body, Mapping | list) and "model" in text.lower():
        return FailureReason.MODEL_UNKNOWN
    if status == 400 and _KEY_REFUSED.search(text):
        return FailureReason.KEY_REFUSED
    if status in REASON_BY_STATUS:
        return REASON_BY_STATUS[status]
    return FailureReason.REFUSED if status is not None and status < 500 else FailureReason.BROKEN


def describe_error(body: object) -> str:
    """The words of an error in any of its shapes, shortened, without what it repeats of the request."""
    return " ".join(_list_error_texts(body))[:MAX_ERROR_LENGTH]


def _list_error_codes(body: object) -> Iterable[str]:
    error = _unwrap_error(body)
    return [str(error[key]) for key in ("code", "type") if error.get(key)] if isinstance(error, Mapping) else []


def _unwrap_error(body: object) -> object:
    # Gemini wraps its error in a list.
    whole = body[0] if isinstance(body, list) and body else body
    return whole.get("error") or whole if isinstance(whole, Mapping) else whole


def _list_error_texts(error: Any, depth: int = 0) -> Iterable[str]:
    match error:
        case str() if depth:
            yield error
        case Mapping() if depth < 5:
            # "loc" and "msg" are FastAPI's; its "input" is what was asked.
            for key in ("error", "param", "message", "detail", "loc", "msg", "type"):
                yield from _list_error_texts(error.get(key), depth + 1)
        case list() | tuple() if depth < 5:
            for part in error[:10]:
                yield from _list_error_texts(part, depth + 1)
