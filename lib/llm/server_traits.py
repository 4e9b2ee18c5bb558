"""What this process has learned about one model server: request fields it refuses, how it writes its thoughts.

Compatible servers refuse different fields, and none says so before it is asked. What was refused is left out at once,
and remembered when the request without it was taken.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lib.llm.server_errors import describe_error
from lib.llm.tool_schema import ToolSchema

STRICT, TOOLS = "strict", "tools"

# In the order in which they are given up: tools are worth most. vLLM: '"auto" tool choice requires …'; Ollama: "does
# not support tools"; llama.cpp: "tools param requires --jinja flag", with status 500; OpenRouter: 404 "No endpoints
# found that support tool use"; Mistral and FastAPI: `"loc": ["body", "stream_options"]`, "Extra inputs are not …".
OPTIONAL_FIELDS: Mapping[str, re.Pattern[str]] = {
    "stream_options": re.compile(r"stream_options|include_usage", re.IGNORECASE),
    STRICT: re.compile(r"\bstrict\b", re.IGNORECASE),
    "tool_choice": re.compile(r"tool[\s_]choice", re.IGNORECASE),
    # A missing signature of Gemini's is about one call, though its words name tools.
    TOOLS: re.compile(r"^(?!.*thought.?signature).*(?:\btools?\b|function[\s_]call)", re.IGNORECASE | re.DOTALL),
}
REFUSING_STATUSES = frozenset({400, 404, 422, 500, 501})


@dataclass
class ServerTraits:
    """Written from the threads that read its answers; each field is replaced whole."""

    refused_fields: frozenset[str] = frozenset()
    only_closes_thoughts: bool = False
    """Its answers begin with a thought that nothing opens: the opening tag is part of its prompt."""

    def remember_refused(self, fields: frozenset[str]) -> None:
        self.refused_fields |= fields


def find_refused_field(status: int, error: object, body: Mapping[str, Any]) -> str | None:
    """The optional field of `body` that an error is about; None if it is about something else."""
    if status not in REFUSING_STATUSES:
        return None
    text = describe_error(error)
    return next((name for name, words in OPTIONAL_FIELDS.items() if has_field(body, name) and words.search(text)), None)


def has_field(body: Mapping[str, Any], name: str) -> bool:
    if name == STRICT:
        return any(STRICT in tool or STRICT in tool.get("function", ()) for tool in body.get(TOOLS, ()))
    return name in body


def drop_fields(body: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """`body` without the named fields; without tools there is nothing to choose."""
    gone = names | ({"tool_choice"} if TOOLS in names else frozenset())
    kept = {key: value for key, value in body.items() if key not in gone}
    if STRICT in names and TOOLS in kept:
        kept[TOOLS] = [_without_strict(tool) for tool in kept[TOOLS]]
    return kept


def list_sent_tools(traits: ServerTraits, tools: tuple[ToolSchema, ...]) -> tuple[ToolSchema, ...]:
    """`tools` as this server is sent them."""
    if TOOLS in traits.refused_fields:
        return ()
    return tuple(replace(tool, strict=False) for tool in tools) if STRICT in traits.refused_fields else tools


def _without_strict(tool: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in tool.items() if key != STRICT}
    if "function" in kept:
        kept["function"] = _without_strict(kept["function"])
    return kept
