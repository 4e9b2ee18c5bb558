"""The page as of a day: which one is in the address, and a banner while it is another than today."""

from collections.abc import Mapping
from datetime import date, timedelta

import streamlit as st

from lib.customers.customer_page_data import CustomerPage
from lib.text.format import format_date
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line, truncate
from lib.ui.session_keys import customer_button_key, customer_field_key, icon_only_key

DAY_PARAM = "on"
FIRST_DAY = date(2000, 1, 1)


def parse_past_day(params: Mapping[str, str], today: date) -> date | None:
    """The day named in the page's query parameters, FIRST_DAY at the earliest; None for today, and for no past day."""
    named = _parse_past_day_text(params)
    return max(named, FIRST_DAY) if named is not None and named < today else None


def describe_refused_day(params: Mapping[str, str], today: date) -> str | None:
    """Why the page is of another day than the one in its address, as Markdown; None if it is of that day."""
    text, named = params.get(DAY_PARAM, ""), _parse_past_day_text(params)
    if not text or named == today:
        return None
    if named is None:
        return f"“{escape_markdown(truncate(single_line(text), 40))}” is not a day. This is the page of today."
    if named > today:
        return f"{format_date(named)} is still to come. This is the page of today."
    return f"The earliest day is {format_date(FIRST_DAY)}." if named < FIRST_DAY else None


def _parse_past_day_text(params: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(params.get(DAY_PARAM, ""))
    except ValueError:
        return None


def draw_past_day_banner(page: CustomerPage, today: date) -> None:
    """Which day the page is of, and the way back; for today only what was wrong with the day in the address."""
    refused = describe_refused_day(dict(st.query_params), today)
    if page.as_of is None and refused is None:
        return
    as_of = f"As of **{format_date(page.as_of)}**. Read-only." if page.as_of else None
    text = " ".join(part for part in (as_of, refused) if part)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="customer_past_day"):
        st.markdown(f":material/history: {text}", width="stretch")
        st.button("Back to today", key=customer_button_key("today", page.account.customer.id), on_click=_show_today)


def draw_day_choice(page: CustomerPage, today: date) -> None:
    """A quiet way to another day, yesterday at the latest."""
    key = customer_field_key(page.account.customer.id, f"day.{page.as_of or ''}")
    label = "View as of a date"
    popover_key = icon_only_key(customer_button_key("day", page.account.customer.id))
    with st.popover(label, key=popover_key, icon=":material/history:", type="tertiary", help=label):
        # The database may have begun its day a moment earlier.
        last = max(today - timedelta(days=1), page.as_of or FIRST_DAY, FIRST_DAY)
        st.date_input(
            "As of the end of", page.as_of, FIRST_DAY, last, key=key, format="YYYY-MM-DD",
            on_change=_show_chosen_day, args=(key,),
        )  # fmt: skip


def _show_chosen_day(key: str) -> None:
    """A callback."""
    day = st.session_state[key]
    if isinstance(day, date):
        st.query_params[DAY_PARAM] = day.isoformat()


def _show_today() -> None:
    """A callback."""
    st.query_params.pop(DAY_PARAM, None)
