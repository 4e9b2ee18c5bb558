"""Finding the words of a search in a text, by positions, and cutting an excerpt around the first of them.

The database finds the messages; this finds the same words in what is shown of them, so that the page can mark them
without writing anything into the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lib.text.truncate import cut_after_word

EXCERPT_LENGTH, LENGTH_BEFORE_MATCH, MAX_CUT_WORD = 240, 80, 20
ACCENTS = "\u0300-\u036f"
BLANKS = str.maketrans("\n\r\t", "   ")
# Between the letters of a word accents and separators may stand ("284,400"), between words whatever is no letter.
_IN_WORD, _BETWEEN_WORDS = r"(?:[^\w\s]|_)*", r"[\W_]*"

Span = tuple[int, int]
"""Start and end of a match in a text."""


@dataclass(frozen=True, kw_only=True)
class SearchTerm:
    """Words in a row as `private.parse_words` reads them; the last may be the beginning of a word."""

    words: str
    is_beginning: bool


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """A cut of a text with the matches in it; line breaks and tabs are blanks."""

    text: str
    matches: tuple[Span, ...] = ()
    has_text_before: bool = False
    has_text_after: bool = False

    def split_at_matches(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with True if it is a match."""
        done = 0
        for start, end in self.matches:
            yield from ((self.text[done:start], False),) if done < start else ()
            yield self.text[start:end], True
            done = end
        if done < len(self.text):
            yield self.text[done:], False


def cut_search_excerpt(text: str, terms: Iterable[SearchTerm], max_length: int = EXCERPT_LENGTH) -> Excerpt:
    """The part of `text` around its first match, or its beginning."""
    matches = find_term_matches(text, terms)
    start = _choose_excerpt_start(text, matches[0][0]) if matches else 0
    cut = cut_after_word(text[start:], max_length).translate(BLANKS)
    shown = cut.strip(" ")
    start += len(cut) - len(cut.lstrip(" "))
    end = start + len(shown)
    return Excerpt(
        text=shown,
        matches=tuple((max(a, start) - start, min(b, end) - start) for a, b in matches if a < end and b > start),
        has_text_before=bool(text[:start].translate(BLANKS).strip(" ")),
        has_text_after=bool(text[end:].translate(BLANKS).strip(" ")),
    )


def find_term_matches(text: str, terms: Iterable[SearchTerm]) -> tuple[Span, ...]:
    """Where the words stand in `text`, in any case and with or without accents, in order."""
    patterns = [pattern for term in terms if (pattern := _build_terms_pattern(term))]
    if not patterns:
        return ()
    decomposed = [(part, place) for place, letter in enumerate(text) for part in unicodedata.normalize("NFKD", letter)]
    plain = "".join(part for part, _ in decomposed)
    spans: list[Span] = []
    for found in re.finditer("|".join(patterns), plain, re.IGNORECASE):
        if not found[0]:
            continue
        # Two matches may share a letter that stands for several, such as "ﬁ".
        start = max(decomposed[found.start()][1], spans[-1][1] if spans else 0)
        end = decomposed[found.end() - 1][1] + 1
        spans += [(start, end)] if start < end else []
    return tuple(spans)


def shorten_search_excerpt(excerpt: Excerpt, max_length: int) -> Excerpt:
    """An excerpt without matches, cut to `max_length`."""
    if len(excerpt.text) <= max_length:
        return excerpt
    return Excerpt(
        text=cut_after_word(excerpt.text, max_length).rstrip(),
        has_text_before=excerpt.has_text_before,
        has_text_after=True,
    )


def _choose_excerpt_start(text: str, first_match: int) -> int:
    """A little before the match, at the beginning of a word if one is near."""
    start = max(0, first_match - LENGTH_BEFORE_MATCH)
    blank = text.find(" ", start, start + MAX_CUT_WORD) if start else -1
    return blank + 1 if blank >= 0 else start


def _build_terms_pattern(term: SearchTerm) -> str:
    words = term.words.split()
    if not words:
        return ""
    letters = [
        _IN_WORD.join(
            re.escape(letter) for letter in unicodedata.normalize("NFKD", word) if not _is_combining_accent(letter)
        )
        for word in words
    ]
    before = "" if _is_single_non_ascii_letter(words[0]) else r"(?<![^\W_])"
    after = "" if term.is_beginning or _is_single_non_ascii_letter(words[-1]) else r"(?![^\W_])"
    return f"{before}{_BETWEEN_WORDS.join(letters)}[{ACCENTS}]*{after}"


def _is_combining_accent(letter: str) -> bool:
    return "\u0300" <= letter <= "\u036f"


def _is_single_non_ascii_letter(word: str) -> bool:
    """A single letter beyond ASCII may be a word within a run of letters, as in Chinese."""
    return len(word) == 1 and not word.isascii()
