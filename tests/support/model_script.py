"""What a test has a model's server say: `tests.support.model_server` plays it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ScriptedCall:
    """`arguments` as an object, or as the text the model would write. `id` None sends none (Chat Completions only)."""

    name: str
    arguments: dict[str, Any] | str = field(default_factory=dict)
    id: str | None = "auto"

    @property
    def to_json(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True)
class ScriptedReply:
    """`pieces` is how many chunks the text comes in, `delay` the seconds before each, `first` those before the first.

    `usage` None leaves it out. `finish` stop, length or content_filter. `cut` breaks the connection after that many
    chunks, `end` closes it in good order but before the end, `stall` stops writing there. `error` is reported within
    the stream after the text. `thoughts` are reasoning items (Responses only).
    """

    text: str = ""
    calls: tuple[ScriptedCall, ...] = ()
    pieces: int = 4
    delay: float = 0.0
    first: float = 0.0
    usage: tuple[int, int] | None = (120, 30)
    finish: str = "stop"
    cut: int | None = None
    end: int | None = None
    stall: int | None = None
    error: str | None = None
    thoughts: int = 0

    def split(self) -> list[str]:
        size = max(1, -(-len(self.text) // self.pieces))
        return [self.text[at : at + size] for at in range(0, len(self.text), size)]


@dataclass(frozen=True)
class ScriptedRefusal:
    status: int
    code: str | None = None
    retry_after: str | None = None
    message: str = "vendor words that nobody may see"
    body: bytes | None = None


@dataclass(frozen=True)
class ScriptedWire:
    """An answer as raw bytes, each piece flushed by itself; a number among them is a pause in seconds.

    With `is_whole` False the connection breaks after the last piece.
    """

    pieces: tuple[bytes | float, ...]
    status: int = 200
    content_type: str | None = "text/event-stream"
    headers: tuple[tuple[str, str], ...] = ()
    is_whole: bool = True


ScriptedStep = ScriptedReply | ScriptedRefusal | ScriptedWire
RejectRequest = Callable[[dict[str, Any]], ScriptedStep | None]
"""What a server says to a request it does not take; None if it takes it."""
