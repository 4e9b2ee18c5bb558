"""Assembles tool calls from the fragments of a stream.

Fragments name their call by an index, by an id, by both, or (some servers) by an index that is always 0, or not at all.
So a new id or name at a known index begins another call, and so do arguments under the same name after those of a call
are complete; a fragment without any belongs to the last one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.llm.events import ToolArguments, ToolCall
from lib.llm.stream_sanitizer import sanitize_json
from lib.text.truncate import single_line, strip_invisible, truncate

MAX_ARGUMENTS_LENGTH = 100_000
MAX_NAME_LENGTH = 64


@dataclass
class _PartialCall:
    """`is_whole`: the server has sent its arguments once more as a whole. `is_named_again`: after its last argument its
    name came again, which begins another call if arguments follow."""

    index: int | None
    id: str = ""
    name: str = ""
    fragments: list[str] = field(default_factory=list)
    extra_content: Mapping[str, Any] | None = None
    is_whole: bool = False
    is_named_again: bool = False

    @property
    def has_all_arguments(self) -> bool:
        if not self.fragments or not self.fragments[-1].rstrip().endswith("}"):
            return self.is_whole
        return isinstance(parse_tool_arguments("".join(self.fragments)), dict)


class ToolCallAssembler:
    def __init__(self) -> None:
        self._partial_calls: list[_PartialCall] = []

    @property
    def has_calls(self) -> bool:
        return bool(self._partial_calls)

    def add_call_fragment(
        self,
        *,
        index: int | None,
        id: str | None = None,
        name: str | None = None,
        fragment: Any = None,
        extra_content: Any = None,
    ) -> None:
        text = "" if fragment is None else fragment if isinstance(fragment, str) else json.dumps(fragment)
        piece = self._find_or_add_call(index, id or "", name or "")
        if text.strip() and piece.has_all_arguments:
            if name or piece.is_named_again:
                piece = self._add_call(index, id or "", name or piece.name)
            elif parse_tool_arguments("".join(piece.fragments)) == {}:
                piece.fragments.clear()  # some proxies begin with an empty object
        piece.is_named_again = bool(name) and piece.has_all_arguments
        piece.id = piece.id or id or ""
        piece.name = piece.name or name or ""
        if isinstance(extra_content, Mapping):
            piece.extra_content = extra_content
        if text:
            piece.fragments.append(text)

    def put_call(self, *, index: int | None, id: str | None, name: str | None, arguments: str | None) -> None:
        """Begin a call, or with `arguments` replace the one that began by the whole one the server sends at its end."""
        begun = [piece for piece in self._partial_calls if piece.index == index and not piece.is_whole]
        same = next((piece for piece in begun if id and piece.id == id), None)
        # One that began without a name or an id is known by its place.
        piece = same or next((piece for piece in begun if not id or not piece.id), None)
        if piece is None or (arguments is None and piece.fragments):
            piece = self._add_call(index, id or "", name or "")
        piece.id, piece.name = piece.id or id or "", piece.name or name or ""
        if arguments is not None:
            piece.fragments[:], piece.is_whole = [arguments], True

    def build_tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(
            ToolCall(
                id=single_line(piece.id, max_length=200),
                name=single_line(piece.name, max_length=MAX_NAME_LENGTH),
                arguments=parse_tool_arguments("".join(piece.fragments)),
                extra_content=piece.extra_content,
            )
            for piece in self._partial_calls
        )

    def _find_or_add_call(self, place: int | None, id: str, name: str) -> _PartialCall:
        known = [piece for piece in self._partial_calls if piece.index == place]
        same = next((piece for piece in reversed(known) if id and piece.id == id), None)
        last = known[-1] if known else None
        if same is not None:
            return same
        # A new id begins a call, and so does another name; without an index, any name does.
        is_new_id = bool(id and last and last.id and name)
        is_new_name = bool(name and last and last.name and name != last.name)
        if last is None or is_new_id or is_new_name or (place is None and name):
            return self._add_call(place, id, name)
        return last

    def _add_call(self, place: int | None, id: str, name: str) -> _PartialCall:
        piece = _PartialCall(place, id=id, name=name)
        self._partial_calls.append(piece)
        return piece


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
    """Arguments of an earlier call as JSON text: some servers parse it and fail on anything else.

    Its keys are sorted, so that the stored arguments give the same text again."""
    return json.dumps(to_argument_object(arguments), sort_keys=True)


def to_argument_object(arguments: ToolArguments) -> dict[str, Any]:
    """Arguments as an object, also those a model wrote as something else."""
    return {"unreadable": arguments[:500]} if isinstance(arguments, str) else dict(arguments)


def _reject_non_finite_number(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")
