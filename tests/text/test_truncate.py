import re

from hypothesis import given
from hypothesis import strategies as st

from lib.text.truncate import single_line


@given(st.text(max_size=200))
def test_a_single_line_is_visible(text: str) -> None:
    plain = single_line(text)
    assert "\n" not in plain
    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]", plain
    )
