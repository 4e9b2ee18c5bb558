"""Removes invisible characters from what a model writes: control, bidirectional, zero-width and tag characters.

They can hide an instruction from the reader, and make one argument look like another.
"""

from typing import Any

from lib.text.truncate import strip_invisible

ARABIC_LETTER = "\u0627"
"""After it even a joiner is part of the spelling, so a character removed here is removed everywhere."""

MAX_DEPTH = 40


class StreamSanitizer:
    """Cleans a text that arrives in pieces as if it were whole."""

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
    """A JSON value with all its strings cleaned. Raises ValueError if nested deeper than MAX_DEPTH."""
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
