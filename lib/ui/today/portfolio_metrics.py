"""The portfolio at a glance: four metrics with their trend. The chart of renewals is in `renewals.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from lib.customers.model import AT_RISK_BAND
from lib.customers.today_overview import PortfolioTrendPoint, TodayOverview
from lib.text.format import NO_DATA, format_count, format_money, format_percent
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui import session_keys
from lib.ui.book.book_url import build_owner_link
from lib.ui.safe_text import draw_html

DatedValue = tuple[date, float]

_PERIOD = Html('<p class="zen-small zen-muted">{}{}</p>')
_LINK = Html(' · <a class="zen-link" href="{}" target="_self">{}</a>')


@dataclass(frozen=True, kw_only=True)
class PortfolioMetric:
    """`value` is ready to read, unit included, None is "no data"; `trend` is weekly, oldest first, None where unknown.

    `change` compares the first known week with the last, in words; None when there is only one of them. `link` leads to
    the customers behind it, by the words `link_text`.
    """

    label: str
    value: str | None
    period: str
    change: str | None
    trend: tuple[float | None, ...]
    source: str
    link: str | None = None
    link_text: str = ""


def draw_portfolio_metrics(dashboard: TodayOverview) -> None:
    """Four metrics in a row on a wide screen, fewer on a narrow one."""
    st.markdown("## Portfolio")
    grid = st.grid(4, min_column_width=160, gap=("medium", "small"), key=session_keys.TODAY_FIGURES)
    for metric in build_portfolio_metrics(dashboard):
        with grid.cell():
            _draw_portfolio_metric(metric)


def _draw_portfolio_metric(metric: PortfolioMetric) -> None:
    known = [value for value in metric.trend if value is not None]
    st.metric(
        metric.label,
        metric.value or NO_DATA,
        help=escape_markdown(metric.source),
        chart_data=known if metric.value and len(known) > 1 else None,
        chart_type="line",
        delta_color="off",
    )
    period = metric.period if metric.change is None else f"{metric.period}; {metric.change}"
    link = _LINK.format(metric.link, metric.link_text) if metric.link and metric.value else ""
    draw_html(_PERIOD.format(period, link))


def build_portfolio_metrics(dashboard: TodayOverview) -> tuple[PortfolioMetric, ...]:
    """ARR, ARR at risk, seats in use and open tickets, as of the last point of the trend."""
    return (
        _build_portfolio_metric(
            dashboard,
            "ARR",
            _read_rounded_arr,
            _format_dollar_change,
            source=f"Contracts in force, {format_count(dashboard.customers, 'customer')}.",
            link=build_owner_link("mine"),
            link_text="Show customers",
        ),
        _build_portfolio_metric(
            dashboard,
            "ARR at risk",
            _read_arr_at_risk,
            _format_dollar_change,
            source="Contracts of customers whose health is red, by your company's rules.",
            link=build_owner_link("mine", health=AT_RISK_BAND),
            link_text="Show customers at risk",
        ),
        _build_portfolio_metric(
            dashboard,
            "Seats in use",
            _compute_seats_in_use_percent,
            format_percent,
            period="last 28 days",
            source=_describe_usage_source(dashboard),
        ),
        _build_portfolio_metric(
            dashboard,
            "Open tickets",
            _read_open_ticket_count,
            format_count,
            source="Tickets opened and not solved yet, all priorities.",
        ),
    )


def _build_portfolio_metric(
    dashboard: TodayOverview,
    label: str,
    read: Callable[[PortfolioTrendPoint], float | None],
    say: Callable[[float], str],
    *,
    source: str,
    period: str = "today",
    link: str | None = None,
    link_text: str = "",
) -> PortfolioMetric:
    trend = tuple(read(point) for point in dashboard.trend)
    known = [(point.day, value) for point, value in zip(dashboard.trend, trend, strict=True) if value is not None]
    is_current = bool(trend) and trend[-1] is not None
    unit = "point" if label == "Seats in use" else None
    return PortfolioMetric(
        label=label,
        value=say(known[-1][1]) if is_current else None,
        period=period,
        change=describe_metric_change(known, say if unit is None else _format_percentage_points)
        if is_current
        else None,
        trend=trend,
        source=source,
        link=link,
        link_text=link_text,
    )


def describe_metric_change(known: Sequence[DatedValue], say: Callable[[float], str]) -> str | None:
    """ "up $42,000 in 12 weeks", "unchanged in 12 weeks"; None with less than a week between the ends."""
    if len(known) < 2:
        return None
    (first_day, first), (last_day, last) = known[0], known[-1]
    weeks = (last_day - first_day).days // 7
    if weeks < 1:
        return None
    over = f"in {format_count(weeks, 'week')}"
    if last == first:
        return f"unchanged {over}"
    return f"{'up' if last > first else 'down'} {say(abs(last - first))} {over}"


def _read_rounded_arr(point: PortfolioTrendPoint) -> float | None:
    return None if point.arr is None else round(float(point.arr))


def _read_arr_at_risk(point: PortfolioTrendPoint) -> float | None:
    return None if point.arr_at_risk is None else round(float(point.arr_at_risk))


def _compute_seats_in_use_percent(point: PortfolioTrendPoint) -> float | None:
    """Whole percents, so that the change is the difference of what was shown."""
    return None if point.utilisation is None else round(100 * point.utilisation)


def _read_open_ticket_count(point: PortfolioTrendPoint) -> float | None:
    return point.open_tickets


def _format_dollar_change(amount: float) -> str:
    return format_money(round(amount))


def _format_percentage_points(amount: float) -> str:
    return format_count(amount, "point")


def _describe_usage_source(dashboard: TodayOverview) -> str:
    return (
        f"People active in 28 days, of the seats bought; {dashboard.usage_customers} of "
        f"{format_count(dashboard.customers, 'customer')} send usage."
    )
