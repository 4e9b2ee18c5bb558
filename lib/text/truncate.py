"""Text from outside made harmless to lay out: one line, of a length, without invisible characters."""

import re
import unicodedata

# Joiners are part of the spelling in Arabic, Indic and similar scripts; anywhere else they only hide something.
_MISPLACED_JOINER = re.compile(r"(?<![\u0600-\u0fff])[\u200c\u200d]")
_BLANK_CHARACTERS = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def truncate(text: str, max_length: int) -> str:
    """`text`, cut at `max_length` characters with an ellipsis."""
    return text if len(text) <= max_length else text[: max(0, max_length - 1)].rstrip() + "…"


def single_line(text: str, *, max_length: int = 2000) -> str:
    """`text` on one line, without invisible characters, truncated."""
    return truncate(" ".join(strip_invisible(text[: 4 * max_length]).split()), max_length)


def strip_invisible(text: str) -> str:
    """`text` without control, bidirectional, zero-width and other invisible characters; line breaks stay."""
    if text.isascii() and text.isprintable():
        return text
    joined = _MISPLACED_JOINER.sub("", _BLANK_CHARACTERS.sub("", text.replace("\r\n", "\n")))
    return "".join(_visible_character(character) for character in joined)


def _visible_character(character: str) -> str:
    if character in "\n\u200c\u200d":
        return character
    category = unicodedata.category(character)
    if category in ("Zl", "Zp") or character in "\t\r\v\f\x85":
        return "\n" if category in ("Zl", "Zp") or character == "\r" else " "
    return "" if category in ("Cc", "Cf", "Co", "Cs") else character
