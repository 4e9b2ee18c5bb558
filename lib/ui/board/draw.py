"""The order of the morning page: what matters, what is open, the book, and as of when."""

from datetime import datetime
from pathlib import Path

import streamlit as st

from lib.auth.model import Person
from lib.executions.service import ExecutionService
from lib.slides.words import escape
from lib.ui import keys, states, theme
from lib.ui.board import sentences
from lib.ui.board.book import draw_figures, draw_renewals
from lib.ui.board.kept import Kept, forget_board
from lib.ui.board.runs import draw_runs
from lib.ui.board.things import draw_things

CATALOGUE_PAGE = Path(__file__).resolve().parents[3] / "pages" / "workflows" / "catalogue.py"


def greeting(person: Person, now: datetime) -> None:
    """`now` is in the person's own time zone."""
    st.markdown(f"# {escape(sentences.greeting(now, person.full_name))}")
    st.caption(sentences.long_day(now))


def today(kept: Kept, executions: ExecutionService, person: Person, now: datetime) -> None:
    """The page of someone with customers."""
    leads = person.role.leads_team
    _draw_fault(kept, person)
    st.markdown(sentences.state_of_the_day(kept.board))
    draw_things(kept.board, executions, show_owner=leads)
    draw_runs(kept.board, now, show_owner=leads)
    draw_figures(kept.board)
    draw_renewals(kept.board)
    _draw_as_of(kept, person)


def first_day(kept: Kept, person: Person, now: datetime) -> None:
    """The page of someone without a customer yet: what will be here, and how to begin."""
    _draw_fault(kept, person)
    who = "Customers of the company" if person.role.leads_team else "Customers you own"
    states.empty(
        "No customers yet",
        f"{who} will be here: at most three things a day, each with why it matters, then your book at a glance. "
        "Ask your admin for your first customers; until then, see how the workflows go.",
        icon=":material/wb_twilight:",
    )
    st.page_link(CATALOGUE_PAGE, label="See the workflows", icon=":material/checklist:")
    draw_runs(kept.board, now, show_owner=person.role.leads_team)
    _draw_as_of(kept, person)


def _draw_fault(kept: Kept, person: Person) -> None:
    """What is shown is older than it should be: said above it."""
    if kept.fault is None:
        return
    as_of = theme.clock(kept.fetched_at, person.time_zone)
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/cloud_off: {escape(kept.fault.message)} **This is the board as of {as_of}.**")
        st.button("Try again", key=keys.ZEN_RETRY, icon=":material/refresh:", on_click=forget_board)


def _draw_as_of(kept: Kept, person: Person) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"As of {theme.clock(kept.fetched_at, person.time_zone)}.", width="content")
        st.button("Refresh", key=keys.ZEN_REFRESH, type="tertiary", icon=":material/refresh:", on_click=forget_board)
