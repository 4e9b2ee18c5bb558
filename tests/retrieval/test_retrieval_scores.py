"""Retrieval from a customer's records, on questions whose gold rows were written before anything was tuned."""

from lib.chat.passage_retrieval import rank_passages
from tests.retrieval.retrieval_scores import format_score, list_questions, score_retrieval


def test_words_alone_find_what_is_asked_in_the_words_of_the_records() -> None:
    score = score_retrieval(rank_passages, list_questions(held_out=False))
    assert score.share("plain") >= 0.95, format_score("words", score)


def test_questions_are_halved_with_each_kind_on_both_sides() -> None:
    halves = [list_questions(held_out=held_out) for held_out in (False, True)]
    assert sum(map(len, halves)) >= 150
    for half in halves:
        assert {question.kind for question in half} == {"plain", "paraphrase", "foreign", "none"}
