"""The way from a draft's page to the builder, where it is changed and published, and discarding it."""

import streamlit as st

from lib.errors import Conflict, NotFound, ZenError
from lib.services import Services
from lib.ui import empty_and_error_states, session_keys
from lib.ui.catalogue.workflow_cards import WorkflowCard
from lib.ui.catalogue.workflow_list import set_workflow_in_url
from lib.ui.page_cache import invalidate
from lib.ui.page_links import draw_builder_link
from lib.workflows.model import DraftEntry


def draw_draft_controls(card: WorkflowCard, services: Services) -> None:
    """Nothing for a published workflow. A leader discards a colleague's draft too if it cannot be published."""
    entry = card.draft
    if entry is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        draw_builder_link(entry.draft.id, "Open in builder")
        if entry.is_own or (services.person.role.leads_team and card.errors):
            _draw_discard_button(entry, services)


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
    invalidate(session_keys.CATALOGUE)
    set_workflow_in_url(None)
    st.rerun()


def _draw_draft_error(error: ZenError, key: str) -> None:
    if isinstance(error, Conflict | NotFound):
        invalidate(session_keys.CATALOGUE)  # somebody changed, published or discarded it
    empty_and_error_states.draw_error(error, key=key)
