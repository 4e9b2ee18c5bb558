"""The page of a customer in its order: head, figures, what changed, then what happened beside who and what is there."""

from collections.abc import Callable

import streamlit as st

from lib.customers.customer_page_data import CustomerPage
from lib.errors import NotFound, ZenError
from lib.services import Services
from lib.text.format import format_date
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, page_cache, page_links
from lib.ui.customer import (
    changes_since_last_visit,
    contact_list,
    contract_section,
    customer_figures,
    customer_header,
    file_list,
    goal_list,
    health_history,
    note_form,
    run_list,
    timeline_list,
)
from lib.ui.customer.customer_url import build_customer_query_params
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.page_cache import Cached
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import customer_field_key

TIMELINE, HISTORY = "Timeline", "Usage and health"


def draw_no_customer() -> None:
    """The page without a customer in its address."""
    empty_and_error_states.draw_empty_state(
        "No customer chosen", "Open a customer by its name, on Today or in the inbox.", icon=":material/domain:"
    )
    page_links.draw_today_link()


def draw_missing_customer(error: ZenError, *, retry: Callable[[], None]) -> None:
    """What became of the customer of the address; the way to the one it was merged into."""
    empty_and_error_states.draw_error(error, retry=None if isinstance(error, NotFound) else retry, key="customer")
    found = error.detail if isinstance(error, NotFound) and isinstance(error.detail, dict) else {}
    if found.get("merged_into"):
        st.page_link(
            page_links.CUSTOMER_PAGE,
            label=f"Open {escape_markdown(single_line(str(found['name'])))}",
            icon=":material/arrow_forward:",
            query_params=build_customer_query_params(str(found["merged_into"])),
        )


def draw_customer_page(cached: Cached[CustomerPage], services: Services, key: str) -> None:
    page, person = cached.value, services.person
    page_cache.draw_cache_error(key, cached, what="the customer", time_zone=person.time_zone)
    customer_header.draw_customer_header(page, person)
    if page.erased_on is not None:
        text = f"Names and texts of this customer were erased on {format_date(page.erased_on)}; figures are kept."
        draw_html(Html('<p class="zen-warning">{}</p>').format(text))
    with error_boundary("customer figures"):
        customer_figures.draw_customer_figures(page)
    with error_boundary("customer changes"):
        changes_since_last_visit.draw_changes_since_last_visit(page, services)
    main, side = st.columns([5, 3], gap="large")
    with main:
        _draw_main(page, services)
    with side:
        with error_boundary("customer runs"):
            run_list.draw_customer_runs(page)
        with error_boundary("customer goals"):
            goal_list.draw_customer_goals(page)
        with error_boundary("customer files"):
            file_list.draw_made_files(page, services.person.time_zone)
        with error_boundary("customer contracts"):
            contract_section.draw_contract_terms(page)
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
