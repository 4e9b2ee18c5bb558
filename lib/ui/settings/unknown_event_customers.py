"""Customers that events name and nobody knows: who they are, and how their events come to count."""

import streamlit as st

from lib.imports.event_tokens import UnknownCustomer, UnknownCustomers
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui import row_pager, theme
from lib.ui.safe_text import draw_html_blocks
from lib.ui.session_keys import UNKNOWN_CUSTOMERS

_ROW = Html('<p><strong>{}</strong> <span class="zen-muted">{}</span></p><p class="zen-small zen-muted">{}</p>')


def draw_unknown_customers(found: UnknownCustomers, services: Services, time_zone: str) -> None:
    """Nothing while no event waits. `found` are the first; one request for others that are asked for."""
    if not found.total:
        return
    st.markdown("##### Customers we don't know")
    st.caption(
        "Their events wait for 60 days. They count as soon as there is a customer with this domain, "
        "or with this id from an import."
    )
    window = row_pager.get_row_window(UNKNOWN_CUSTOMERS, found.total, at_first=len(found.customers))
    is_first = (window.first, window.count) == (0, len(found.customers))
    customers = found.customers if is_first else _load_customers(window, services)
    draw_html_blocks([build_unknown_customer_html(customer, time_zone) for customer in customers])
    row_pager.draw_row_pager(UNKNOWN_CUSTOMERS, window, found.total, "customer", page_rows=50)


def _load_customers(window: row_pager.RowWindow, services: Services) -> tuple[UnknownCustomer, ...]:
    def fetch(first: int, most: int) -> tuple[UnknownCustomer, ...]:
        return services.event_tokens.fetch_unknown_customers(first=first, most=most).customers

    return row_pager.load_window_rows(UNKNOWN_CUSTOMERS, window, fetch)


def build_unknown_customer_html(customer: UnknownCustomer, time_zone: str) -> Html:
    """How events name it; below how many wait, and why a known domain does not help."""
    name = customer.customer_id or customer.customer_domain or ""
    source = f"in {customer.source}" if customer.customer_id and customer.source else ""
    also = customer.customer_domain if customer.customer_id and customer.customer_domain else ""
    waiting = (
        f"{format_count(customer.events, 'event')}, last {theme.format_timestamp(customer.last_received_at, time_zone)}"
    )
    several = (
        f" · {customer.customers_of_domain} customers have this domain: merge them on the page Import"
        if customer.customers_of_domain > 1
        else ""
    )
    return _ROW.format(name, " · ".join(filter(None, (source, also))), waiting + several)
