"""Retrieval from a customer's records, on questions whose gold rows were written before anything was tuned."""

import pytest

from lib.llm.text_embedder import BundledEmbedder
from tests.retrieval.retrieval_scores import (
    RetrievalScore,
    build_search,
    format_score,
    list_questions,
    score_retrieval,
    search_words,
)


@pytest.fixture(scope="module")
def tuned() -> RetrievalScore:
    """The half that was looked at while tuning; the figures of both are in decision 0047."""
    return score_retrieval(build_search(BundledEmbedder()), list_questions(held_out=False))


def test_meaning_and_words_find_what_is_asked_in_other_words(tuned: RetrievalScore) -> None:
    report = format_score("words and meaning", tuned)
    assert tuned.recall >= 0.8, report
    assert tuned.share("paraphrase") >= 0.6, report


def test_meaning_loses_nothing_that_words_alone_find(tuned: RetrievalScore) -> None:
    words = score_retrieval(search_words, list_questions(held_out=False))
    assert tuned.found["plain"] >= words.found["plain"], format_score("words and meaning", tuned)


def test_what_the_records_do_not_say_is_not_found(tuned: RetrievalScore) -> None:
    assert tuned.share("none") >= 0.8, format_score("words and meaning", tuned)


def test_words_alone_find_what_is_asked_in_the_words_of_the_records() -> None:
    score = score_retrieval(search_words, list_questions(held_out=False))
    assert score.share("plain") >= 0.95, format_score("words", score)


def test_questions_are_halved_with_each_kind_on_both_sides() -> None:
    halves = [list_questions(held_out=held_out) for held_out in (False, True)]
    assert sum(map(len, halves)) >= 150
    for half in halves:
        assert {question.kind for question in half} == {"plain", "paraphrase", "foreign", "none"}
