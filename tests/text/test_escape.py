"""Escaped text reads as it is, in plain Markdown and in Streamlit's; tests/e2e asks a browser the same."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lib.text.markdown_escape import (
    escape_markdown,
    escape_markdown_lines,
    escape_plain_markdown,
    escape_plain_markdown_lines,
)
from lib.text.truncate import single_line
from tests.support.sample_accounts import NASTY

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
CUT = "\ue000"  # private use: stripped from every text, so it stands for the empty directive only
EMOJI = re.compile(r":(?!material/|streamlit:)[\w+-]+:")
"""What makes Streamlit look for emoji, anywhere in the source."""
REPLACED = re.compile(
    r":material_\w+:|:streamlit:|https?://|www(?=\.)|[-.\w+]+@[-\w]+\.[-\w]"
    r"|(?<!\S)(?:<->|->|<-|--|>=|<=|~=)(?!\S)",
    re.IGNORECASE,
)
"""What Streamlit replaces within one piece of text."""
ATTACKS = (
    NASTY,
    "**bold** __bold__ *it* _it_ ~~gone~~",
    "`code` ``` fence ``` ~~~ fence ~~~",
    "[click](http://evil.example) ![pixel](http://evil.example/p.png) <http://evil.example>",
    "http://evil.example/a?b=c https://evil.example www.evil.example WWW.EVIL.EXAMPLE",
    "ines.o+x@acme-x.co.uk <ines@acme.example> mailto:ines@acme.example @acme. a@b",
    "$x^2$ $$E=mc^2$$ \\(x\\) \\[y\\]",
    ":red[hot] :blue-background[x] :small[x] :material/home: :streamlit: :smile: :+1: :-1: :100:",
    "# Title",
    "## Title",
    "- item",
    "+ item",
    "* item",
    "1. one",
    "2) two",
    "> quote",
    "| a | b |",
    "---",
    "===",
    "***",
    "line\n# Title\n- item\n\n    code",
    "tab\tand\vvertical\fform",
    "a\\*b\\",
    "&lt;b&gt; &amp; &#60;script&#62; &copy;",
    "<b>x</b> <script>alert(1)</script> <!-- c --> <img src=x onerror=alert(1)> <svg/onload=alert(1)>",
    "[ref]: http://evil.example",
    "[x][ref]",
    "[^1] [^1]: note",
    "a^b^ H~2~O",
    "==mark==",
    "{{ customer.name }} {% if %}",
    ":material_home: :material_x_y: :STREAMLIT:",
    "a -> b <- c <-> d -- e >= f <= g ~= h",
    ":x:https://a.b :www.a.b :a@b.c",
)


def shown(markdown: str) -> str:
    """What a Markdown renderer shows of it, when all it finds is text; fails on any markup."""
    text: list[str] = []
    for token in MARKDOWN.parse(markdown):
        assert token.type in ("paragraph_open", "paragraph_close", "inline"), token
        for child in token.children or ():
            assert child.type in ("text", "softbreak", "text_special"), child
            text.append(child.content)
    return "".join(text)


def assert_exact(text: str) -> None:
    assert shown(escape_plain_markdown(text)) == single_line(text)
    source = escape_markdown(text)
    assert not EMOJI.search(source)
    assert ":material/" not in source
    seen = shown(source.replace(":small[]", CUT))
    assert seen.replace(CUT, "") == single_line(text)
    assert not [piece for piece in seen.split(CUT) if REPLACED.search(piece)]
    assert not re.search(r"(?<!\\):[a-zA-Z]", source.replace(":small[]", ""))


@pytest.mark.parametrize("attack", ATTACKS)
def test_escaped_text_reads_as_it_is_and_means_nothing(attack: str) -> None:
    assert_exact(attack)


@given(st.text(max_size=200))
def test_any_text_reads_as_it_is_once_escaped(text: str) -> None:
    assert_exact(text)


@given(st.text(alphabet="*_`[]()#+-.!|~$<>&:/\\ \nw1aA=^{}@", max_size=60))
@example(":www.a")
def test_any_punctuation_reads_as_it_is_once_escaped(text: str) -> None:
    assert_exact(text)


@pytest.mark.parametrize(
    "name",
    ["Zoë", "Łukasz Żółć", "株式会社オブシディアン", "שלום", "مثال", "می‌خواهم", "Ağaoğlu", "Ⓐ", "👩🏽", "👩‍👩‍👧 ❤️"],
)
def test_names_of_every_script_stay_as_they_are(name: str) -> None:
    assert single_line(name) == name
    assert_exact(name)


@pytest.mark.parametrize("address", ["ravi.nair@acme-x.co.uk", "https://acme.com/a_b?c=d&e=f#g"])
def test_an_address_in_a_file_can_be_copied_from_its_source(address: str) -> None:
    assert escape_plain_markdown(address).replace("\\", "") == address


def test_line_breaks_are_kept() -> None:
    assert escape_markdown_lines("Hello,\r\n\r\n# one") == "Hello,  \n  \n\\# one"
    assert escape_plain_markdown_lines("Hello,\r\n\r\n# one") == "Hello,  \n  \n\\# one"


@pytest.mark.parametrize("text", ["Orchard & Vale Insurance", "AT&T", "a && b", "&", "?a=1&b=2"])
def test_an_ampersand_that_begins_no_entity_stays_in_a_label_that_is_read_aloud(text: str) -> None:
    assert "&amp;" not in escape_markdown(text)


def test_an_ampersand_that_would_begin_an_entity_is_escaped() -> None:
    assert escape_markdown("&lt; &copy; R&D;") == "&amp;lt; &amp;copy; R&amp;D;"
