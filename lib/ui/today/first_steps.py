"""The four steps a company begins with, and the demo book to look around in, on Today of who leads it."""

from pathlib import Path

import streamlit as st

from lib.auth.model import Role
from lib.customers.today_overview import FirstSteps, TodayOverview
from lib.services import Services
from lib.text.format import format_count
from lib.text.markdown_escape import escape_markdown
from lib.ui import page_links
from lib.ui.today.adoption_guide import draw_adoption_guide
from lib.ui.today.demo_book_step import draw_demo_book


def draw_first_steps(overview: TodayOverview, services: Services) -> None:
    """Each step with what is done, as a link to its page. Settings, people and the demo book are an admin's."""
    person = services.person
    steps, is_admin = overview.first_steps, person.role is Role.ADMIN
    if steps is None:
        return
    with st.container(border=True, key="first_steps", gap="xsmall"):
        st.markdown(f"##### Set up {escape_markdown(person.company_name)}")
        if is_admin:
            text = "Working days, holidays, when a customer is at risk."
            _draw_first_step(steps.has_settings, page_links.SETTINGS, "Check the settings", text)
        has_own = steps.customers > 0 and steps.demo_book is None
        _draw_first_step(has_own, page_links.IMPORT, "Import your customers", _describe_customers(steps))
        if is_admin:
            has_people = steps.colleagues + steps.invited > 0
            _draw_first_step(has_people, page_links.PEOPLE, "Invite your colleagues", _describe_people(steps))
        text = "See what each one takes you through."
        _draw_first_step(steps.has_runs, page_links.CATALOGUE, "Start the first workflow", text)
        if is_admin:
            draw_demo_book(steps, overview, services)
        draw_adoption_guide()


def _draw_first_step(is_done: bool, page: Path, label: str, text: str) -> None:
    icon = ":material/check_circle:" if is_done else ":material/radio_button_unchecked:"
    st.page_link(page, label=f"**{label}** · {text}", icon=icon)


def _describe_customers(steps: FirstSteps) -> str:
    if steps.demo_book is not None:
        return "The demo book is here; remove it before you bring in your own."
    if steps.customers:
        return f"{format_count(steps.customers, 'customer')} so far."
    return "From exports of your CRM and helpdesk. You see first what would change."


def _describe_people(steps: FirstSteps) -> str:
    if not steps.colleagues + steps.invited:
        return "Each gets an email with a link."
    return f"{format_count(steps.colleagues, 'colleague')} here, {steps.invited} invited."
