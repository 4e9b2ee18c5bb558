"""Shares with how sure they are: Wilson's interval of a share, Newcombe's of the difference of two."""

from math import sqrt

from lib.text.format import format_count, format_percent

# 95% of a normal distribution lies within so many standard deviations.
NORMAL_QUANTILE = 1.96


def compute_wilson_interval(hits: int, count: int) -> tuple[float, float]:
    """The 95% interval of a share by Wilson; (0, 1) for nothing."""
    if count == 0:
        return (0.0, 1.0)
    share, square = hits / count, NORMAL_QUANTILE**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = NORMAL_QUANTILE * sqrt(share * (1 - share) / count + square / (4 * count**2)) / (1 + square / count)
    return (max(0.0, middle - half), min(1.0, middle + half))


def compute_difference_interval(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
    """The 95% interval of the first share less the second, each as hits and count; (-1, 1) for nothing.

    Newcombe's, of the Wilson intervals of both (Statistics in Medicine 1998, method 10).
    """
    if not first[1] or not second[1]:
        return (-1.0, 1.0)
    (low, high), (other_low, other_high) = compute_wilson_interval(*first), compute_wilson_interval(*second)
    share, other = first[0] / first[1], second[0] / second[1]
    below = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    above = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return (share - other - below, share - other + above)


def format_share(hits: int, count: int) -> str:
    """A count of a count with its 95% interval: "7 of 9 (45–94%)"; "none" of nothing."""
    if count == 0:
        return "none"
    low, high = (round(end * 100) for end in compute_wilson_interval(hits, count))
    return f"{format_count(hits)} of {format_count(count)} ({low}–{format_percent(high)})"
