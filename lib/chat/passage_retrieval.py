"""Which passages speak about a question: ranked by the words they share with it (BM25), here and without a vendor."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import takewhile

import snowballstemmer

from lib.chat.record_passages import Passage, split_sentences
from lib.content.model import CitationSource

MAX_HITS = 6
MIN_RELATIVE_SCORE = 0.3
"""Share of the best score; passages below it are about something else."""
SATURATION, LENGTH_WEIGHT = 1.2, 0.75

_WORD = re.compile(r"[^\W_]+")
_NO_BLANKS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# Words of a question that say nothing about what it is about.
_COMMON = (
    "a about again all also am an and any anybody anyone anything are as ask asked at be been before "
    "being but by can could customer customers did do does doing done for from had has have he her here "
    "him his how i if in into is it its just know last latest let me mention mentioned more most my new "
    "newest no not note notes now of on one or our out over please record records recent recently said "
    "say says she should show so some something tell than that the their them then there these they thing "
    "things this those to told up us very was we were what when where which who whom whose why will with "
    "would wrote you your"
)
STOP_WORDS = frozenset(_COMMON.split())


@dataclass(frozen=True, kw_only=True)
class PassageHit:
    """A passage that matches. `sentence` is its best one."""

    passage: Passage
    sentence: str
    score: float


def rank_passages(passages: Sequence[Passage], question: str, *, most: int = MAX_HITS) -> tuple[PassageHit, ...]:
    """The passages that share terms with `question`, best first; the newest for one without terms ("What is new?")."""
    asked = frozenset(extract_search_terms(question))
    if not asked:
        told = [passage for passage in passages if passage.day and passage.source is not CitationSource.CONTRACT]
        newest = sorted(told, key=lambda passage: passage.day or date.min, reverse=True)[:most]
        return tuple(
            PassageHit(passage=passage, sentence=find_best_sentence(passage.text, asked), score=0) for passage in newest
        )
    scores = _score_passages(passages, asked)
    enough = MIN_RELATIVE_SCORE * max(scores, default=0)
    ranked = sorted(range(len(passages)), key=lambda place: -scores[place])[:most]
    found = [(passages[place], scores[place]) for place in ranked if scores[place] > 0 and scores[place] >= enough]
    return tuple(
        PassageHit(passage=passage, sentence=find_best_sentence(passage.text, asked), score=score)
        for passage, score in found
    )


def find_best_sentence(text: str, asked: frozenset[str]) -> str:
    """The sentence of `text` that shares most terms with the question."""
    parts = split_sentences(text) or (text,)
    return max(parts, key=lambda part: len(asked & set(extract_search_terms(part))))


def list_word_beginnings(text: str) -> list[str]:
    """The beginnings that words of `text` share with their stems, each once; letters in scripts without blanks."""
    found: dict[str, None] = {}
    for word in _split_folded_words(text):
        if _NO_BLANKS.search(word):
            found |= dict.fromkeys(word)
        elif word not in STOP_WORDS and (len(word) > 1 or word.isdigit()):
            found[_shorten_to_stem(word)] = None
    return list(found)


def _shorten_to_stem(word: str) -> str:
    """What a word has in common with its stem: "happ" of "happy" and "happi"."""
    pairs = zip(word, _stem_word(word), strict=False)
    return "".join(letter for letter, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)) or word


def _split_folded_words(text: str) -> list[str]:
    """The words of a text, in lower case and without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return _WORD.findall(unicodedata.normalize("NFC", plain))


def extract_search_terms(text: str) -> list[str]:
    """A text's terms: stemmed, without stop words; pairs of characters in scripts without blanks."""
    found: list[str] = []
    for word in _split_folded_words(text):
        if _NO_BLANKS.search(word):
            found += [word[place : place + 2] for place in range(max(1, len(word) - 1))]
        elif word not in STOP_WORDS and (len(word) > 1 or word.isdigit()):
            found.append(_stem_word(word))
    return found


# A stemmer has state, so threads do not share one. Stemming takes 0.1 ms a word; words come again and again.
@lru_cache(maxsize=20_000)
def _stem_word(word: str) -> str:
    return str(snowballstemmer.stemmer("english").stemWord(word))


def _score_passages(passages: Sequence[Passage], asked: frozenset[str]) -> list[float]:
    bags = [Counter(extract_search_terms(f"{passage.label} {passage.text}")) for passage in passages]
    lengths = [sum(bag.values()) for bag in bags]
    average = sum(lengths) / len(lengths) if lengths else 1.0
    weight = {}
    for term in asked:
        holding = sum(term in bag for bag in bags)
        weight[term] = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
    return [
        sum(
            weight[term] * bag[term] * (SATURATION + 1)
            / (bag[term] + SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length / (average or 1)))
            for term in asked
            if bag[term]
        )
        for bag, length in zip(bags, lengths, strict=True)
    ]  # fmt: skip
