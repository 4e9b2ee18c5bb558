"""Whether a sentence says only what its passages say: every figure, day, name and negation, and most of its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from lib.chat.claims.claim_parser import find_claims
from lib.chat.claims.days import DayClaim, find_days
from lib.chat.claims.figure_match import find_same_figure
from lib.chat.claims.names import NameClaim, find_names
from lib.chat.claims.polarity import is_contradicted
from lib.chat.record_passages import split_sentences
from lib.text.search_terms import extract_search_terms, split_folded_words

MIN_SHARED_WORDS = 0.5
"""More than this share of the words that carry meaning must stand in the passages; names, figures and days are not
counted."""
MIN_SIMILARITY = 88
"""Of two forms of a word, such as "reorganised" and "reorganisation", 0-100."""
# What a sentence needs to be one, whatever it is about.
_FRAME_WORDS = frozenset(
    extract_search_terms(
        "must need needs give given gives take takes taken make makes get gets go goes come comes put"
        " currently still yet too according per due via around approximately date amount total have having become"
        " may might shall should way part people person customer team company account"
    )
)


_PRONOUNS_TEXT = "she he they it her his their them its him who which this that"
_PRONOUNS = frozenset(_PRONOUNS_TEXT.split())


@dataclass(frozen=True)
class SourcePassage:
    """A passage that may be cited: what it is, and what it says."""

    label: str
    text: str


class SupportError(StrEnum):
    """What a sentence says that its passages do not."""

    FIGURE = "figure"
    DAY = "day"
    NAME = "name"
    NEGATION = "negation"
    WORDS = "words"


def find_support_error(sentence: str, passages: Sequence[SourcePassage]) -> SupportError | None:
    """The first thing in `sentence` that is not in `passages`; None if all of it is."""
    texts = "\n".join(passage.text for passage in passages)
    source = "\n".join((texts, *(passage.label for passage in passages)))
    claims = find_claims(sentence)
    known_figures = find_claims(source).figures
    if not all(_stands_in_days(day, texts, source) for day in claims.days):
        return SupportError.DAY
    if not all(find_same_figure(figure, known_figures) for figure in claims.figures if figure.text.casefold() != "one"):
        return SupportError.FIGURE
    words = frozenset(split_folded_words(source))
    names = claims.names
    if not all(_stands_in(word, words, source) for name in names for word in name.words):
        return SupportError.NAME
    named = [name.text for name in names] + [day.text for day in claims.days]
    if _share_of_known_terms(sentence, named=named, source=source) <= MIN_SHARED_WORDS:
        return SupportError.WORDS
    if _is_said_of_others(sentence, names, split_sentences(texts)):
        return SupportError.NAME
    return SupportError.NEGATION if is_contradicted(sentence, source) else None


def _stands_in_days(day: DayClaim, texts: str, source: str) -> bool:
    """True if a day stands in the passages. The date of a note backs no month or quarter of what it says."""
    is_whole = any(
        reading.day or (reading.year and not reading.month and not reading.quarter) for reading in day.readings
    )
    known = [reading for other in find_days(source if is_whole else texts) for reading in other.readings]
    return any(mine.fits(theirs) for mine in day.readings for theirs in known)


def _is_said_of_others(sentence: str, names: Sequence[NameClaim], sources: Sequence[str]) -> bool:
    """True if the sentence of the passage that is closest names others only."""
    mine = frozenset(word.casefold() for name in names for word in name.words)
    terms = frozenset(extract_search_terms(sentence)) - frozenset(extract_search_terms(" ".join(mine)))
    if not mine or not sources:
        return False
    closest = max(sources, key=lambda source: len(terms & frozenset(extract_search_terms(source))))
    theirs = frozenset(word.casefold() for name in find_names(closest) for word in name.words)
    words = frozenset(split_folded_words(closest))
    # "She asked for the papers": who that is stands in the sentence before.
    return bool(theirs) and not mine & theirs and not mine & words and not words & _PRONOUNS


def _stands_in(word: str, words: frozenset[str], source: str) -> bool:
    """True if a word of a name stands in the source, in another form at most."""
    if any(letter.isdigit() for letter in word) or (not word.isascii() and word in source):
        return word in source
    parts = split_folded_words(word)
    return all(part in words or (len(part) > 4 and _has_similar(part, words, 92)) for part in parts)


def _has_similar(word: str, words: frozenset[str], least: int) -> bool:
    return any(fuzz.ratio(word, other, score_cutoff=least) for other in words if other[:2] == word[:2])


def _share_of_known_terms(sentence: str, *, named: Sequence[str], source: str) -> float:
    """The share of the words of `sentence` that stands in `source`; those that say little or are `named` aside."""
    known = frozenset(extract_search_terms(source))
    named_terms = frozenset(term for name in named for term in extract_search_terms(name))
    terms = [
        term
        for term in dict.fromkeys(extract_search_terms(sentence))
        if term not in named_terms and term not in _FRAME_WORDS and not term.isdigit()
    ]
    if not terms:
        return 1.0
    shared = sum(term in known or _is_same_stem(term, known) for term in terms)
    return shared / len(terms)


def _is_same_stem(term: str, known: frozenset[str]) -> bool:
    if len(term) < 5:
        return False
    return any(
        fuzz.ratio(term, other, score_cutoff=MIN_SIMILARITY) or (len(other) >= 5 and term[:5] == other[:5])
        for other in known
        if other[:3] == term[:3]
    )
