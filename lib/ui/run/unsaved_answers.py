"""Answers that were not saved, of every kind: the tab keeps them when the session ends."""

import streamlit as st

from lib.ui import browser_scripts
from lib.ui.form_widgets import read_widget_answers
from lib.ui.run.browser_form import serialize_form_on_screen
from lib.ui.run.run_page_state import RunPageState
from lib.ui.session_keys import RUN_PAGE_STATE, RUN_SLIDE_ROW, RUN_UNSAVED


def name_slide_place(state: RunPageState) -> str:
    """The slide, by a name that is the same before the run has begun and after."""
    return f"{state.execution.peek_key}/{state.slide_id}"


def describe_unsaved_answers(state: RunPageState) -> str:
    """The form with its answers, for the tab."""
    return serialize_form_on_screen(state, state.answers)


def keep_lost_answers_in_tab() -> None:
    """Hand unsaved answers to the tab before the gate ends the page. For the router, before any widget is drawn."""
    state: RunPageState | None = st.session_state.get(RUN_PAGE_STATE)
    states = dict(st.session_state.get(RUN_UNSAVED, {}))
    if state is not None and _has_lost_answers(state):
        states[state.execution.page_key] = state
    browser_scripts.send_lost_answers_to_scripts(
        [(name_slide_place(each), describe_unsaved_answers(each)) for each in states.values()]
    )


def _has_lost_answers(state: RunPageState) -> bool:
    """True if the page is on screen with answers that were not saved, the last change included."""
    if RUN_SLIDE_ROW not in st.session_state or not state.may_answer:
        return False
    with state.commands.lock:
        form = state.build_form()
        if state.is_form_seeded:
            state.draft = read_widget_answers(form, state.form_keys)
        return state.has_unsaved_answers or (state.saved is not None and state.answers_to_save(form) != state.saved)
