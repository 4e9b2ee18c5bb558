"""What happened in a run: who did what when, in the person's own time zone."""

from itertools import groupby

import streamlit as st

from lib.auth.model import Person
from lib.executions.model import RunEvent, UndoableAction
from lib.text.escape import escape_markdown
from lib.text.format import format_date, humanize_code
from lib.text.local_time import to_local_time
from lib.ui.actions import buttons
from lib.ui.run import event_text, undo
from lib.ui.run.page_state import RunPageState
from lib.ui.theme import format_clock


def draw_activity(sitting: RunPageState, person: Person) -> None:
    """The latest events, newest first, by day."""
    run = sitting.execution
    with st.expander("What happened in this run", type="compact"):
        for done in undo.list_undoable_actions(run):
            _draw_undoable_action(done, person)
        for when, events in groupby(
            run.events, key=lambda event: to_local_time(event.created_at, person.time_zone).date()
        ):
            st.markdown(
                f"**{format_date(when)}**  \n" + "  \n".join(_event_line(event, sitting, person) for event in events)
            )
        if len(run.events) == 50:
            st.caption("The latest 50 events.")


def _draw_undoable_action(done: UndoableAction, person: Person) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        when = format_clock(done.created_at, person.time_zone)
        st.markdown(
            f":gray[{when}]  {escape_markdown(done.summary)} {escape_markdown(done.actor_name)} did it.",
            width="content",
        )
        buttons.draw_undo_button(done.run_id, where="story")


def _event_line(event: RunEvent, sitting: RunPageState, person: Person) -> str:
    return f":gray[{format_clock(event.created_at, person.time_zone)}]  {describe_event(event, sitting)}"


def describe_event(event: RunEvent, sitting: RunPageState) -> str:
    """An event in words, as Markdown: "Alice saved “Contract terms”"."""
    slide = sitting.workflow.find_slide(event.slide_id) if event.slide_id else None
    title = sitting.slide_title(slide) if slide else humanize_code(event.slide_id) if event.slide_id else ""
    return event_text.format_event(event, title, sitting.time_zone)
