"""The page of a customer in its order: head, figures, what changed, then what happened beside who and what is there."""

import streamlit as st

from lib.customers.customer_page import CustomerPage
from lib.services import Services
from lib.ui import empty_and_error_states, navigation, page_cache
from lib.ui.customer import (
    changes_since,
    contact_list,
    contract_section,
    customer_figures,
    customer_header,
    health_history,
    note_form,
    run_list,
    timeline_list,
)
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.page_cache import Cached
from lib.ui.session_keys import customer_field_key

TIMELINE, HISTORY = "Timeline", "Usage and health"


def draw_no_customer() -> None:
    """The page without a customer in its address."""
    empty_and_error_states.draw_empty_state(
        "No customer chosen", "Open a customer by its name, on Today or in the inbox.", icon=":material/domain:"
    )
    navigation.draw_today_link()


def draw_customer_page(cached: Cached[CustomerPage], services: Services, key: str) -> None:
    page, person = cached.value, services.person
    page_cache.draw_cache_error(key, cached, what="the customer", time_zone=person.time_zone)
    customer_header.draw_customer_header(page, person)
    with error_boundary("customer figures"):
        customer_figures.draw_customer_figures(page)
    with error_boundary("customer changes"):
        changes_since.draw_changes_since(page, services)
    main, side = st.columns([5, 3], gap="large")
    with main:
        _draw_main(page, services)
    with side:
        with error_boundary("customer runs"):
            run_list.draw_runs(page)
        with error_boundary("customer contracts"):
            contract_section.draw_contracts(page)
        with error_boundary("customer contacts"):
            contact_list.draw_contacts(page)
    page_cache.draw_refresh_footer(key, cached, time_zone=person.time_zone)


def _draw_main(page: CustomerPage, services: Services) -> None:
    view = st.segmented_control(
        "View",
        (TIMELINE, HISTORY),
        key=customer_field_key(page.account.customer.id, "view"),
        default=TIMELINE,
        required=True,
        label_visibility="collapsed",
    )
    if view == HISTORY:
        with error_boundary("customer history"):
            health_history.draw_health_history(page)
        return
    if page.may_write:
        with error_boundary("customer note"):
            note_form.draw_note_form(page)
    with error_boundary("customer timeline"):
        timeline_list.draw_timeline(page, services)
