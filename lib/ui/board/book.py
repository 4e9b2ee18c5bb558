"""The book at a glance: four figures with their trend, and renewals by month and health."""

import streamlit as st

from lib.accounts.board import Board
from lib.slides import words
from lib.ui import charts, keys
from lib.ui.board.figures import Figure, board_figures
from lib.ui.board.renewals import renewals_chart, renewals_table


def draw_figures(board: Board) -> None:
    """Four in a row on a wide screen, fewer on a narrow one."""
    st.markdown("## The book")
    grid = st.grid(4, min_column_width=160, gap=("medium", "small"), key=keys.ZEN_FIGURES)
    for figure in board_figures(board):
        with grid.cell(), st.container(gap="xsmall"):
            _draw_figure(figure)


def _draw_figure(figure: Figure) -> None:
    known = [value for value in figure.trend if value is not None]
    st.metric(
        figure.label,
        figure.value or words.NO_DATA,
        help=words.escape(figure.source),
        chart_data=known if figure.value and len(known) > 1 else None,
        chart_type="line",
        delta_color="off",
    )
    st.caption(words.escape(figure.period if figure.change is None else f"{figure.period}; {figure.change}"))


def draw_renewals(board: Board) -> None:
    """One chart; the table behind it, with the number of customers, is one click away."""
    charts.draw(renewals_chart(board), key=keys.ZEN_RENEWALS, table=renewals_table(board))
