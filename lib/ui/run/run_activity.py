"""What happened in a run, by day, in the person's own time zone."""

from itertools import groupby

import streamlit as st

from lib.auth.model import Person
from lib.errors import ZenError
from lib.executions.model import Execution, RunEvent, UndoableAction
from lib.executions.undoable_actions import list_undoable_actions
from lib.services import Services
from lib.text.format import format_count, format_date, humanize_code
from lib.text.local_time import to_local_time
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states
from lib.ui.actions import buttons
from lib.ui.run.event_sentences import format_event_sentence
from lib.ui.run.run_page_state import RunPageState
from lib.ui.session_keys import run_button_key, run_events_key
from lib.ui.theme import format_clock

PAGE_EVENTS = 50  # as many as `workflow_run` returns
MAX_EVENTS_PER_REQUEST = 200


def draw_activity(state: RunPageState, services: Services) -> None:
    """The latest events by day, newest first, and what can still be undone. Nothing before the run is started."""
    run, person = state.execution, services.person
    if not run.is_started:
        return
    with st.expander("What happened in this run", type="compact"):
        for action in list_undoable_actions(run):
            _draw_undoable_action(action, person)
        events = (*run.events, *_load_older_events(run, services))
        by_day = groupby(events, key=lambda event: to_local_time(event.created_at, person.time_zone).date())
        for day, events_of_day in by_day:
            lines = (
                f":gray[{format_clock(event.created_at, person.time_zone)}]  {describe_run_event(event, state)}"
                for event in events_of_day
            )
            st.markdown(f"**{format_date(day)}**  \n" + "  \n".join(lines))
        _draw_more_events_button(run, len(events))


def _load_older_events(run: Execution, services: Services) -> tuple[RunEvent, ...]:
    """Events beyond those of the run, as many as the person asked for. One request for 200, none on a rerun."""
    wanted = st.session_state.get(run_events_key(run.id), 0)
    key = f"{run_events_key(run.id)}.{run.events[-1].id if run.events else 0}"
    older: tuple[RunEvent, ...] = st.session_state.get(key, ())
    try:
        while len(older) < wanted and len(run.events) + len(older) < run.event_count:
            before = (older or run.events)[-1].id
            most = min(MAX_EVENTS_PER_REQUEST, wanted - len(older))
            found = services.executions.fetch_events(run.id, before=before, most=most)
            if not found:
                break
            older = st.session_state[key] = (*older, *found)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="run_events")
    return older


def _draw_more_events_button(run: Execution, shown: int) -> None:
    left = run.event_count - shown
    if left <= 0:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{shown:,} of {format_count(run.event_count, 'event')}", width="content")
        st.button(
            f"Show {min(PAGE_EVENTS, left)} more",
            key=run_button_key("events", run.id),
            type="tertiary",
            icon=":material/expand_more:",
            on_click=_show_more_events,
            args=(run_events_key(run.id), shown - len(run.events) + PAGE_EVENTS),
        )


def _show_more_events(key: str, older: int) -> None:
    """A callback."""
    st.session_state[key] = older


def _draw_undoable_action(action: UndoableAction, person: Person) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        text = f"{escape_markdown(action.summary)} By {escape_markdown(action.actor_name)}."
        st.markdown(f":gray[{format_clock(action.created_at, person.time_zone)}]  {text}", width="content")
        buttons.draw_undo_button(action.run_id, where="story")


def describe_run_event(event: RunEvent, state: RunPageState) -> str:
    """An event in words, as Markdown: "Alice saved “Contract terms”"."""
    slide = state.workflow.find_slide(event.slide_id) if event.slide_id else None
    title = state.slide_title(slide) if slide else humanize_code(event.slide_id) if event.slide_id else ""
    return format_event_sentence(event, title, state.time_zone, state.account.rules)
