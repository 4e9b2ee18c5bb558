"""The order of the morning page: what matters, what is open, the book, and as of when."""

from datetime import datetime
from pathlib import Path

import streamlit as st

from lib.accounts.board import Board
from lib.auth.model import Person
from lib.executions.service import ExecutionService
from lib.slides.words import escape
from lib.ui import keys, states
from lib.ui.board import sentences
from lib.ui.board.book import draw_figures, draw_renewals
from lib.ui.board.escalations import draw_escalations
from lib.ui.board.runs import draw_runs
from lib.ui.board.things import draw_things
from lib.ui.kept import Kept, draw_as_of, draw_fault

CATALOGUE_PAGE = Path(__file__).resolve().parents[3] / "pages" / "workflows" / "catalogue.py"


def greeting(person: Person, now: datetime) -> None:
    """`now` is in the person's own time zone."""
    st.markdown(f"# {escape(sentences.greeting(now, person.full_name))}")
    st.caption(sentences.long_day(now))


def today(kept: Kept[Board], executions: ExecutionService, person: Person, now: datetime) -> None:
    """The page of someone with customers."""
    leads = person.role.leads_team
    draw_fault(keys.ZEN_BOARD, kept, what="the board", time_zone=person.time_zone)
    st.markdown(sentences.state_of_the_day(kept.value))
    draw_things(kept.value, executions, show_owner=leads)
    draw_escalations(kept.value, now)
    draw_runs(kept.value, now, show_owner=leads)
    draw_figures(kept.value)
    draw_renewals(kept.value)
    draw_as_of(keys.ZEN_BOARD, kept, time_zone=person.time_zone)


def first_day(kept: Kept[Board], person: Person, now: datetime) -> None:
    """The page of someone without a customer yet: what will be here, and how to begin."""
    draw_fault(keys.ZEN_BOARD, kept, what="the board", time_zone=person.time_zone)
    who = "Customers of the company" if person.role.leads_team else "Customers you own"
    states.empty(
        "No customers yet",
        f"{who} will be here: at most three things a day, each with why it matters, then your book at a glance. "
        "Ask your admin for your first customers; until then, see how the workflows go.",
        icon=":material/wb_twilight:",
    )
    st.page_link(CATALOGUE_PAGE, label="See the workflows", icon=":material/checklist:")
    draw_escalations(kept.value, now)
    draw_runs(kept.value, now, show_owner=person.role.leads_team)
    draw_as_of(keys.ZEN_BOARD, kept, time_zone=person.time_zone)
