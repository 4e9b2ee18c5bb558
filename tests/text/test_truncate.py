import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.text.truncate import single_line, strip_invisible, truncate


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abcdef", "abcdef"), ("abcdefg", "abcde…"), ("abcd efgh", "abcd…"), ("", "")],
)
def test_a_text_is_cut_at_its_limit_ellipsis_included(text: str, expected: str) -> None:
    assert truncate(text, 6) == expected


@pytest.mark.parametrize(
    "character",
    ["\x07", "\x9f", "\u200b", "\u202e", "\u2066", "\ufeff", "\U000e0041", "\ue000", "\ud800"],
    ids=["bell", "C1", "zero width", "override", "isolate", "byte order mark", "tag", "private use", "surrogate"],
)
def test_an_invisible_character_is_left_out(character: str) -> None:
    assert strip_invisible(f"a{character}ö") == "aö"


@given(st.text(max_size=200))
def test_a_single_line_is_visible(text: str) -> None:
    plain = single_line(text)
    assert "\n" not in plain
    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]", plain
    )


def test_what_is_returned_as_it_is_has_nothing_to_take_out():
    """The way for most texts, which are looked at as a whole, and the way character by character agree."""
    for number in (*range(0x3400), *range(0xD7A4, 0x10000), *range(0x1F000, 0x20000), *range(0xE0000, 0xE1000)):
        # A tab leads the second way.
        alone, checked = strip_invisible(f"a{chr(number)}"), strip_invisible(f"a{chr(number)}\t")
        assert alone == checked[:-1], hex(number)
