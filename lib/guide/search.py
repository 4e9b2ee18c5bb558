"""Search in the guide: sections with words that begin as the typed ones do, or have the same stem."""

from collections.abc import Sequence
from functools import lru_cache

from lib.guide.model import GuideHit, GuidePage, GuideSection
from lib.text.search_terms import STOP_WORDS, split_folded_words, stem_word

MAX_HITS = 8
HEADING_WEIGHT, TITLE_WEIGHT = 3, 2
MAX_QUERY_CHARS = 200


def search_guide(pages: Sequence[GuidePage], query: str) -> tuple[GuideHit, ...]:
    """The sections with all words of `query`, else those with most of them; headings and titles count more."""
    words = list_guide_query_words(query)
    scored = [
        (_score_guide_section(page, section, words), page, section) for page in pages for section in page.sections
    ]
    most = max((matched for (matched, _), *_ in scored), default=0)
    if not most:
        return ()
    # Python's sort is stable: equals stay in the order of the guide.
    best = sorted((each for each in scored if each[0][0] == most), key=lambda each: -each[0][1])
    return tuple(GuideHit(page=page, section=section) for _, page, section in best[:MAX_HITS])


def list_guide_query_words(query: str) -> tuple[str, ...]:
    """The words looked for, each once. Stop words count only in a query that has no others."""
    words = dict.fromkeys(split_folded_words(query[:MAX_QUERY_CHARS]))
    return tuple(word for word in words if word not in STOP_WORDS) or tuple(words)


def matches_word(word: str, sought: str) -> bool:
    """True for a word that begins with `sought` or has its stem."""
    return word.startswith(sought) or stem_word(word) == stem_word(sought)


def _score_guide_section(page: GuidePage, section: GuideSection, words: Sequence[str]) -> tuple[int, int]:
    """How many of the words it has, and how prominently."""
    weights = ((TITLE_WEIGHT, page.title), (HEADING_WEIGHT, section.heading), (1, section.text))
    points = [
        sum(weight for weight, text in weights if any(matches_word(each, word) for each in _split_text_words(text)))
        for word in words
    ]
    return sum(point > 0 for point in points), sum(points)


@lru_cache(maxsize=2_000)
def _split_text_words(text: str) -> frozenset[str]:
    return frozenset(split_folded_words(text))
