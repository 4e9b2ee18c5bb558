"""Assembles tool calls from the fragments of a stream.

Fragments name their call by an index, by an id, by both, or (some servers) by an index that is always 0, or not at all.
So a new id at a known index begins another call, and a fragment without either belongs to the last one.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from lib.llm.events import ToolArguments, ToolCall
from lib.llm.stream_sanitizer import sanitize_json
from lib.text.truncate import single_line, strip_invisible, truncate

MAX_ARGUMENTS_LENGTH = 100_000
MAX_NAME_LENGTH = 64


@dataclass
class _PartialCall:
    index: int | None
    id: str = ""
    name: str = ""
    fragments: list[str] = field(default_factory=list)


class ToolCallAssembler:
    def __init__(self) -> None:
        self._partial_calls: list[_PartialCall] = []

    def add_call_fragment(
        self, *, index: int | None, id: str | None = None, name: str | None = None, fragment: Any = None
    ) -> None:
        piece = self._find_or_add_call(index, id or "", name or "")
        piece.id = piece.id or id or ""
        piece.name = piece.name or name or ""
        if fragment:
            piece.fragments.append(fragment if isinstance(fragment, str) else json.dumps(fragment))

    def replace_call(self, *, index: int, id: str | None, name: str | None, arguments: str | None) -> None:
        """Replace a call by the complete one the server sends at its end."""
        self.add_call_fragment(index=index, id=id, name=name)
        if arguments is not None:
            self._find_or_add_call(index, id or "", "").fragments[:] = [arguments]

    def build_tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(
            ToolCall(
                id=single_line(piece.id, max_length=200),
                name=single_line(piece.name, max_length=MAX_NAME_LENGTH),
                arguments=parse_tool_arguments("".join(piece.fragments)),
            )
            for piece in self._partial_calls
        )

    def _find_or_add_call(self, place: int | None, id: str, name: str) -> _PartialCall:
        known = [piece for piece in self._partial_calls if piece.index == place]
        same = next((piece for piece in known if id and piece.id == id), None)
        last = known[-1] if known else None
        if same is not None:
            return same
        # A new id begins a call; without an index, a name does.
        begins = bool(id and last and last.id and name) or bool(place is None and name)
        if last is None or begins:
            last = _PartialCall(place)
            self._partial_calls.append(last)
        return last


def parse_tool_arguments(text: str) -> ToolArguments:
    """The JSON object in `text`, sanitized; anything else stays a string, and an empty text is no arguments."""
    if not text.strip():
        return {}
    if len(text) > MAX_ARGUMENTS_LENGTH:
        return truncate(strip_invisible(text), 2000)
    try:
        value = sanitize_json(json.loads(text, parse_constant=_reject_non_finite_number))
    except (ValueError, RecursionError):
        return truncate(strip_invisible(text), 2000)
    if value is None:
        return {}
    return value if isinstance(value, dict) else truncate(strip_invisible(text), 2000)


def serialize_tool_arguments(arguments: ToolArguments) -> str:
    """Arguments of an earlier call as JSON text: some servers parse it and fail on anything else."""
    return json.dumps(arguments if not isinstance(arguments, str) else {"unreadable": arguments[:500]})


def _reject_non_finite_number(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")
