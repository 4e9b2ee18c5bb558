"""Names of files to download, which every operating system takes."""

import re
import unicodedata

from lib.text.truncate import strip_invisible

MAX_NAME_BYTES = 150
"""Leaves room below the 255 bytes of most file systems for the prefix, and for "(1)" of a second download."""

JOINERS = "\u200c\u200d"
RESERVED_NAME = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
"""Devices of Windows, which no file may be called, whatever its extension."""


def build_filename(prefix: str, name: str, extension: str, *, default: str = "customer") -> str:
    """ "quote-Łukasz-Sp-z-o-o.pdf": letters, digits and their marks of any script; `default` if there are none."""
    stem = "-".join(part for part in (_clean_file_name(prefix), _clean_file_name(name) or default) if part)
    return f"{f'{stem}-file' if RESERVED_NAME.fullmatch(stem) else stem}.{extension}"


def _clean_file_name(text: str) -> str:
    composed = unicodedata.normalize("NFC", strip_invisible(text[: 2 * MAX_NAME_BYTES]))
    kept = "".join(character if _is_word_character(character) else "-" for character in composed)
    # A mark belongs to the letter before it, and there is none after a hyphen.
    words = (_strip_leading_marks(word) for word in kept.split("-"))
    return _truncate_bytes("-".join(word for word in words if word), MAX_NAME_BYTES).strip("-_" + JOINERS)


def _is_word_character(character: str) -> bool:
    return character in JOINERS or character == "_" or unicodedata.category(character)[0] in "LNM"


def _strip_leading_marks(word: str) -> str:
    first = next((place for place, character in enumerate(word) if not _is_combining_mark(character)), len(word))
    return word[first:]


def _truncate_bytes(text: str, max_bytes: int) -> str:
    """`text` of at most `max_bytes` in UTF-8, cut between letters, never between a letter and its marks."""
    cut = len(text.encode()[:max_bytes].decode(errors="ignore"))
    if cut == len(text):
        return text
    while cut and _is_combining_mark(text[cut]):
        cut -= 1
    return text[:cut]


def _is_combining_mark(character: str) -> bool:
    return character in JOINERS or unicodedata.category(character)[0] == "M"
