"""Two versions of a workflow side by side, claiming no more than their counts carry."""

from dataclasses import dataclass

from lib.effectiveness.model import LEAST_RUNS, Effectiveness, VersionUse
from lib.text.format import format_days, format_money, format_number, format_percent
from lib.text.share_interval import compute_difference_interval, format_share

TOO_FEW = "too few to tell"
NO_DIFFERENCE = "no difference to be seen"
NOT_COMPARED = "not compared"


@dataclass(frozen=True, kw_only=True)
class ComparedFigure:
    """A figure of both versions as text. `verdict` is what may be said of the difference."""

    label: str
    first: str
    second: str
    verdict: str


def compare_versions(found: Effectiveness, first: VersionUse, second: VersionUse) -> tuple[ComparedFigure, ...]:
    """Shares are compared by the interval of their difference; medians and sums of ARR are not judged."""
    shares = [
        ("Completed, of those ended", (first.completed, first.ended), (second.completed, second.ended)),
        ("Stopped, of those started", (first.stopped, first.started), (second.stopped, second.started)),
    ]
    codes = dict.fromkeys(each.code for version in (first, second) for each in version.outcomes)
    shares += [
        (
            f"{found.label_outcome(code)}, of those completed",
            count_runs_with_outcome(first, code),
            count_runs_with_outcome(second, code),
        )
        for code in codes
    ]
    days = tuple(describe_median_days(version) for version in (first, second))
    arr = tuple(describe_retained_arr(version) for version in (first, second))
    return (
        ComparedFigure(label="Started", first=str(first.started), second=str(second.started), verdict=""),
        *(_compare_shares(label, one, other) for label, one, other in shares),
        ComparedFigure(label="Median days to completion", first=days[0], second=days[1], verdict=NOT_COMPARED),
        ComparedFigure(label="Retained ARR", first=arr[0], second=arr[1], verdict=NOT_COMPARED),
    )


def count_runs_with_outcome(version: VersionUse, code: str | None) -> tuple[int, int]:
    """Runs that ended so, and completed runs."""
    return (next((each.runs for each in version.outcomes if each.code == code), 0), version.completed)


def describe_median_days(version: VersionUse) -> str:
    return "none completed" if version.median_days is None else format_days(version.median_days)


def describe_retained_arr(version: VersionUse) -> str:
    """ "$90,000 of $100,000 (90%)"; growth counts, so it may be above 100%."""
    if version.arr_before is None or version.arr_after is None:
        return "none known"
    share = f" ({format_percent(100 * version.arr_after / version.arr_before)})" if version.arr_before else ""
    return f"{format_money(version.arr_after)} of {format_money(version.arr_before)}{share}"


def _compare_shares(label: str, first: tuple[int, int], second: tuple[int, int]) -> ComparedFigure:
    return ComparedFigure(
        label=label,
        first=format_share(*first),
        second=format_share(*second),
        verdict=_describe_rate_difference(first, second),
    )


def _describe_rate_difference(first: tuple[int, int], second: tuple[int, int]) -> str:
    if min(first[1], second[1]) < LEAST_RUNS:
        return TOO_FEW
    low, high = compute_difference_interval(first, second)
    if low <= 0 <= high:
        return NO_DIFFERENCE
    ends = sorted((abs(low), abs(high)))
    return (
        f"{format_number(round(ends[0] * 100))} to {format_number(round(ends[1] * 100))} points {_name_direction(low)}"
    )


def _name_direction(low: float) -> str:
    return "higher" if low > 0 else "lower"
