"""Nothing invisible gets out of a model: no control, bidirectional, zero-width or tag character. They hide an
instruction from the person who reads, and make an argument look like another."""

from typing import Any

from lib.text.truncate import strip_invisible

ARABIC_LETTER = "\u0627"
"""After it even a joiner is part of the spelling, so whatever vanishes here vanishes everywhere."""

MAX_DEPTH = 40


class StreamSanitizer:
    """Text that comes in pieces, cleaned as if it were whole: a piece is judged by what came before it."""

    def __init__(self) -> None:
        self._last_visible = ""

    def strip_invisible(self, text: str) -> str:
        raw = self._last_visible + text
        clean = strip_invisible(raw)[len(strip_invisible(self._last_visible)) :]
        self._last_visible = next(
            (sign for sign in reversed(raw) if strip_invisible(ARABIC_LETTER + sign) != ARABIC_LETTER), ""
        )
        return clean


def sanitize_json(value: Any, depth: int = 0) -> Any:
    """A JSON value with every text in it cleaned. Raises ValueError when it is nested absurdly deep."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    match value:
        case str():
            return strip_invisible(value)
        case dict():
            return {strip_invisible(str(key)): sanitize_json(part, depth + 1) for key, part in value.items()}
        case list():
            return [sanitize_json(part, depth + 1) for part in value]
        case _:
            return value
