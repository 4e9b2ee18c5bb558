import streamlit as st

from lib.errors import ZenError
from lib.services import Services
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, session_keys
from lib.ui.catalogue.workflow_cards import WorkflowCard
from lib.ui.page_cache import invalidate


def draw_archive_button(card: WorkflowCard, services: Services) -> None:
    """A way to put away a workflow of the company's own that has errors. For leaders; one request when clicked."""
    definition = card.definition
    if (
        definition is None
        or not card.errors
        or card.is_stock
        or card.is_archived
        or not services.person.role.leads_team
    ):
        return
    key = session_keys.catalogue_archive_key(definition.id)
    if not st.button("Archive", key=key, help="Runs in progress continue; no new runs can be started."):
        return
    try:
        services.workflows.archive_workflow(definition)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key=key)
        return
    invalidate(session_keys.CATALOGUE)
    st.toast(f"“{escape_markdown(single_line(definition.name, max_length=80))}” is archived.")
    st.rerun()
