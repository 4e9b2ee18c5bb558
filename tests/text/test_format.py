import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lib.text.escape import escape_markdown, escape_markdown_lines
from lib.text.format import (
    format_change,
    format_count,
    format_date,
    format_days,
    format_money,
    format_percent,
    format_yes_no,
    join_names,
    relative_days,
)
from lib.text.truncate import single_line
from tests.support.sample_accounts import NASTY

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
DIRECTIVE = re.compile(r":[a-z-]+\[|:material[/_]|:streamlit:|:\+1:|:-1:|:[a-zA-Z_+-][\w+-]*:")
LINK = re.compile(r"https?://|www\.|[-.\w+]+@[-\w]+\.[-\w]", re.IGNORECASE)
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


def looks_like(text: str) -> str:
    """The look-alikes that keep Streamlit from finding directives and links, undone."""
    return text.replace("\u2236", ":").replace("\u2024", ".").replace("\u2215", "/")


@pytest.mark.parametrize("attack", ATTACKS)
def test_escaped_text_reads_literally_and_is_no_markup(attack: str) -> None:
    assert looks_like(shown(escape_markdown(attack))) == single_line(attack)


@pytest.mark.parametrize("attack", ATTACKS)
def test_escaped_text_holds_no_directive_and_no_link(attack: str) -> None:
    seen = shown(escape_markdown(attack))
    assert not DIRECTIVE.search(seen)
    assert not LINK.search(seen)


@given(st.text(max_size=200))
def test_any_text_reads_literally_once_escaped(text: str) -> None:
    assert looks_like(shown(escape_markdown(text))) == looks_like(single_line(text))


@given(st.text(alphabet="*_`[]()#+-.!|~$<>&:/\\ \nw1aA=^{}@", max_size=60))
def test_any_punctuation_reads_literally_once_escaped(text: str) -> None:
    seen = shown(escape_markdown(text))
    assert looks_like(seen) == looks_like(single_line(text))
    assert not DIRECTIVE.search(seen)
    assert not LINK.search(seen)


@given(st.text(max_size=200))
def test_plain_text_is_one_visible_line(text: str) -> None:
    plain = single_line(text)
    assert "\n" not in plain
    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]", plain
    )


@pytest.mark.parametrize(
    "name", ["Zoë", "Łukasz Żółć", "株式会社オブシディアン", "שלום", "مثال", "می‌خواهم", "Ağaoğlu", "Ⓐ", "👩🏽"]
)
def test_names_of_every_script_stay_as_they_are(name: str) -> None:
    assert single_line(name) == name
    assert shown(escape_markdown(name)) == name


def test_lines_are_kept_where_they_mean_something() -> None:
    assert escape_markdown_lines("Hello,\r\n\r\n# one") == "Hello,  \n  \n\\# one"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, "no data"),
        (0, "$0"),
        (Decimal(284400), "$284,400"),
        (12.5, "$12.50"),
        (Decimal("-1200.00"), "-$1,200"),
        (0.005, "$0.01"),
        (1e15, "$1,000,000,000,000,000"),
    ],
)
def test_money_is_usd_and_missing_is_never_zero(amount: float | Decimal | None, text: str) -> None:
    assert format_money(amount) == text


def test_figures_carry_their_unit() -> None:
    assert format_percent(Decimal("12.50")) == "12.5%"
    assert format_count(1, "seat") == "1 seat"
    assert format_count(1250, "seat") == "1,250 seats"
    assert format_days(30) == "30 days"
    assert format_date(date(2027, 3, 2)) == "2 Mar 2027"
    assert [relative_days(days) for days in (1, 0, -12)] == ["in 1 day", "today", "12 days ago"]
    assert [format_change(amount) for amount in (5, 0, -5)] == ["+$5", "no change", "-$5"]


def test_missing_reads_no_data_everywhere() -> None:
    say = (
        format_money,
        format_percent,
        format_count,
        format_date,
        format_days,
        relative_days,
        format_yes_no,
        format_change,
    )
    assert {speak(None) for speak in say} == {"no data"}
    assert join_names([]) == "no data"


def test_names_are_listed_as_one_says_them() -> None:
    assert join_names(["A", "B", "C"]) == "A, B and C"
    assert join_names(["A"]) == "A"
