"""Renewals of the next twelve months by health, as a chart and the table behind it. Pure."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from lib.accounts.board import Board, RenewalBar
from lib.accounts.model import Band
from lib.slides import words
from lib.slides.model import Chart, ChartKind, Column, ColumnKind, Point, Series, Table, Tone
from lib.ui.theme import BAND_TONES

BANDS: tuple[tuple[str, str, Tone], ...] = (
    *((band.value, words.BANDS[band].capitalize(), BAND_TONES[band]) for band in (Band.RED, Band.YELLOW, Band.GREEN)),
    ("none", "No score yet", Tone.NEUTRAL),
)
"""From the axis upwards: what is at risk stands on the axis, where months can be compared."""

MONTHS_AHEAD = 12
TITLE = "Renewals by month and health"
SOURCE = "Contracts in force by renewal date; the number in a bar counts customers; health as of today."
EMPTY = "No contract renews in the next 12 months."


def renewals_chart(board: Board) -> Chart:
    """ARR of each month's renewals in USD, stacked by health band."""
    months = months_ahead(board.today)
    return Chart(
        title=TITLE,
        kind=ChartKind.STACKED_BAR,
        series=tuple(_series(board.renewals, months, *band) for band in BANDS if _has(board.renewals, band[0])),
        x_label="Month of the renewal date",
        y_label="ARR, USD a year",
        y_format="$,.0f",
        empty=EMPTY,
        takeaway=renewals_takeaway(board),
        source=SOURCE,
    )


def renewals_table(board: Board) -> Table:
    """The same by month and band, with the number of customers."""
    names = {band: name for band, name, _ in BANDS}
    order = list(names)
    bars = sorted(board.renewals, key=lambda bar: (bar.month, order.index(bar.band)))
    return Table(
        title=TITLE,
        columns=(
            Column(key="month", label="Month"),
            Column(key="health", label="Health"),
            Column(key="customers", label="Customers", kind=ColumnKind.NUMBER),
            Column(key="arr", label="ARR", kind=ColumnKind.MONEY),
        ),
        rows=tuple(
            {"month": month_name(bar.month), "health": names[bar.band], "customers": bar.customers, "arr": bar.arr}
            for bar in bars
        ),
        empty=EMPTY,
        source=SOURCE,
    )


def renewals_takeaway(board: Board) -> str | None:
    """The chart in one sentence; None when nothing renews."""
    if not board.renewals:
        return None
    number = sum(bar.customers for bar in board.renewals)
    at_risk = [bar for bar in board.renewals if bar.band in ("red", "yellow")]
    verb = "comes" if number == 1 else "come"
    said = f"{words.count(number, 'renewal')} worth {_worth(board.renewals)} {verb} in the next 12 months"
    return f"{said}; {_worth(at_risk)} of it needs care or is at risk." if at_risk else f"{said}, none of it at risk."


def months_ahead(today: date) -> tuple[date, ...]:
    """The first day of this month and of the eleven after it."""
    first = today.year * 12 + today.month - 1
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(first, first + MONTHS_AHEAD))


def month_name(month: str) -> str:
    """ "Mar 2027" for "2027-03"."""
    year, number = month.split("-")
    return f"{words.MONTHS[int(number) - 1]} {year}"


def _series(bars: Sequence[RenewalBar], months: Sequence[date], band: str, name: str, tone: Tone) -> Series:
    found = {bar.month: bar for bar in bars if bar.band == band}
    return Series(
        name=name, tone=tone, points=tuple(_point(month, found.get(f"{month:%Y-%m}"), bars, tone) for month in months)
    )


def _point(month: date, bar: RenewalBar | None, bars: Sequence[RenewalBar], tone: Tone) -> Point:
    """The number of customers is written into the bar. A month without any renewal is a true zero."""
    if bar is not None:
        return Point(x=month, y=float(bar.arr), label=str(bar.customers), tone=tone)
    is_empty = all(other.month != f"{month:%Y-%m}" for other in bars)
    return Point(x=month, y=0.0 if is_empty else None, tone=tone)


def _has(bars: Sequence[RenewalBar], band: str) -> bool:
    return any(bar.band == band for bar in bars)


def _worth(bars: Sequence[RenewalBar]) -> str:
    return words.money(sum((bar.arr for bar in bars), Decimal()))
