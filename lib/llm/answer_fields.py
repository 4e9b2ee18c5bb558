"""Fields of an answer that servers write in different ways: text, tokens, why it ended."""

import re
from collections.abc import Mapping
from typing import Any

from lib.llm.errors import ModelError
from lib.llm.events import FailureReason, FinishReason, TokenUsage

MAX_TOKENS = 2_000_000_000
_TEXT_PARTS = ("text", "output_text", "refusal")
_LENGTH = re.compile(r"length|max_(?:output_|completion_)?tokens", re.IGNORECASE)
_FILTERED = re.compile(r"content_filter|safety|recitation|blocklist|prohibited", re.IGNORECASE)
_TROUBLE = re.compile(r"error|abort|cancel|fail|resource|overload|time_?out|malformed", re.IGNORECASE)
"""vLLM: abort; OpenRouter: error; DeepSeek: insufficient_system_resource; Gemini: malformed_function_call."""


def extract_content_text(content: Any) -> str:
    """The text of a message's content: a string, a part, or a list of parts. Thoughts among them are left out."""
    match content:
        case str():
            return content
        case list():
            return "".join(map(extract_content_text, content))
        case Mapping() if content.get("type", "text") in _TEXT_PARTS:
            return extract_content_text(content.get("text") or content.get("refusal"))
        case _:
            return ""


def parse_token_usage(used: Any, input_key: str, output_key: str) -> TokenUsage:
    """The tokens a server reports. Without any for the question it reported none: every question has some."""
    if not isinstance(used, Mapping):
        return TokenUsage()
    input_tokens, output_tokens = _parse_token_count(used.get(input_key)), _parse_token_count(used.get(output_key))
    return TokenUsage(input_tokens, output_tokens) if input_tokens else TokenUsage()


def parse_finish_reason(reason: str | None) -> FinishReason:
    """How an answer ended; a reason nobody knows is a good one. Raises ModelError for a bad one."""
    words = str(reason or "")
    if _FILTERED.search(words):
        raise ModelError(FailureReason.FILTERED)
    if _TROUBLE.search(words):
        raise ModelError(FailureReason.CUT)
    return FinishReason.LENGTH if _LENGTH.search(words) else FinishReason.FINISHED


def _parse_token_count(value: Any) -> int | None:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value[:20])
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_TOKENS:
        return None
    return int(value)
