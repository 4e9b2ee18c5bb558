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
