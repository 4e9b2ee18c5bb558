"""The four quiet figures of the morning: a value, how it moved, and where it comes from. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from lib.accounts.board import Board, TrendPoint
from lib.slides import words

Known = tuple[date, float]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`value` is ready to read, unit included, None is "no data"; `trend` is weekly, oldest first, None where unknown.

    `change` compares the first known week with the last, in words; None when there is only one of them.
    """

    label: str
    value: str | None
    period: str
    change: str | None
    trend: tuple[float | None, ...]
    source: str


def board_figures(board: Board) -> tuple[Figure, ...]:
    """ARR, ARR at risk, seats in use and open tickets, as of the last point of the trend."""
    return (
        _figure(
            board,
            "ARR in the book",
            _arr,
            _money,
            source=f"Contracts in force, {words.count(board.customers, 'customer')}.",
        ),
        _figure(
            board,
            "ARR at risk",
            _risk,
            _money,
            source="Contracts of customers whose health needs care or is at risk.",
        ),
        _figure(board, "Seats in use", _seats, words.percent, period="last 28 days", source=_usage_source(board)),
        _figure(
            board, "Open tickets", _tickets, words.count, source="Tickets opened and not solved yet, all priorities."
        ),
    )


def _figure(
    board: Board,
    label: str,
    read: Callable[[TrendPoint], float | None],
    say: Callable[[float], str],
    *,
    source: str,
    period: str = "today",
) -> Figure:
    trend = tuple(read(point) for point in board.trend)
    known = [(point.day, value) for point, value in zip(board.trend, trend, strict=True) if value is not None]
    is_current = bool(trend) and trend[-1] is not None
    unit = "point" if label == "Seats in use" else None
    return Figure(
        label=label,
        value=say(known[-1][1]) if is_current else None,
        period=period,
        change=change_in_words(known, say if unit is None else _points) if is_current else None,
        trend=trend,
        source=source,
    )


def change_in_words(known: Sequence[Known], say: Callable[[float], str]) -> str | None:
    """ "up $42,000 in 12 weeks", "unchanged in 12 weeks"; None with less than a week between the ends."""
    if len(known) < 2:
        return None
    (first_day, first), (last_day, last) = known[0], known[-1]
    weeks = (last_day - first_day).days // 7
    if weeks < 1:
        return None
    over = f"in {words.count(weeks, 'week')}"
    if last == first:
        return f"unchanged {over}"
    return f"{'up' if last > first else 'down'} {say(abs(last - first))} {over}"


def _arr(point: TrendPoint) -> float | None:
    return None if point.arr is None else round(float(point.arr))


def _risk(point: TrendPoint) -> float | None:
    return None if point.arr_at_risk is None else round(float(point.arr_at_risk))


def _seats(point: TrendPoint) -> float | None:
    """Whole percents, so that the change is the difference of what was shown."""
    return None if point.utilisation is None else round(100 * point.utilisation)


def _tickets(point: TrendPoint) -> float | None:
    return point.open_tickets


def _money(amount: float) -> str:
    return words.money(round(amount))


def _points(amount: float) -> str:
    return words.count(amount, "point")


def _usage_source(board: Board) -> str:
    return (
        f"People active in 28 days, of the seats bought; {board.usage_customers} of "
        f"{words.count(board.customers, 'customer')} send usage."
    )
