"""What happened in a run: who did what when, in the person's own time zone."""

from collections.abc import Callable, Mapping
from itertools import groupby

import streamlit as st

from lib.auth.model import Person
from lib.executions.model import Event
from lib.slides.deck.summary import LABELS
from lib.slides.words import day, escape, spoken
from lib.ui.run.sitting import Sitting
from lib.ui.theme import clock, local


def timeline(sitting: Sitting, person: Person) -> None:
    """The latest events, newest first, by day."""
    run = sitting.execution
    with st.expander("What happened in this run", type="compact"):
        for when, events in groupby(run.events, key=lambda event: local(event.created_at, person.time_zone).date()):
            st.markdown(f"**{day(when)}**  \n" + "  \n".join(_line(event, sitting, person) for event in events))
        if len(run.events) == 50:
            st.caption("The latest 50 events.")


def _line(event: Event, sitting: Sitting, person: Person) -> str:
    return f":gray[{clock(event.created_at, person.time_zone)}]  {sentence(event, sitting)}"


def sentence(event: Event, sitting: Sitting) -> str:
    """An event in words, as Markdown: "Alice saved “Contract terms”"."""
    who = escape(event.actor_name or "Zen")
    slide = sitting.workflow.slide(event.slide_id) if event.slide_id else None
    title = escape(sitting.title(slide)) if slide else ""
    say = SENTENCES.get(event.kind)
    return f"{who} {say(title, event.payload)}" if say else f"{who}: {escape(spoken(event.kind))}"


def _completed(_: str, payload: Mapping[str, object]) -> str:
    code = str(payload.get("outcome_code") or "")
    return f"completed the run: {escape(LABELS.get(code, spoken(code)).lower())}"


SENTENCES: Mapping[str, Callable[[str, Mapping[str, object]], str]] = {
    "started": lambda _, payload: "started the run",
    "step_saved": lambda title, _: f"saved “{title}”",
    "step_done": lambda title, _: f"finished “{title}”",
    "step_skipped": lambda title, _: f"skipped “{title}”",
    "status_changed": lambda _, payload: f"set it to {escape(spoken(str(payload.get('to') or '')))}",
    "reassigned": lambda _, payload: "gave the run to somebody else",
    "completed": _completed,
}
