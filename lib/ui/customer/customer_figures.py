"""The figures of a customer, each of which opens to the rows it comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st

from lib.content.model import Table, Tone
from lib.customers.customer_page_data import CustomerPage
from lib.customers.health_band_tones import HEALTH_BAND_TONES
from lib.customers.model import HEALTH_BAND_LABELS, Contract, HealthPart
from lib.text.format import NO_DATA, format_count, format_date, format_money, format_percent, format_relative_days
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui import tables
from lib.ui.customer import figure_tables
from lib.ui.safe_text import draw_html
from lib.ui.theme import TONE_COLOURS


@dataclass(frozen=True, kw_only=True)
class CustomerFigure:
    """A figure ready to read, unit included, or what is written where it is missing.

    `list_rows` are the tables it comes from.
    """

    label: str
    value: str | None
    note: str
    missing: str = NO_DATA
    tone: Tone = Tone.NEUTRAL
    list_rows: Callable[[CustomerPage], tuple[Table, ...]]


def draw_customer_figures(page: CustomerPage) -> None:
    """Four figures in a row on a wide screen, fewer on a narrow one."""
    grid = st.grid(4, min_column_width=160, gap=("medium", "small"), key="customer_figures")
    for figure in build_customer_figures(page):
        with grid.cell(), st.container(gap=None):
            draw_html(Html('<p class="zen-small zen-muted">{}</p>').format(figure.label))
            with st.popover(format_figure_value(figure), type="tertiary", width="content"):
                for table in figure.list_rows(page):
                    tables.draw_table(table)
            draw_html(Html('<p class="zen-small zen-muted">{}</p>').format(figure.note))


def format_figure_value(figure: CustomerFigure) -> str:
    if figure.value is None:
        return figure.missing
    value = f"**{escape_markdown(figure.value)}**"
    return value if figure.tone is Tone.NEUTRAL else f":{TONE_COLOURS[figure.tone]}[{value}]"


def build_customer_figures(page: CustomerPage) -> tuple[CustomerFigure, ...]:
    """ARR, health, notice deadline, seats in use."""
    account = page.account
    contract, health, usage = account.contract, account.health, account.latest_usage
    band = f" · {HEALTH_BAND_LABELS[health.band]}" if health.band else ""
    parts = ", ".join(_format_health_part(part) for part in health.parts)
    return (
        CustomerFigure(
            label="ARR",
            value=format_money(contract.arr) if contract else None,
            note=describe_price(contract) if contract else "No contract on record",
            list_rows=figure_tables.list_arr_tables,
        ),
        CustomerFigure(
            label="Health",
            value=None if health.score is None else f"{health.score}{band}",
            note=parts or "No score for this customer",
            missing="no score yet" if parts else NO_DATA,
            tone=HEALTH_BAND_TONES[health.band] if health.band else Tone.NEUTRAL,
            list_rows=figure_tables.list_health_tables,
        ),
        CustomerFigure(
            label="Notice deadline",
            value=format_date(contract.notice_deadline) if contract else None,
            note=describe_notice_in_figure(contract, account.today) if contract else "No contract on record",
            list_rows=figure_tables.list_arr_tables,
        ),
        CustomerFigure(
            label="Seats in use",
            value=format_percent(round(100 * usage.utilisation)) if usage else None,
            note=f"{usage.active_users} of {format_count(usage.seats, 'seat')} in 28 days"
            if usage
            else "No usage feed",
            list_rows=figure_tables.list_usage_tables,
        ),
    )


def _format_health_part(part: HealthPart) -> str:
    """ "usage 31/40", which is not broken between lines."""
    points = NO_DATA if part.points is None else f"{part.points}/{part.out_of}"
    return f"{part.key} {points}".replace(" ", "\N{NO-BREAK SPACE}")


def describe_notice_in_figure(contract: Contract, today: date) -> str:
    """ "in 30 days; the term ends 12 Mar 2027"."""
    verb = "ends" if contract.ends_on >= today else "ended"
    until = format_relative_days((contract.notice_deadline - today).days)
    return f"{until}; the term {verb} {format_date(contract.ends_on)}"


def describe_price(contract: Contract) -> str:
    """ "105 seats × $450 − 10%"."""
    price = f"{format_count(contract.seats, 'seat')} × {format_money(contract.annual_price_per_seat)}"
    return f"{price} − {format_percent(contract.discount_percent)}" if contract.discount_percent else price
