"""Excerpts of search results: a cut of the text, whatever it holds, with the words searched for marked."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lib.chat.search_matches import (
    BLANKS,
    EXCERPT_LENGTH,
    LENGTH_BEFORE_MATCH,
    MAX_CUT_WORD,
    SearchTerm,
    cut_search_excerpt,
    find_term_matches,
    shorten_search_excerpt,
)
from lib.content.block_text import block_to_shown_text
from lib.content.model import Text
from lib.text.html import clean_html, markdown_to_html
from tests.pages.test_conversations import build_excerpt_html, make_hit

ANY_TEXT = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=600)
WORDS = ("renewal", "10:30", "**", ":orange-background[30]", "<mark>", "\ue000x\ue001", "Müller", "$284,400", "`a`",
         "e\u0301", "満足", "ﬁn", "&lt;", "\\", " ", "\n", "_i_", "[x](y)")  # fmt: skip
WORDY_TEXT = some.lists(some.sampled_from(WORDS), max_size=80).map(" ".join)
TERMS = ("renewal", "10 30", "30", "muller", "284400", "満 足", "fi", "x", "mark", "background")


@given(ANY_TEXT | WORDY_TEXT, some.lists(some.sampled_from(TERMS), max_size=3), some.booleans())
def test_the_markup_of_an_excerpt_reads_as_a_cut_of_the_text(text: str, words: list[str], is_beginning: bool) -> None:
    terms = [SearchTerm(words=each, is_beginning=is_beginning) for each in words]
    excerpt = cut_search_excerpt(text, terms)
    hit = make_hit(text, excerpt=excerpt)
    read = unescape(re.sub(r"</?(?:mark|span)[^>]*>", "", clean_html(build_excerpt_html(hit))))
    shown = f"{'… ' if excerpt.has_text_before else ''}{excerpt.text}{' …' if excerpt.has_text_after else ''}"
    assert read == shown.replace("\r\n", "\n").replace("\r", "\n")
    assert excerpt.text in text.translate(BLANKS)
    assert len(excerpt.text) <= EXCERPT_LENGTH
    assert excerpt.has_text_after or text.translate(BLANKS).rstrip(" ").endswith(excerpt.text)


@given(ANY_TEXT | WORDY_TEXT, some.sampled_from(TERMS))
def test_matches_are_in_order_and_apart(text: str, words: str) -> None:
    spans = find_term_matches(text, [SearchTerm(words=words, is_beginning=True)])
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(start < end for start, end in spans)


@pytest.mark.parametrize(
    ("text", "words", "is_beginning", "found"),
    [
        ("Renewal, renewals and a prerenewal", "renewal", False, ["Renewal"]),
        ("Renewal, renewals and a prerenewal", "renewal", True, ["Renewal", "renewal"]),
        ("Müller and Mullers", "muller", False, ["Müller"]),
        ("$284,400 or 284400 or 1284400", "284400", False, ["284,400", "284400"]),
        ("At 10:30 and 10:300", "10 30", False, ["10:30"]),
        ("不満足です", "満 足", False, ["満足"]),
        ("Renewal", " ", False, []),
    ],
)
def test_whole_words_are_found_or_their_beginnings(text: str, words: str, is_beginning: bool, found: list[str]) -> None:
    spans = find_term_matches(text, [SearchTerm(words=words, is_beginning=is_beginning)])
    assert [text[start:end] for start, end in spans] == found


def test_an_excerpt_begins_a_little_before_its_match_at_a_word() -> None:
    text = f"{'one two three ' * 30}renewal{' four five six' * 30}"
    excerpt = cut_search_excerpt(text, [SearchTerm(words="renewal", is_beginning=False)])
    (match,) = [piece for piece, is_match in excerpt.split_at_matches() if is_match]
    before = excerpt.text.index("renewal")
    assert match == "renewal"
    assert LENGTH_BEFORE_MATCH - MAX_CUT_WORD < before <= LENGTH_BEFORE_MATCH
    assert excerpt.text.split()[0] in ("one", "two", "three")
    assert (excerpt.has_text_before, excerpt.has_text_after) == (True, True)


@pytest.mark.parametrize("max_length", range(20, 41))
def test_an_excerpt_ends_with_a_whole_word(max_length: int) -> None:
    text = "The ticket is open (62 hours so far) and nobody answered it."
    cut = cut_search_excerpt(text, [], max_length)
    shortened = shorten_search_excerpt(cut_search_excerpt(text, []), max_length)
    for excerpt in (cut, shortened):
        assert excerpt.has_text_after
        assert len(excerpt.text) <= max_length
        assert excerpt.text.split() == text.split()[: len(excerpt.text.split())]


def test_an_excerpt_of_one_long_word_is_cut_inside_it() -> None:
    assert cut_search_excerpt("x" * 300, [], 50).text == "x" * 50


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("It **rises** by _5%_, `x` and ~~y~~.", "It rises by 5%, x and y."),
        ("At 10:30 :orange-background[x]", "At 10:30 :orange-background[x]"),
        ("# One\n\n- two\n- three", "One\ntwo\nthree"),
        ("| a | b |\n|---|---|\n| c | 1 < 2 |", "a | b\nc | 1 < 2"),
        ("[words](https://evil.example) ![alt](https://evil.example/x.png)", "words (image left out: alt)"),
        ("__init__.py and 2 * 3 * 4", "init.py and 2 * 3 * 4"),
        ("<b>bold</b> &amp; &lt;", "<b>bold</b> & <"),
        ("```python\nif a:\n    b()\n```", "if a:\n    b()"),
    ],
)
def test_markdown_is_searched_and_listed_as_it_reads(markdown: str, shown: str) -> None:
    assert block_to_shown_text(Text(markdown=markdown)) == shown


@given(ANY_TEXT | WORDY_TEXT)
def test_shown_text_of_markdown_is_the_text_of_its_html(source: str) -> None:
    html = re.sub(r"</(?:td|th)>\s*(?=<t[dh])", " | ", markdown_to_html(source))
    read = unescape(re.sub(r"<[^>]*>", "", re.sub(r"</(?:p|h5|li|tr|pre)>|<[bh]r[ /]*>", "\n", html)))
    assert block_to_shown_text(Text(markdown=source)).split() == read.split()
