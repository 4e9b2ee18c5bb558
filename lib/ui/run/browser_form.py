"""What form the browser shows, kept in the browser: a new session of the same tab goes on with it.

When a process ends, the browser connects to another one and sends the values of its widgets. The new session knows
nothing of them, and would seed its form with stored answers over what was typed. So the page has a hidden text field
that says which form the widgets belong to; Streamlit sends its value like that of any widget.

When the session itself ends, the widgets go with their page. Answers that were not saved then stay in the tab
(`unsaved_answers`), which puts them into the same field once the page is open again.
"""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import TypeAdapter, ValidationError

from lib.forms.answer_validation import build_initial_answers
from lib.forms.model import Answers, Form
from lib.text.json_values import to_exact_numbers, to_json_numbers
from lib.ui.form_widgets import has_widget_value, read_widget_answers
from lib.ui.run.answer_save_state import StaleStep
from lib.ui.run.run_page_state import RunPageState
from lib.ui.session_keys import RUN_BROWSER_FORM
from lib.ui.widget_values import JsonRow


@dataclass(frozen=True, kw_only=True)
class BrowserForm:
    """`revision` is the step's when its answers were last saved; `rows` are what the row editors started with.

    `answers` are those of a form whose widgets are gone.
    """

    page_key: str
    slide_id: str
    form_version: str
    revision: int
    rows: dict[str, list[JsonRow]]
    answers: dict[str, Any] | None = None


_adapter = TypeAdapter(BrowserForm)


def draw_browser_form(state: RunPageState) -> None:
    """Draw the hidden field. In a new session of a tab, take over the form that the tab shows. No request."""
    own = serialize_form_on_screen(state)
    sent = st.session_state.get(RUN_BROWSER_FORM, own)
    if sent != own:
        st.session_state[RUN_BROWSER_FORM] = own
    with st.container(key="run_browser_form"):
        shown = st.text_input("Form on screen", own, key=RUN_BROWSER_FORM, label_visibility="collapsed")
    is_new_session, state.is_new_session = state.is_new_session, False
    if is_new_session:
        sent = shown
    form = None if sent == own else _parse_browser_form(state, sent or "")
    if form is not None and form.answers is not None:
        _restore_answers(state, form, form.answers)
    elif form is not None and is_new_session:
        state.slide_id, state.form_version = form.slide_id, form.form_version
        state.first_rows, state.taken_over_revision = to_exact_numbers(form.rows), form.revision


def adopt_browser_answers(state: RunPageState, form: Form) -> None:
    """After the widgets are drawn: their values become the draft, and the page runs again to save it."""
    with state.commands.lock:
        revision, state.taken_over_revision = state.taken_over_revision, None
        if revision is None:
            return
        stored = state.execution.find_step(state.slide_id)
        initial = state.draft = build_initial_answers(form, stored.answers)
        state.saved = state.answers_to_save(form)
        # A widget without a value is one the browser did not have, in a new release for example.
        missing = {field.key for field in form.fields if not has_widget_value(field, state.form_keys)}
        state.draft = read_widget_answers(form, state.form_keys) | {key: initial[key] for key in missing}
        state.is_form_seeded = state.is_draft_restored = True
        if any(initial[key] is not None for key in missing):
            state.start_new_form()
        if stored.revision != revision and state.answers_to_save(form) != state.saved:
            state.save_state = StaleStep(stored)
    st.rerun()


def serialize_form_on_screen(state: RunPageState, answers: Answers | None = None) -> str:
    """The form on screen as JSON."""
    form = BrowserForm(
        page_key=state.execution.page_key,
        slide_id=state.slide_id,
        form_version=state.form_version,
        revision=state.execution.find_step(state.slide_id).revision,
        rows=to_json_numbers(state.first_rows),
        answers=None if answers is None else to_json_numbers(answers),
    )
    return _adapter.dump_json(form).decode()


def _restore_answers(state: RunPageState, form: BrowserForm, answers: Answers) -> None:
    """Make answers that another session could not save the draft, and run the page again to save it."""
    if form.slide_id != state.slide_id or not state.may_answer:
        return
    with state.commands.lock:
        stored = state.execution.find_step(state.slide_id)
        state.reset_form()
        state.draft, state.is_draft_restored = to_exact_numbers(answers), True
        if stored.revision != form.revision:
            state.save_state = StaleStep(stored)
    st.rerun()


def _parse_browser_form(state: RunPageState, text: str) -> BrowserForm | None:
    """None if it is no form of this run."""
    try:
        form = _adapter.validate_json(text)
    except ValidationError:
        return None
    # The process may have ended between the start of the run and the next drawing: then the form is still the peek's.
    is_same_run = form.page_key in (state.execution.page_key, state.execution.peek_key)
    return form if is_same_run and state.workflow.find_slide(form.slide_id) is not None else None
