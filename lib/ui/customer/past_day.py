"""The page as of a day: which one is in the address, and a banner while it is another than today."""

from collections.abc import Mapping
from datetime import date, timedelta

import streamlit as st

from lib.customers.customer_page import CustomerPage
from lib.text.format import format_date
from lib.ui.session_keys import customer_button_key, customer_field_key, icon_only_key

DAY_PARAM = "on"
FIRST_DAY = date(2000, 1, 1)


def parse_past_day(params: Mapping[str, str]) -> date | None:
    """The day named in the page's query parameters; None for today, and for what is no day."""
    try:
        return date.fromisoformat(params.get(DAY_PARAM, ""))
    except ValueError:
        return None


def draw_past_day_banner(page: CustomerPage) -> None:
    """Which day the page is of, and the way back; nothing for today."""
    if page.as_of is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="customer_past_day"):
        text = f"As it was on **{format_date(page.as_of)}**. Nothing can be changed here."
        st.markdown(f":material/history: {text}", width="stretch")
        st.button("Back to today", key=customer_button_key("today", page.account.customer.id), on_click=_show_today)


def draw_day_choice(page: CustomerPage) -> None:
    """A quiet way to another day."""
    key = customer_field_key(page.account.customer.id, f"day.{page.as_of or ''}")
    label = "See the page as it was on a day"
    popover_key = icon_only_key(customer_button_key("day", page.account.customer.id))
    with st.popover(label, key=popover_key, icon=":material/history:", type="tertiary", help=label):
        last = page.account.today - timedelta(days=0 if page.as_of else 1)
        st.date_input(
            "As of the end of", page.as_of, FIRST_DAY, max(last, FIRST_DAY), key=key, format="YYYY-MM-DD",
            on_change=_show_day, args=(key,),
        )  # fmt: skip


def _show_day(key: str) -> None:
    """A callback."""
    day = st.session_state[key]
    if isinstance(day, date):
        st.query_params[DAY_PARAM] = day.isoformat()


def _show_today() -> None:
    """A callback."""
    st.query_params.pop(DAY_PARAM, None)
