"""The fonts a PDF is written with, and the characters none of them can draw."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import uharfbuzz
from typst import Fonts

FONT_FOLDER = Path(__file__).parent / "fonts"
FONT_NAME = "Noto Sans"
# A variation selector or a joiner is an instruction to the font, not something it draws.
INVISIBLE_CATEGORIES = ("Cc", "Cf", "Zs", "Zl", "Zp")
VARIATION_SELECTORS = range(0xFE00, 0xFE10)
PLACEHOLDER_FONTS = ("LastResort", "Adobe Blank", "Unicode BMP Fallback")
"""Fonts that claim every character and draw boxes."""


def find_missing_characters(texts: Iterable[str]) -> tuple[str, ...]:
    """Characters that neither the shipped font nor one of this machine can draw, in order of appearance."""
    missing = _drop_drawn_characters(dict.fromkeys(normalize_text("".join(texts))), _list_shipped_characters())
    if missing:
        for path, number in _list_machine_fonts():
            missing = _drop_drawn_characters(missing, _list_font_characters(path, number))
            if not missing:
                break
    return tuple(missing)


def describe_characters(characters: Iterable[str]) -> str:
    """ "🎉 (U+1F389 PARTY POPPER)", for a person who has to find and remove them."""
    return ", ".join(
        f"{character} (U+{ord(character):04X} {unicodedata.name(character, 'unnamed')})" for character in characters
    )


def load_fonts(texts: Iterable[str]) -> Fonts:
    """The shipped fonts; those of this machine too if the texts need them, which takes a tenth of a second once."""
    needed = _drop_drawn_characters(dict.fromkeys(normalize_text("".join(texts))), _list_shipped_characters())
    return _load_font_set(with_machine_fonts=bool(needed))


def normalize_text(text: str) -> str:
    """`text` with composed letters, which more fonts have than letters and marks by themselves."""
    return unicodedata.normalize("NFC", text)


def _drop_drawn_characters(characters: dict[str, None], drawn: frozenset[int]) -> dict[str, None]:
    return {
        character: None for character in characters if _is_visible_character(character) and ord(character) not in drawn
    }


def _is_visible_character(character: str) -> bool:
    return unicodedata.category(character) not in INVISIBLE_CATEGORIES and ord(character) not in VARIATION_SELECTORS


@cache
def _load_font_set(*, with_machine_fonts: bool) -> Fonts:
    return Fonts(include_system_fonts=with_machine_fonts, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)])


@cache
def _list_machine_fonts() -> tuple[tuple[str, int], ...]:
    """File and number of each font the PDF writer finds on this machine."""
    found = _load_font_set(with_machine_fonts=True).fonts()
    known = (font for font in found if not font.family.lstrip(".").startswith(PLACEHOLDER_FONTS))
    return tuple(dict.fromkeys((font.path, font.index) for font in known if font.path))


@cache
def _list_shipped_characters() -> frozenset[int]:
    """Characters that every shipped weight has."""
    weights = [_list_font_characters(str(path), 0) for path in sorted(FONT_FOLDER.glob("*.ttf"))]
    return frozenset.intersection(*weights)


@cache
def _list_font_characters(path: str, number: int) -> frozenset[int]:
    try:
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path), number)
    except (OSError, uharfbuzz.HarfBuzzError):
        return frozenset()  # a file that went away draws nothing
    return frozenset(face.unicodes)
