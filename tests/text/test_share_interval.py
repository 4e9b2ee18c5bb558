import pytest

from lib.text.share_interval import compute_difference_interval, compute_wilson_interval, format_share


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"), [(0, 0, 0, 1), (0, 10, 0, 0.278), (9, 10, 0.596, 0.982), (50, 100, 0.404, 0.596)]
)
def test_the_interval_of_wilson(hits, count, low, high):
    assert compute_wilson_interval(hits, count) == pytest.approx((low, high), abs=0.001)


@pytest.mark.parametrize(
    ("hits", "count", "text"),
    [(7, 9, "7 of 9 (45–94%)"), (0, 5, "0 of 5 (0–43%)"), (5, 5, "5 of 5 (57–100%)"), (0, 0, "none")],
)
def test_a_share_is_written_with_its_counts_and_interval(hits, count, text):
    assert format_share(hits, count) == text


def test_the_interval_of_a_difference_is_that_of_newcombe():
    # The first example of Newcombe 1998, table II.
    assert compute_difference_interval((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=0.0001)


def test_the_difference_of_nothing_can_be_any():
    assert compute_difference_interval((0, 0), (3, 4)) == (-1, 1)
    assert compute_difference_interval((3, 4), (0, 0)) == (-1, 1)
