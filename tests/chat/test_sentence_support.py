"""A sentence that cites a passage says what it says: scored on a corpus, one half of which no rule was tuned on."""

import pytest

from lib.chat.claims.sentence_support import SourcePassage, SupportError, find_support_error
from tests.chat.support_scores import list_support_pairs, score_support_pairs

MIN_KEPT, MIN_DROPPED = 0.9, 0.95


def test_the_corpus_has_244_pairs_and_no_passage_in_both_halves() -> None:
    pairs = list(list_support_pairs())
    assert len(pairs) == 244
    assert not {pair.passage for pair in pairs if pair.is_held_out} & {
        pair.passage for pair in pairs if not pair.is_held_out
    }


@pytest.mark.parametrize("is_held_out", [False, True])
def test_supported_sentences_are_kept_and_altered_or_invented_ones_dropped(is_held_out: bool) -> None:
    scores = score_support_pairs(is_held_out=is_held_out)
    kept, supported = scores.pop("supported")
    dropped, unsupported = (sum(column) for column in zip(*scores.values(), strict=True))
    assert kept >= MIN_KEPT * supported
    assert dropped >= MIN_DROPPED * unsupported


PLANTS = SourcePassage("Call, 12 Nov 2026", "The steering committee wants one dashboard for 14 plants before March.")


@pytest.mark.parametrize(
    ("sentence", "error"),
    [
        ("The team still uses the dashboards.", SupportError.WORDS),
        ("The committee likes the reports.", SupportError.WORDS),
        ("They want one dashboard for 14 plants too.", None),
        ("They want one dashboard in 2029.", SupportError.DAY),
        ("They want one dashboard by March 2027.", None),
    ],
)
def test_more_than_half_of_the_words_and_every_year_stand_in_the_passage(
    sentence: str, error: SupportError | None
) -> None:
    assert find_support_error(sentence, [PLANTS]) is error
