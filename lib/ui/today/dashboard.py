"""The order of the morning page: what matters, what is open, the book, and as of when."""

from datetime import datetime
from pathlib import Path

import streamlit as st

from lib.accounts.dashboard import Dashboard
from lib.auth.model import Person
from lib.executions.service import ExecutionService
from lib.text.escape import escape_markdown
from lib.ui import keys, placeholders
from lib.ui.page_cache import Cached, draw_as_of, draw_cache_error
from lib.ui.today import sentences
from lib.ui.today.escalations import draw_escalations
from lib.ui.today.portfolio import draw_metrics, draw_renewals_chart
from lib.ui.today.priorities import draw_priorities
from lib.ui.today.runs import draw_runs

CATALOGUE_PAGE = Path(__file__).resolve().parents[3] / "pages" / "workflows" / "catalogue.py"


def draw_greeting(person: Person, now: datetime) -> None:
    """`now` is in the person's own time zone."""
    st.markdown(f"# {escape_markdown(sentences.format_greeting(now, person.full_name))}")
    st.caption(sentences.format_weekday_date(now))


def draw_dashboard(kept: Cached[Dashboard], executions: ExecutionService, person: Person, now: datetime) -> None:
    """The page of someone with customers."""
    leads = person.role.leads_team
    draw_cache_error(keys.TODAY_DASHBOARD, kept, what="the board", time_zone=person.time_zone)
    st.markdown(sentences.summarize_day(kept.value))
    draw_priorities(kept.value, executions, show_owner=leads)
    draw_escalations(kept.value, now)
    draw_runs(kept.value, now, show_owner=leads)
    draw_metrics(kept.value)
    draw_renewals_chart(kept.value)
    draw_as_of(keys.TODAY_DASHBOARD, kept, time_zone=person.time_zone)


def draw_empty_dashboard(kept: Cached[Dashboard], person: Person, now: datetime) -> None:
    """The page of someone without a customer yet: what will be here, and how to begin."""
    draw_cache_error(keys.TODAY_DASHBOARD, kept, what="the board", time_zone=person.time_zone)
    who = "Customers of the company" if person.role.leads_team else "Customers you own"
    placeholders.draw_empty(
        "No customers yet",
        f"{who} will be here: at most three things a day, each with why it matters, then your book at a glance. "
        "Ask your admin for your first customers; until then, see how the workflows go.",
        icon=":material/wb_twilight:",
    )
    st.page_link(CATALOGUE_PAGE, label="See the workflows", icon=":material/checklist:")
    draw_escalations(kept.value, now)
    draw_runs(kept.value, now, show_owner=person.role.leads_team)
    draw_as_of(keys.TODAY_DASHBOARD, kept, time_zone=person.time_zone)
