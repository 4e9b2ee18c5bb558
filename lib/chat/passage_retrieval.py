"""Which passages speak about a question: ranked by the words they share with it (BM25), here and without a vendor."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lib.chat.record_passages import Passage, split_sentences
from lib.content.model import CitationSource
from lib.text.search_terms import extract_search_terms

MAX_HITS = 6
MIN_RELATIVE_SCORE = 0.3
"""Share of the best score; passages below it are about something else."""
SATURATION, LENGTH_WEIGHT = 1.2, 0.75


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
