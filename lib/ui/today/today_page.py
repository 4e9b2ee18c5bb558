"""The page Today in its order: priorities, escalations, prices, open runs, portfolio, and when it was loaded.

Each part and each row stands in an error boundary: what breaks in one leaves the others.
"""

from datetime import datetime

import streamlit as st

from lib.auth.model import Person
from lib.customers.today_overview import TodayOverview
from lib.services import Services
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, page_links, session_keys
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.page_cache import Cached, draw_cache_error, draw_refresh_footer
from lib.ui.today import sentences
from lib.ui.today.first_steps import draw_first_steps
from lib.ui.today.follow_up_form import draw_follow_up_form
from lib.ui.today.portfolio_metrics import draw_portfolio_metrics
from lib.ui.today.prices_to_approve import draw_prices_to_approve
from lib.ui.today.renewals import draw_renewals_by_quarter
from lib.ui.today.team_figures import draw_team_figures
from lib.ui.today.today_list import draw_today_list
from lib.ui.today.today_runs import draw_today_escalations, draw_today_runs


def draw_today_greeting(person: Person, now: datetime) -> None:
    """`now` is in the person's own time zone."""
    st.markdown(f"# {escape_markdown(sentences.format_greeting(now, person.full_name))}")
    st.caption(sentences.format_weekday_date(now))


def draw_today(cached: Cached[TodayOverview], services: Services, now: datetime) -> None:
    """The page of a person with customers, or of who leads a team with some. `now` is in the person's own time zone."""
    dashboard, person = cached.value, services.person
    draw_cache_error(session_keys.TODAY_DATA, cached, what="your day", time_zone=person.time_zone)
    with error_boundary("today first steps"):
        draw_first_steps(dashboard, services)
    st.markdown(sentences.describe_today(dashboard))
    draw_today_list(dashboard, services)
    with error_boundary("today follow-up form"):
        draw_follow_up_form(dashboard)
    with error_boundary("today escalations"):
        draw_today_escalations(dashboard, now)
    with error_boundary("today prices"):
        draw_prices_to_approve(dashboard)
    with error_boundary("today runs"):
        draw_today_runs(dashboard, services, now)
    with error_boundary("today team"):
        draw_team_figures(dashboard)
    if dashboard.customers:
        with error_boundary("today metrics"):
            draw_portfolio_metrics(dashboard)
        with error_boundary("today renewals"):
            draw_renewals_by_quarter(dashboard)
    draw_refresh_footer(session_keys.TODAY_DATA, cached, time_zone=person.time_zone)


def draw_today_without_customers(cached: Cached[TodayOverview], services: Services, now: datetime) -> None:
    """The page of a person without customers: what will be here, how to begin, and what waits all the same."""
    overview, person = cached.value, services.person
    draw_cache_error(session_keys.TODAY_DATA, cached, what="your day", time_zone=person.time_zone)
    first_step = "" if person.role.leads_team else "A manager can make you the owner of your first customers. "
    empty_and_error_states.draw_empty_state(
        "No customers yet",
        f"{first_step}Each day starts with three things: what is escalated to you, overdue or due, then the customers "
        "that matter most, with the reasons.",
        icon=":material/wb_twilight:",
    )
    with error_boundary("today first steps"):
        draw_first_steps(overview, services)
    if overview.first_steps is None:
        page_links.draw_workflows_link("See the workflows")
    if overview.items or overview.more:
        st.markdown(sentences.describe_today(overview))
        draw_today_list(overview, services)
    with error_boundary("today escalations"):
        draw_today_escalations(overview, now)
    with error_boundary("today prices"):
        draw_prices_to_approve(overview)
    with error_boundary("today runs"):
        draw_today_runs(overview, services, now)
    draw_refresh_footer(session_keys.TODAY_DATA, cached, time_zone=person.time_zone)
