"""What form the browser shows, kept in the browser: a new session of the same tab goes on with it.

When a process ends, the browser connects to another one and sends the values of its widgets. The new session knows
nothing of them, and would seed its form with stored answers over what was typed. So the page has a hidden text field
that says which form the widgets belong to; Streamlit sends its value like that of any widget.
"""

from dataclasses import dataclass

import streamlit as st
from pydantic import TypeAdapter, ValidationError

from lib.forms.answer_validation import build_initial_answers
from lib.forms.model import Form
from lib.text.json_values import to_exact_numbers, to_json_numbers
from lib.ui.form_widgets import has_widget_value, read_widget_answers
from lib.ui.run.page_state import RunPageState
from lib.ui.run.save_state import StaleStep
from lib.ui.session_keys import RUN_BROWSER_FORM
from lib.ui.widget_values import JsonRow


@dataclass(frozen=True, kw_only=True)
class BrowserForm:
    """`revision` is the step's when its answers were last saved; `rows` are what the row editors started with."""

    page_key: str
    slide_id: str
    form_version: str
    revision: int
    rows: dict[str, list[JsonRow]]


_adapter = TypeAdapter(BrowserForm)


def draw_browser_form(state: RunPageState) -> None:
    """Draw the hidden field. In a new session of a tab, take over the form that the tab shows. No request."""
    own = _adapter.dump_json(_describe_form(state)).decode()
    if st.session_state.get(RUN_BROWSER_FORM, own) != own:
        st.session_state[RUN_BROWSER_FORM] = own
    with st.container(key="run_browser_form"):
        shown = st.text_input("Form on screen", own, key=RUN_BROWSER_FORM, label_visibility="collapsed")
    if state.is_new_session and shown != own:
        _take_over_form(state, shown or "")
    state.is_new_session = False


def finish_take_over(state: RunPageState, form: Form) -> None:
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


def _describe_form(state: RunPageState) -> BrowserForm:
    return BrowserForm(
        page_key=state.execution.page_key,
        slide_id=state.slide_id,
        form_version=state.form_version,
        revision=state.execution.find_step(state.slide_id).revision,
        rows=to_json_numbers(state.first_rows),
    )


def _take_over_form(state: RunPageState, shown: str) -> None:
    try:
        form = _adapter.validate_json(shown)
    except ValidationError:
        return
    # The process may have ended between the start of the run and the next drawing: then the form is still the peek's.
    is_same_run = form.page_key in (state.execution.page_key, state.execution.peek_key)
    if not is_same_run or state.workflow.find_slide(form.slide_id) is None:
        return
    state.slide_id, state.form_version = form.slide_id, form.form_version
    state.first_rows, state.taken_over_revision = to_exact_numbers(form.rows), form.revision
