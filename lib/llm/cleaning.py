"""Nothing invisible gets out of a model: no control, bidirectional, zero-width or tag character. They hide an
instruction from the person who reads, and make an argument look like another."""

from typing import Any

from lib.slides import words

ARABIC = "\u0627"
"""After it even a joiner is part of the spelling, so whatever vanishes here vanishes everywhere."""

DEEPEST = 40


class Cleaner:
    """Text that comes in pieces, cleaned as if it were whole: a piece is judged by what came before it."""

    def __init__(self) -> None:
        self._before = ""

    def clean(self, text: str) -> str:
        raw = self._before + text
        clean = words.visible(raw)[len(words.visible(self._before)) :]
        self._before = next((sign for sign in reversed(raw) if words.visible(ARABIC + sign) != ARABIC), "")
        return clean


def cleaned(value: Any, depth: int = 0) -> Any:
    """A JSON value with every text in it cleaned. Raises ValueError when it is nested absurdly deep."""
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    match value:
        case str():
            return words.visible(value)
        case dict():
            return {words.visible(str(key)): cleaned(part, depth + 1) for key, part in value.items()}
        case list():
            return [cleaned(part, depth + 1) for part in value]
        case _:
            return value
