"""Publishing and discarding a draft from its page."""

import streamlit as st

from lib.errors import Conflict, NotFound, ZenError
from lib.services import Services
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, session_keys
from lib.ui.catalogue.workflow_cards import WorkflowCard
from lib.ui.catalogue.workflow_list import set_workflow_in_url
from lib.ui.ghost_run.case_section import draw_case_warning
from lib.ui.page_cache import invalidate
from lib.workflows.model import DraftEntry, WorkflowDraft
from lib.workflows.publication import MAX_NOTE_LENGTH


def draw_draft_controls(card: WorkflowCard, services: Services) -> None:
    """Publish it, for leaders; discard it, for its author. Nothing for a published workflow.

    A leader discards a colleague's draft too if it cannot be published.
    """
    entry = card.draft
    if entry is None:
        return
    if services.person.role.leads_team and not card.errors:
        _draw_publish_form(entry.draft, services)
    if entry.is_own or (services.person.role.leads_team and card.errors):
        _draw_discard_button(entry, services)


def _draw_publish_form(draft: WorkflowDraft, services: Services) -> None:
    """One request when clicked."""
    note = st.text_input(
        "What is new in it (optional)",
        key=session_keys.catalogue_note_key(draft.id),
        max_chars=MAX_NOTE_LENGTH,
        width=420,
    )
    st.caption("New runs use it from then on. Runs in progress stay on their version.")
    draw_case_warning(draft, services)
    key = session_keys.catalogue_publish_key(draft.id)
    if not st.button("Publish", key=key, type="primary"):
        return
    try:
        version = services.workflows.publish_workflow(draft, note.strip() or None)
    except ZenError as error:
        _draw_draft_error(error, key)
        return
    message = f"“{single_line(version.name)}” is published as version {version.version}."
    st.session_state[session_keys.CATALOGUE_MESSAGE] = (version.definition_id, message)
    _return_to_workflow_list(version.definition_id)


def _draw_discard_button(entry: DraftEntry, services: Services) -> None:
    """One request when confirmed."""
    key = session_keys.catalogue_discard_key(entry.draft.id)
    with st.popover("Discard draft", key=f"{key}-popover"):
        st.write("It cannot be brought back.")
        if not st.button("Discard", key=key):
            return
    try:
        services.workflows.discard_draft(entry.draft)
    except ZenError as error:
        _draw_draft_error(error, key)
        return
    _return_to_workflow_list(None)


def _draw_draft_error(error: ZenError, key: str) -> None:
    if isinstance(error, Conflict | NotFound):
        invalidate(session_keys.CATALOGUE)  # somebody changed, published or discarded it
    empty_and_error_states.draw_error(error, key=key)


def _return_to_workflow_list(address: str | None) -> None:
    invalidate(session_keys.CATALOGUE)
    set_workflow_in_url(address)
    st.rerun()
