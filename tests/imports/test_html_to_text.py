"""Notes exported as HTML."""

import time

import pytest

from lib.imports.html_to_text import html_to_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>First &amp; second</p><p>Third<br/>fourth</p>", "First & second\nThird\nfourth"),
        ("<div><ul><li>One</li><li><b>Two</b></li></ul></div>", "One\nTwo"),
        ('<p onclick="x()">Hi <a href="https://x.example">there</a></p><script>alert(1)</script>', "Hi there"),
        ("if a < b and c > d: <3", "if a < b and c > d: <3"),
        ("Write <name> here", "Write <name> here"),
        ("Line one\nLine two", "Line one\nLine two"),
    ],
)
def test_html_becomes_text_and_text_stays(text: str, plain: str) -> None:
    assert html_to_text(text) == plain


@pytest.mark.parametrize("piece", ["<p>", "<p ", "<!--", "<![CDATA[", "</p", "&", "<br   "])
def test_a_long_note_costs_no_time(piece: str) -> None:
    started = time.process_time()
    html_to_text("<p>" + piece * (180_000 // len(piece)))
    assert time.process_time() - started < 3
