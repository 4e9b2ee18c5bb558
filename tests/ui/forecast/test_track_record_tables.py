"""The tables of the track record, and the share of a renewal in words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lib.forecasts.track_record import CallScore, CategoryRecord, TrackRecord
from lib.ui.forecast.renewal_rows import describe_renewal_share
from lib.ui.forecast.track_record_section import build_category_table, build_score_table
from tests.forecasts.test_export import ROW as A_ROW

SCORE = CallScore(call="csm", renewals=20, renewed=17, brier=Decimal("0.11"), standard_error=Decimal("0.034"))
TENTH = CategoryRecord(call="computed", category="90%", claim=Decimal("0.93"), renewals=40, renewed=30)


ROW = replace(A_ROW, share=Decimal("0.93"))


def build_record(*scores: CallScore) -> TrackRecord:
    return TrackRecord(closed=60, least_experience=20, scores=scores, categories=(TENTH,))


def test_a_score_stands_with_its_standard_error() -> None:
    row = build_score_table(build_record(SCORE)).rows[0]
    assert (row["brier"], row["verdict"]) == ("0.11 ± 0.03", "better")
    assert build_score_table(build_record(replace(SCORE, brier=Decimal("0.3")))).rows[0]["verdict"] == "no better"


def test_of_fewer_than_twenty_renewals_no_score_is_shown() -> None:
    row = build_score_table(build_record(replace(SCORE, renewals=19))).rows[0]
    assert (row["brier"], row["verdict"]) == ("", "too few to tell")


def test_a_tenth_of_the_computed_share_is_judged_as_a_category() -> None:
    row = build_category_table(build_record(SCORE)).rows[0]
    assert (row["call"], row["category"], row["claim"]) == ("Computed", "90% to 100%", "93%")
    assert (row["share"], row["verdict"]) == ("30 of 40", "does not hold")


@pytest.mark.parametrize(
    ("closed", "renewed", "words"),
    [
        (0, 0, "93%, benchmark; none like it yet"),
        (9, 7, "93%, benchmark; 7 of 9 like it"),
        (19, 19, "93%, benchmark; 19 of 19 like it"),
        (34, 30, "93% of 34 like it"),
    ],
)
def test_the_benchmark_is_named_beside_what_there_is_of_ones_own(closed: int, renewed: int, words: str) -> None:
    assert describe_renewal_share(replace(ROW, share_n=closed, share_renewed=renewed), 20) == words
