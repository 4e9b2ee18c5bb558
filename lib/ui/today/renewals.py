"""Renewals of the next twelve months by fiscal quarter and health, as a chart and the table behind it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from lib.content.model import Chart, ChartKind, Column, ColumnKind, Point, Series, Table, Tone
from lib.customers.fiscal_quarters import FiscalQuarter, label_fiscal_quarter
from lib.customers.health_band_tones import HEALTH_BAND_TONES
from lib.customers.model import AT_RISK_BAND, HEALTH_BAND_LABELS, HealthBand
from lib.customers.today_overview import RenewalTotal, TodayOverview
from lib.text.format import MONTH_NAMES, format_count, format_money
from lib.text.html import Html
from lib.text.regional_format import RegionalFormat, get_regional_format
from lib.ui import charts, session_keys
from lib.ui.book.book_url import build_owner_link
from lib.ui.tables import build_table_rows_html

HEALTH_BANDS: tuple[tuple[str, str, Tone], ...] = (
    *(
        (band.value, HEALTH_BAND_LABELS[band].capitalize(), HEALTH_BAND_TONES[band])
        for band in (HealthBand.RED, HealthBand.YELLOW, HealthBand.GREEN)
    ),
    ("none", "No score yet", Tone.NEUTRAL),
)
"""From the axis upwards: what is at risk stands on the axis, where quarters can be compared."""

RENEWALS_TITLE = "Renewals by fiscal quarter and health"
RENEWALS_SOURCE = (
    "Contracts in force with a renewal date within 12 months, this month included; the number in a bar counts "
    "customers; health as of today."
)
NO_RENEWALS = "No contract renews in the next 12 months."


def draw_renewals_by_quarter(dashboard: TodayOverview) -> None:
    chart = build_renewals_chart(dashboard.renewals, dashboard.quarters)
    rows = _build_renewals_rows_html(dashboard.renewals, dashboard.quarters, get_regional_format())
    charts.draw_chart(chart, key=session_keys.TODAY_RENEWALS, rows=rows)


def build_renewals_chart(renewals: tuple[RenewalTotal, ...], quarters: tuple[FiscalQuarter, ...]) -> Chart:
    """ARR of each quarter's renewals in the company's currency, stacked by health band."""
    return _build_cached_chart(renewals, quarters, get_regional_format())


@lru_cache(maxsize=64)
def _build_cached_chart(
    renewals: tuple[RenewalTotal, ...], quarters: tuple[FiscalQuarter, ...], regional: RegionalFormat
) -> Chart:
    sums = _sum_by_quarter(renewals, quarters)
    return Chart(
        title=RENEWALS_TITLE,
        kind=ChartKind.STACKED_BAR,
        series=tuple(
            _build_health_band_series(sums, quarters, *band)
            for band in HEALTH_BANDS
            if _has_renewals_in(renewals, band[0])
        ),
        x_label="Fiscal quarter of the renewal date",
        y_label=f"ARR, {regional.currency} a year",
        y_format="$,.0f",
        empty=NO_RENEWALS,
        takeaway=describe_renewals(renewals),
        source=RENEWALS_SOURCE,
    )


@lru_cache(maxsize=64)
def _build_renewals_rows_html(
    renewals: tuple[RenewalTotal, ...], quarters: tuple[FiscalQuarter, ...], regional: RegionalFormat
) -> Html:
    bars = _sort_bars(renewals)
    links = [build_owner_link("mine", ends=bar.month, health=bar.band) for bar in bars]
    return build_table_rows_html(build_renewals_table(renewals, quarters), {"customers": links})


def build_renewals_table(renewals: tuple[RenewalTotal, ...], quarters: tuple[FiscalQuarter, ...]) -> Table:
    """The same by month and band, with the number of customers."""
    names = {band: name for band, name, _ in HEALTH_BANDS}
    return Table(
        title=RENEWALS_TITLE,
        columns=(
            Column(key="quarter", label="Fiscal quarter"),
            Column(key="month", label="Month"),
            Column(key="health", label="Health"),
            Column(key="customers", label="Customers", kind=ColumnKind.NUMBER),
            Column(key="arr", label="ARR", kind=ColumnKind.MONEY),
        ),
        rows=tuple(
            {
                "quarter": _label_quarter(bar, quarters),
                "month": format_month(bar.month),
                "health": names[bar.band],
                "customers": bar.customers,
                "arr": bar.arr,
            }
            for bar in _sort_bars(renewals)
        ),
        empty=NO_RENEWALS,
        source=RENEWALS_SOURCE,
    )


def _sort_bars(renewals: tuple[RenewalTotal, ...]) -> list[RenewalTotal]:
    order = [band for band, *_ in HEALTH_BANDS]
    return sorted(renewals, key=lambda bar: (bar.month, order.index(bar.band)))


def describe_renewals(renewals: tuple[RenewalTotal, ...]) -> str | None:
    """The chart in one sentence; None when nothing renews."""
    if not renewals:
        return None
    number = sum(bar.customers for bar in renewals)
    at_risk = [bar for bar in renewals if bar.band == AT_RISK_BAND]
    verb = "comes" if number == 1 else "come"
    text = f"{format_count(number, 'renewal')} worth {_format_total_arr(renewals)} {verb} in the next 12 months"
    return f"{text}; {_format_total_arr(at_risk)} of it is at risk." if at_risk else f"{text}, none of it at risk."


def format_month(month: str) -> str:
    """ "Mar 2027" for "2027-03"."""
    year, number = month.split("-")
    return f"{MONTH_NAMES[int(number) - 1]} {year}"


def _label_quarter(bar: RenewalTotal, quarters: Sequence[FiscalQuarter]) -> str | None:
    return label_fiscal_quarter(quarters, date.fromisoformat(f"{bar.month}-01"))


def _sum_by_quarter(
    renewals: Sequence[RenewalTotal], quarters: Sequence[FiscalQuarter]
) -> dict[tuple[str | None, str], tuple[int, Decimal]]:
    """Customers and ARR by the label of the quarter and the health band."""
    sums: dict[tuple[str | None, str], tuple[int, Decimal]] = {}
    for bar in renewals:
        place = (_label_quarter(bar, quarters), bar.band)
        customers, arr = sums.get(place, (0, Decimal()))
        sums[place] = (customers + bar.customers, arr + bar.arr)
    return sums


def _build_health_band_series(
    sums: Mapping[tuple[str | None, str], tuple[int, Decimal]],
    quarters: Sequence[FiscalQuarter],
    band: str,
    name: str,
    tone: Tone,
) -> Series:
    """The number of customers is written into a bar. A quarter without any renewal is a true zero."""
    filled = {label for label, _ in sums}
    points = []
    for quarter in quarters:
        customers, arr = sums.get((quarter.label, band), (0, Decimal()))
        if customers:
            points.append(Point(x=quarter.label, y=float(arr), label=str(customers), tone=tone))
        else:
            points.append(Point(x=quarter.label, y=None if quarter.label in filled else 0.0, tone=tone))
    return Series(name=name, tone=tone, points=tuple(points))


def _has_renewals_in(bars: Sequence[RenewalTotal], band: str) -> bool:
    return any(bar.band == band for bar in bars)


def _format_total_arr(bars: Sequence[RenewalTotal]) -> str:
    return format_money(sum((bar.arr for bar in bars), Decimal()))
