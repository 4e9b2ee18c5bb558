"""The book at a glance: four figures with their trend, and renewals by month and health."""

import streamlit as st

from lib.accounts.dashboard import Dashboard
from lib.text.escape import escape_markdown
from lib.text.format import NO_DATA
from lib.ui import charts, keys
from lib.ui.today.portfolio_metrics import PortfolioMetric, build_portfolio_metrics
from lib.ui.today.renewals import build_renewals_chart, build_renewals_table


def draw_metrics(board: Dashboard) -> None:
    """Four in a row on a wide screen, fewer on a narrow one."""
    st.markdown("## The book")
    grid = st.grid(4, min_column_width=160, gap=("medium", "small"), key=keys.TODAY_FIGURES)
    for figure in build_portfolio_metrics(board):
        with grid.cell(), st.container(gap="xsmall"):
            _draw_metric(figure)


def _draw_metric(figure: PortfolioMetric) -> None:
    known = [value for value in figure.trend if value is not None]
    st.metric(
        figure.label,
        figure.value or NO_DATA,
        help=escape_markdown(figure.source),
        chart_data=known if figure.value and len(known) > 1 else None,
        chart_type="line",
        delta_color="off",
    )
    st.caption(escape_markdown(figure.period if figure.change is None else f"{figure.period}; {figure.change}"))


def draw_renewals_chart(board: Dashboard) -> None:
    """One chart; the table behind it, with the number of customers, is one click away."""
    charts.draw_chart(build_renewals_chart(board), key=keys.TODAY_RENEWALS, table=build_renewals_table(board))
