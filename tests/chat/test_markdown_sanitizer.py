"""Markdown of a model or a customer reads as it was written and can do nothing, on the page and in an exported file."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from lib.chat.markdown_sanitizer import fence_code, sanitize_markdown
from lib.text.html import clean_html, markdown_to_html
from tests.chat.markdown_assertions import assert_html_inert, assert_inert
from tests.slides.template_attacks import TEMPLATE_ATTACKS
from tests.support.sample_accounts import NASTY


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Plain words, 12.5 % of $3.", "Plain words, 12.5 % of \\$3\\."),
        ("A **bold** and *soft* and ~~gone~~ word.", "A **bold** and *soft* and ~~gone~~ word."),
        ("- one\n- two\n  - three", "- one\n- two\n  - three"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("# Loud", "##### Loud"),
        ("> said\n> so", "> said\n> so"),
        ("`code()`", "` code() `"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("```python\nx = 1\n```", "```python\nx = 1\n```"),
        ("[here](https://evil.example)", "here"),
        ("![chart](https://evil.example/x.png)", "(image left out: chart)"),
        ("株式会社は 3 月に更新します。", "株式会社は 3 月に更新します。"),
        ("Ask ines.o@acme-x.co.uk.", "Ask ines.o@acme-x.co.uk."),
        ("From notes [1][2].", "From notes \\[1\\]\\[2\\]."),
        ("", ""),
    ],
)
def test_it_looks_like_what_was_said(said: str, shown: str) -> None:
    assert sanitize_markdown(said) == shown
    assert_inert(sanitize_markdown(said))


@pytest.mark.parametrize("said", [NASTY, *TEMPLATE_ATTACKS])
def test_attacks_are_words(said: str) -> None:
    for text in (said, f"- {said}\n\n> {said}\n\n| {said} | b |\n|---|---|\n| {said} | x |"):
        assert_inert(sanitize_markdown(text))
        assert_html_inert(clean_html(markdown_to_html(text)))


PIECES = some.sampled_from(
    ["[", "]", "(", ")", "!", "*", "_", "`", "```", "\n", "\n\n", " ", "    ", "<", ">", "<img src=x>", "|", "|---|",
     ":", ":red[", ":material/x:", "$", "$$", "\\", "&#33;", "&lt;", "http://e.x", "//e.x", "www.e.x", "a", "1.", "-",
     "#", "~", "\u200b", "\u202e", "字", "[^1]", "[1]: u", "e@e.x", "@", ".x", "{{", "---", "==="]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(some.lists(PIECES, max_size=40).map("".join))
@example("    ```$")
def test_no_way_of_putting_signs_together_does_anything(said: str) -> None:
    assert_inert(sanitize_markdown(said))
    assert_html_inert(clean_html(markdown_to_html(said)))


@settings(max_examples=100, deadline=None)
@given(some.lists(PIECES, max_size=20).map("".join))
def test_what_is_safe_stays_safe(said: str) -> None:
    assert_inert(sanitize_markdown(sanitize_markdown(said)))


def test_no_line_of_code_ends_its_block() -> None:
    assert fence_code("a\n```\nb\n````").startswith("`````text\n")


def test_a_hundred_thousand_characters_come_through() -> None:
    said = "Words and **more** words, 字字字, and so on. " * 2500
    assert sanitize_markdown(said).split() == said.split()
    assert sanitize_markdown("x" * 100_000).count("x") == 100_000
