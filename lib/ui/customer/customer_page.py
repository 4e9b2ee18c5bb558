"""The page of a customer in its order: head, figures, then what happened beside who is there and what was agreed."""

import streamlit as st

from lib.customers.customer_page import CustomerPage
from lib.services import Services
from lib.ui import empty_and_error_states, navigation, page_cache
from lib.ui.customer import contact_list, contract_section, customer_figures, customer_header, record_lists, run_list
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.page_cache import Cached


def draw_no_customer() -> None:
    """The page without a customer in its address."""
    empty_and_error_states.draw_empty_state(
        "No customer chosen", "Open a customer by its name, on Today or in the inbox.", icon=":material/domain:"
    )
    navigation.draw_today_link()


def draw_customer_page(cached: Cached[CustomerPage], services: Services, key: str) -> None:
    page, person = cached.value, services.person
    page_cache.draw_cache_error(key, cached, what="the customer", time_zone=person.time_zone)
    customer_header.draw_customer_header(page)
    with error_boundary("customer figures"):
        customer_figures.draw_customer_figures(page)
    main, side = st.columns([5, 3], gap="large")
    with main:
        with error_boundary("customer notes"):
            record_lists.draw_notes(page)
        with error_boundary("customer tickets"):
            record_lists.draw_tickets(page)
    with side:
        with error_boundary("customer runs"):
            run_list.draw_runs(page)
        with error_boundary("customer contacts"):
            contact_list.draw_contacts(page)
        with error_boundary("customer contracts"):
            contract_section.draw_contracts(page)
    page_cache.draw_refresh_footer(key, cached, time_zone=person.time_zone)
