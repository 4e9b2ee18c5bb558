"""Scores retrieval on the questions of `questions.toml` over the records of `records.toml`.

python -m tests.retrieval.retrieval_scores             words alone and with vectors, the tuning half, each miss quoted
python -m tests.retrieval.retrieval_scores --held-out  the other half, counts only
"""

import hashlib
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lib.chat.passage_retrieval import rank_passages
from lib.chat.record_passages import Passage
from lib.chat.record_search import RecordSearch, choose_hits
from lib.content.model import CitationSource
from lib.llm.text_embedder import BundledEmbedder, TextEmbedder, Vector, compute_cosine

FOLDER = Path(__file__).parent
ANSWERABLE = ("plain", "paraphrase", "foreign")
Search = Callable[[Sequence[Passage], str], RecordSearch]


@dataclass(frozen=True, kw_only=True)
class GoldQuestion:
    """A question to the records of one customer. `gold`: ids of rows that answer it; none if the records do not."""

    customer: str
    kind: str
    text: str
    gold: tuple[str, ...]

    @property
    def is_held_out(self) -> bool:
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True, kw_only=True)
class RetrievalScore:
    """Of questions with an answer: how many had it in the first three, and the mean reciprocal rank.

    Of those without one: how many were told that nothing answers them (`found`, by kind "none"). `answered` leaves out
    what was found, but shown only as the nearest passages beneath "I found nothing".
    """

    found: dict[str, int]
    answered: dict[str, int]
    asked: dict[str, int]
    reciprocal_rank: float
    misses: tuple[str, ...]

    @property
    def recall(self) -> float:
        return sum(self.found[kind] for kind in ANSWERABLE) / sum(self.asked[kind] for kind in ANSWERABLE)

    def share(self, kind: str) -> float:
        return self.found[kind] / self.asked[kind]


@cache
def list_passages(customer: str) -> tuple[Passage, ...]:
    sections = tomllib.loads((FOLDER / "records.toml").read_text())[customer]
    return tuple(
        Passage(source=CitationSource(section), id=key, label=section.replace("_", " ").capitalize(), text=text)
        for section, records in sections.items()
        for key, text in records.items()
    )


def list_questions(*, held_out: bool) -> tuple[GoldQuestion, ...]:
    return tuple(question for question in _read_questions() if question.is_held_out == held_out)


def score_retrieval(search: Search, questions: Sequence[GoldQuestion]) -> RetrievalScore:
    kinds = (*ANSWERABLE, "none")
    found, answered, asked = dict.fromkeys(kinds, 0), dict.fromkeys(kinds, 0), dict.fromkeys(kinds, 0)
    reciprocal, misses = 0.0, []
    for question in questions:
        result = search(list_passages(question.customer), question.text)
        ids = [hit.passage.id for hit in result.hits or result.nearest]
        place = next((place for place, each in enumerate(ids, start=1) if each in question.gold), None)
        right = not result.hits if question.kind == "none" else place is not None and place <= 3
        asked[question.kind] += 1
        found[question.kind] += right
        answered[question.kind] += right and bool(result.hits)
        reciprocal += 1 / place if place else 0
        if not right:
            misses.append(
                f"{question.kind}: {question.text} wants {', '.join(question.gold) or 'nothing'}, got {ids[:3]}"
            )
    answerable = sum(asked[kind] for kind in ANSWERABLE)
    return RetrievalScore(
        found=found, answered=answered, asked=asked, reciprocal_rank=reciprocal / answerable, misses=tuple(misses)
    )


def format_score(name: str, score: RetrievalScore) -> str:
    kinds = ", ".join(f"{kind} {score.found[kind]} of {score.asked[kind]}" for kind in score.asked)
    answered = sum(score.answered[kind] for kind in ANSWERABLE)
    return f"{name}: recall@3 {score.recall:.2f}, MRR {score.reciprocal_rank:.2f}; {kinds}; {answered} said as answers"


def search_words(passages: Sequence[Passage], question: str) -> RecordSearch:
    return RecordSearch(hits=rank_passages(passages, question))


def build_search(embedder: TextEmbedder) -> Search:
    """The search as `RecordSearcher` does it, over passages that are not in a database."""

    @cache
    def embed(passage: Passage) -> Vector:
        return embedder.embed_passages([passage.text])[0]

    def search(passages: Sequence[Passage], question: str) -> RecordSearch:
        vector = embedder.embed_question(question)
        similarities = [compute_cosine(vector, embed(passage)) for passage in passages]
        return choose_hits(passages, question, similarities, embedder)

    return search


def _read_questions() -> Iterator[GoldQuestion]:
    for customer, kinds in tomllib.loads((FOLDER / "questions.toml").read_text()).items():
        for kind, rows in kinds.items():
            for row in rows:
                text, *gold = (row,) if kind == "none" else row
                yield GoldQuestion(customer=customer, kind=kind, text=text, gold=tuple(gold))


def main() -> None:
    held_out = "--held-out" in sys.argv
    questions = list_questions(held_out=held_out)
    print(format_score("words", score_retrieval(search_words, questions)))
    score = score_retrieval(build_search(BundledEmbedder()), questions)
    print(format_score("words and meaning", score))
    if not held_out:
        print("\n".join(score.misses))


if __name__ == "__main__":
    main()
