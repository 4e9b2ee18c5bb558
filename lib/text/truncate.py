"""Text from outside made harmless to lay out: one line, of a length, without invisible characters."""

import re
import unicodedata

# Joiners are part of the spelling in Arabic, Indic and similar scripts, and of emoji; elsewhere they only hide
# something. So do the selectors of an emoji's style where there is no emoji.
_MISPLACED_JOINER = re.compile(r"(?<![\u0600-\u0fff\u200d\ufe0f\u2190-\u2bff\U0001f000-\U0001faff])[\u200c\u200d]")
_MISPLACED_SELECTOR = re.compile(r"(?<![#*0-9\u00a9\u00ae\u2000-\u3299\U0001f000-\U0001faff])[\ufe0e\ufe0f]")
_BLANK_CHARACTERS = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
)

# What `str.isprintable` takes for visible: the blanks and the selectors above.
_PRINTABLE_INVISIBLE = re.compile(f"{_BLANK_CHARACTERS.pattern}|[\ufe0e\ufe0f]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def truncate(text: str, max_length: int) -> str:
    """`text`, cut at `max_length` characters with an ellipsis."""
    return text if len(text) <= max_length else text[: max(0, max_length - 1)].rstrip() + "…"


def cut_after_word(text: str, max_length: int, max_word: int = 20) -> str:
    """`text` cut behind a word; inside one only if it is longer than `max_word`."""
    if len(text) <= max_length or text[max_length].isspace():
        return text[:max_length]
    cut = text[:max_length]
    blank = max((place for place, letter in enumerate(cut) if letter.isspace()), default=-1)
    return cut[:blank] if blank >= max(1, max_length - max_word) else cut


def single_line(text: str, *, max_length: int = 2000) -> str:
    """`text` on one line, without invisible characters, truncated."""
    return truncate(" ".join(strip_invisible(text[: 4 * max_length]).split()), max_length)


def join_lines(text: str) -> str:
    """`text` without line breaks, all else as it is: for a field of one line."""
    if "\n" not in text and len(text.splitlines()) < 2:
        return text
    return " ".join(line.strip() for line in text.splitlines() if line.strip())


def strip_unstorable(text: str) -> str:
    """`text` without NUL and halves of surrogate pairs, which Postgres does not store."""
    return _UNSTORABLE.sub("", text)


def strip_invisible(text: str) -> str:
    """`text` without control, bidirectional, zero-width and other invisible characters; line breaks stay."""
    if text.replace("\n", "").isprintable() and (text.isascii() or not _PRINTABLE_INVISIBLE.search(text)):
        return text
    text = _BLANK_CHARACTERS.sub("", text.replace("\r\n", "\n"))
    text = _MISPLACED_SELECTOR.sub("", _MISPLACED_JOINER.sub("", text))
    return "".join(_replace_invisible_character(character) for character in text)


def _replace_invisible_character(character: str) -> str:
    if character in "\n\u200c\u200d":
        return character
    category = unicodedata.category(character)
    if category in ("Zl", "Zp") or character in "\t\r\v\f\x85":
        return "\n" if category in ("Zl", "Zp") or character == "\r" else " "
    return "" if category in ("Cc", "Cf", "Co", "Cs") else character
