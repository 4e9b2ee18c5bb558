"""Calls of tools out of their pieces.

Arguments come in fragments that name their call by a place in the list, by an id, by both, or (from some servers) by a
place that is always 0 or by nothing at all. So an id that is new to its place begins another call, and a fragment that
names nothing belongs to the last one.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from lib.llm.cleaning import cleaned
from lib.llm.events import Arguments, ToolCall
from lib.slides import words

LONGEST_ARGUMENTS = 100_000
LONGEST_NAME = 64


@dataclass
class _Piece:
    place: int | None
    id: str = ""
    name: str = ""
    fragments: list[str] = field(default_factory=list)


class Assembly:
    def __init__(self) -> None:
        self._pieces: list[_Piece] = []

    def add(self, *, place: int | None, id: str | None = None, name: str | None = None, fragment: Any = None) -> None:
        piece = self._piece(place, id or "", name or "")
        piece.id = piece.id or id or ""
        piece.name = piece.name or name or ""
        if fragment:
            piece.fragments.append(fragment if isinstance(fragment, str) else json.dumps(fragment))

    def replace(self, *, place: int, id: str | None, name: str | None, arguments: str | None) -> None:
        """The whole call, said again at its end."""
        self.add(place=place, id=id, name=name)
        if arguments is not None:
            self._piece(place, id or "", "").fragments[:] = [arguments]

    def calls(self) -> tuple[ToolCall, ...]:
        return tuple(
            ToolCall(
                id=words.plain(piece.id, most=200),
                name=words.plain(piece.name, most=LONGEST_NAME),
                arguments=parsed("".join(piece.fragments)),
            )
            for piece in self._pieces
        )

    def _piece(self, place: int | None, id: str, name: str) -> _Piece:
        known = [piece for piece in self._pieces if piece.place == place]
        same = next((piece for piece in known if id and piece.id == id), None)
        last = known[-1] if known else None
        if same is not None:
            return same
        # An id of its own begins a call; without a place, so does a name.
        begins = bool(id and last and last.id and name) or bool(place is None and name)
        if last is None or begins:
            last = _Piece(place)
            self._pieces.append(last)
        return last


def parsed(text: str) -> Arguments:
    """The JSON object in `text`, cleaned; what is none stays a string. Nothing at all is no arguments."""
    if not text.strip():
        return {}
    if len(text) > LONGEST_ARGUMENTS:
        return words.cut(words.visible(text), 2000)
    try:
        value = cleaned(json.loads(text, parse_constant=_refuse))
    except (ValueError, RecursionError):
        return words.cut(words.visible(text), 2000)
    if value is None:
        return {}
    return value if isinstance(value, dict) else words.cut(words.visible(text), 2000)


def sent_back(arguments: Arguments) -> str:
    """Arguments as a server is reminded of them: always JSON, for some servers parse it and fail."""
    return json.dumps(arguments if not isinstance(arguments, str) else {"unreadable": arguments[:500]})


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")
