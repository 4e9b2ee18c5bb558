"""What runs did with the chosen slide, beside its editor."""

import streamlit as st

from lib.errors import ZenError
from lib.services import Services
from lib.text.markdown_escape import escape_markdown
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.session_keys import builder_button_key
from lib.workflows.model import Catalogue


def load_slide_use(state: BuilderPageState, catalogue: Catalogue, services: Services) -> None:
    """Of the workflow the draft is meant for, where there is one. One request; without it the note is left out."""
    entry = next((each for each in catalogue.entries if each.definition.workflow_id == state.draft.workflow_id), None)
    if entry is None or not entry.open_runs + entry.ended_runs:
        return
    try:
        state.slide_use = services.effectiveness.fetch_slide_use(entry.definition.id)
    except ZenError:
        return


def draw_slide_use_note(state: BuilderPageState) -> None:
    """ "Skipped in 8 of 11 runs, mostly “does not apply here”.", which opens its figures. Nothing without runs."""
    use = state.slide_use.get(state.address)
    if use is not None and use.reached:
        with st.popover(escape_markdown(use.text), type="tertiary", key=builder_button_key("use", state.address)):
            st.markdown(escape_markdown(use.certainty))
