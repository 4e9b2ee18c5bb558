"""Which passages speak about a question: ranked by the words they share with it (BM25), and by meaning where there are
vectors; both fused by reciprocal rank (docs/decisions/0047-find-by-meaning.md)."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lib.chat.record_passages import Passage, split_sentences
from lib.content.model import CitationSource
from lib.text.search_terms import STOP_WORDS, extract_search_terms, split_folded_words

MAX_HITS = 6
MIN_RELATIVE_SCORE = 0.3
"""Share of the best score; passages below it are about something else."""
SATURATION, LENGTH_WEIGHT = 1.2, 0.75
# Chosen on the tuning half of tests/retrieval: with more weight words pushed out what only meaning had found.
RANK_OFFSET, WORDS_WEIGHT = 5, 0.5
MIN_COVERAGE = 0.6
"""Share of what a question asks, weighted by how rare each term is, that makes a passage its answer by words alone."""
_ENGLISH_WORDS = STOP_WORDS - {"a", "an", "as", "do", "he", "in", "me", "most", "no", "note", "or", "so", "was"}
"""Words of English questions that hardly stand in those of another language."""


@dataclass(frozen=True, kw_only=True)
class PassageHit:
    """A passage that matches. `sentence` is its best one, `similarity` its cosine with the question.

    `coverage` is the share of the question's terms that it has, 0 to 1.
    """

    passage: Passage
    sentence: str
    score: float
    similarity: float | None = None
    coverage: float = 0.0


def rank_passages(passages: Sequence[Passage], question: str, *, most: int = MAX_HITS) -> tuple[PassageHit, ...]:
    """The passages that share terms with `question`, best first; the newest for one without terms ("What is new?")."""
    asked = frozenset(extract_search_terms(question))
    if not asked:
        told = [passage for passage in passages if passage.day and passage.source is not CitationSource.CONTRACT]
        newest = sorted(told, key=lambda passage: passage.day or date.min, reverse=True)[:most]
        return tuple(
            PassageHit(passage=passage, sentence=find_best_sentence(passage.text, asked), score=0) for passage in newest
        )
    scores = _score_passages(_count_terms(passages), asked)
    enough = MIN_RELATIVE_SCORE * max(scores, default=0)
    ranked = sorted(range(len(passages)), key=lambda place: -scores[place])[:most]
    found = [(passages[place], scores[place]) for place in ranked if scores[place] > 0 and scores[place] >= enough]
    return tuple(
        PassageHit(passage=passage, sentence=find_best_sentence(passage.text, asked), score=score)
        for passage, score in found
    )


def fuse_passages(
    passages: Sequence[Passage], question: str, similarities: Sequence[float | None], *, most: int = MAX_HITS
) -> tuple[PassageHit, ...]:
    """The passages nearest to `question` by words and by meaning, best first."""
    asked = frozenset(extract_search_terms(question))
    bags = _count_terms(passages)
    words = _score_passages(bags, asked)
    meanings = [similarity if similarity is not None else -1.0 for similarity in similarities]
    by_words = _list_reciprocal_ranks(words, above=0.0)
    by_meaning = _list_reciprocal_ranks(meanings, above=-1.0)
    fused = [WORDS_WEIGHT * one + other for one, other in zip(by_words, by_meaning, strict=True)]
    weights = _weigh_terms(bags, asked)
    ranked = sorted((place for place in range(len(passages)) if fused[place]), key=lambda place: -fused[place])[:most]
    return tuple(
        PassageHit(
            passage=passages[place],
            sentence=find_best_sentence(passages[place].text, asked),
            score=fused[place],
            similarity=similarities[place],
            coverage=_compute_coverage(bags[place], weights),
        )
        for place in ranked
    )


def has_answer(hits: Sequence[PassageHit], question: str, *, similarity: float, across_languages: float) -> bool:
    """True if one of the first three passages is about `question`, and not only the nearest of what there is.

    `across_languages` is the least similarity for a question in another language than English.
    """
    is_english = bool(_ENGLISH_WORDS & set(split_folded_words(question)))
    least = similarity if is_english else min(similarity, across_languages)
    return any(hit.coverage >= MIN_COVERAGE for hit in hits[:3]) or any((hit.similarity or -1) >= least for hit in hits)


def find_best_sentence(text: str, asked: frozenset[str]) -> str:
    """The sentence of `text` that shares most terms with the question."""
    parts = split_sentences(text) or (text,)
    return max(parts, key=lambda part: len(asked & set(extract_search_terms(part))))


def _count_terms(passages: Sequence[Passage]) -> list[Counter[str]]:
    return [Counter(extract_search_terms(f"{passage.label} {passage.text}")) for passage in passages]


def _weigh_terms(bags: Sequence[Counter[str]], asked: frozenset[str]) -> dict[str, float]:
    """How much each term tells: the fewer passages have it, the more."""
    holding = {term: sum(term in bag for bag in bags) for term in asked}
    return {term: math.log(1 + (len(bags) - count + 0.5) / (count + 0.5)) for term, count in holding.items()}


def _list_reciprocal_ranks(scores: Sequence[float], *, above: float) -> list[float]:
    """For each score 1 / (RANK_OFFSET + its rank); 0 for one that is not `above`."""
    ranks = {place: rank for rank, place in enumerate(sorted(range(len(scores)), key=lambda p: -scores[p]), start=1)}
    return [1 / (RANK_OFFSET + ranks[place]) if score > above else 0.0 for place, score in enumerate(scores)]


def _compute_coverage(bag: Counter[str], weights: dict[str, float]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if bag[term]) / total if total else 0.0


def _score_passages(bags: Sequence[Counter[str]], asked: frozenset[str]) -> list[float]:
    lengths = [sum(bag.values()) for bag in bags]
    average = sum(lengths) / len(lengths) if lengths else 1.0
    weight = _weigh_terms(bags, asked)
    return [
        sum(
            weight[term] * bag[term] * (SATURATION + 1)
            / (bag[term] + SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length / (average or 1)))
            for term in asked
            if bag[term]
        )
        for bag, length in zip(bags, lengths, strict=True)
    ]  # fmt: skip
