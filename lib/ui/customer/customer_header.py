"""The head of a customer's page: name, state, who is responsible, and the one thing to do next."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.customers.customer_page_data import CustomerPage, CustomerRun
from lib.customers.model import SEGMENT_LABELS, Customer
from lib.text.format import format_date
from lib.text.html import Html
from lib.text.local_time import today_in_zone
from lib.text.markdown_escape import escape_markdown
from lib.ui import theme
from lib.ui.actions import buttons
from lib.ui.actions.action_target import ActionTarget
from lib.ui.customer.past_day_view import draw_day_choice, draw_past_day_banner
from lib.ui.page_links import switch_to_peek, switch_to_run_page
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import customer_button_key

STATUS_LABELS = {"churned": "Churned", "archived": "Archived: no longer in the book"}


def draw_customer_header(page: CustomerPage, person: Person) -> None:
    """Name and next step on one line, the facts below it."""
    customer, today = page.account.customer, today_in_zone(person.time_zone)
    draw_past_day_banner(page, today)
    with st.container(gap="xsmall", key="customer_header"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="customer_title"):
            draw_html(Html('<h1 dir="auto">{}</h1>').format(customer.name))
            if page.may_write and customer.status == "active":
                _draw_next_step(page)
            _draw_edit_menu(page, person)
            draw_day_choice(page, today)
        draw_html(_build_header_facts_html(page))


def _draw_next_step(page: CustomerPage) -> None:
    """The open run that is due next, else the workflow that fits; every other workflow in a menu."""
    run, suggested = next(iter(page.open_runs), None), page.suggested_workflow
    customer_id = page.account.customer.id
    if run is not None:
        _draw_resume_button(run)
    elif suggested is not None:
        key = customer_button_key("suggested", suggested.workflow_id)
        if st.button(f"Start {escape_markdown(suggested.name)}", key=key, type="primary"):
            switch_to_peek(suggested.workflow_id, customer_id)
    _draw_workflow_menu(page, is_only_one=run is None and suggested is None)


def _draw_edit_menu(page: CustomerPage, person: Person) -> None:
    customer = page.account.customer
    # A deputy works on a customer, but its row stays with the owner.
    if page.may_write and (customer.owner_id == str(person.id) or person.role.leads_team):
        target = ActionTarget(customer_name=customer.name, customer_id=customer.id)
        of = f"customer.{customer.id}"
        buttons.draw_action_menu(("edit_customer",), target, ActionSource.CUSTOMER, of=of, about=customer.name)


def _draw_resume_button(run: CustomerRun) -> None:
    key = customer_button_key("resume", run.execution_id)
    if st.button(f"Resume {escape_markdown(run.workflow_name)}", key=key, type="primary"):
        switch_to_run_page(run.execution_id, run.current_slide)


def _draw_workflow_menu(page: CustomerPage, *, is_only_one: bool) -> None:
    """Opens the first page of a workflow; nothing is started before the person does so there."""
    names = {each.workflow_id: each.name for each in page.workflows}
    if not names:
        return
    chosen = st.menu_button(
        "Start workflow",
        list(names),
        key=customer_button_key("workflow", page.account.customer.id),
        format_func=lambda workflow_id: escape_markdown(names[workflow_id]),
        type="primary" if is_only_one else "secondary",
    )
    if chosen is not None:
        switch_to_peek(chosen, page.account.customer.id)


def _build_header_facts_html(page: CustomerPage) -> Html:
    customer = page.account.customer
    status = STATUS_LABELS.get(customer.status)
    badge = Html("{} ").format(theme.build_badge_html(status)) if status else ""
    html = Html('<p>{}<span class="zen-muted">{}</span></p>').format(badge, " · ".join(list_customer_facts(customer)))
    if customer.summary:
        html += Html('<p class="zen-reading" dir="auto">{}</p>').format(customer.summary)
    return html


def list_customer_facts(customer: Customer) -> list[str]:
    """ "Owner Alice Moreau", "Mid-market", "customer since 12 Mar 2020" and what else is known."""
    known = (
        f"Owner {customer.owner_name}",
        SEGMENT_LABELS.get(customer.segment, customer.segment),
        f"customer since {format_date(customer.customer_since)}",
        ", ".join(part for part in (customer.industry, customer.country) if part),
        customer.domain,
        f"evaluating {customer.competitor}" if customer.competitor else None,
    )
    return [fact for fact in known if fact]
