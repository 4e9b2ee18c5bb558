"""What happened in a run: who did what when, in the person's own time zone."""

from itertools import groupby

import streamlit as st

from lib.auth.model import Person
from lib.executions.model import Event
from lib.executions.work import Undoable
from lib.slides.clock import local
from lib.slides.words import day, escape, spoken
from lib.ui.acting import buttons
from lib.ui.run import telling, undoing
from lib.ui.run.sitting import Sitting
from lib.ui.theme import clock


def timeline(sitting: Sitting, person: Person) -> None:
    """The latest events, newest first, by day."""
    run = sitting.execution
    with st.expander("What happened in this run", type="compact"):
        for done in undoing.undoable(run):
            _undoable(done, person)
        for when, events in groupby(run.events, key=lambda event: local(event.created_at, person.time_zone).date()):
            st.markdown(f"**{day(when)}**  \n" + "  \n".join(_line(event, sitting, person) for event in events))
        if len(run.events) == 50:
            st.caption("The latest 50 events.")


def _undoable(done: Undoable, person: Person) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        when = clock(done.created_at, person.time_zone)
        st.markdown(f":gray[{when}]  {escape(done.summary)} {escape(done.actor_name)} did it.", width="content")
        buttons.undo(done.run_id, where="story")


def _line(event: Event, sitting: Sitting, person: Person) -> str:
    return f":gray[{clock(event.created_at, person.time_zone)}]  {sentence(event, sitting)}"


def sentence(event: Event, sitting: Sitting) -> str:
    """An event in words, as Markdown: "Alice saved “Contract terms”"."""
    slide = sitting.workflow.slide(event.slide_id) if event.slide_id else None
    title = sitting.title(slide) if slide else spoken(event.slide_id) if event.slide_id else ""
    return telling.sentence(event, title, sitting.time_zone)
