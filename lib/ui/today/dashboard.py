"""The page Today in its order: priorities, escalations, open runs, portfolio, and when it was loaded.

Each part and each row stands in an error boundary: what breaks in one leaves the others.
"""

from datetime import datetime

import streamlit as st

from lib.accounts.dashboard import Dashboard
from lib.auth.model import Person
from lib.executions.service import ExecutionService
from lib.text.escape import escape_markdown
from lib.ui import keys, navigation, placeholders
from lib.ui.error_boundary import error_boundary
from lib.ui.page_cache import Cached, draw_as_of, draw_cache_error
from lib.ui.today import sentences
from lib.ui.today.portfolio import draw_metrics
from lib.ui.today.priorities import draw_priorities
from lib.ui.today.renewals import draw_renewals
from lib.ui.today.runs import draw_escalations, draw_runs


def draw_greeting(person: Person, now: datetime) -> None:
    """`now` is in the person's own time zone."""
    st.markdown(f"# {escape_markdown(sentences.format_greeting(now, person.full_name))}")
    st.caption(sentences.format_weekday_date(now))


def draw_dashboard(cached: Cached[Dashboard], executions: ExecutionService, person: Person, now: datetime) -> None:
    """The page of a person with customers. `now` is in the person's own time zone."""
    dashboard, leads_team = cached.value, person.role.leads_team
    draw_cache_error(keys.TODAY_DASHBOARD, cached, what="your day", time_zone=person.time_zone)
    st.markdown(sentences.summarize_day(dashboard))
    draw_priorities(dashboard, executions, show_owner=leads_team)
    with error_boundary("today escalations"):
        draw_escalations(dashboard, now)
    with error_boundary("today runs"):
        draw_runs(dashboard, now, show_owner=leads_team)
    with error_boundary("today metrics"):
        draw_metrics(dashboard)
    with error_boundary("today renewals"):
        draw_renewals(dashboard)
    draw_as_of(keys.TODAY_DASHBOARD, cached, time_zone=person.time_zone)


def draw_empty_dashboard(cached: Cached[Dashboard], person: Person, now: datetime) -> None:
    """The page of a person without customers: what will be here, and how to begin."""
    draw_cache_error(keys.TODAY_DASHBOARD, cached, what="your day", time_zone=person.time_zone)
    whose = "The company's customers" if person.role.leads_team else "Customers you own"
    placeholders.draw_empty(
        "No customers yet",
        f"{whose} will be here: at most three priorities a day, each with its reasons, then your portfolio at a "
        "glance. Ask your admin for your first customers; until then, have a look at the workflows.",
        icon=":material/wb_twilight:",
    )
    navigation.link_to_workflows("See the workflows")
    with error_boundary("today escalations"):
        draw_escalations(cached.value, now)
    with error_boundary("today runs"):
        draw_runs(cached.value, now, show_owner=person.role.leads_team)
    draw_as_of(keys.TODAY_DASHBOARD, cached, time_zone=person.time_zone)
