import streamlit as st

from lib.errors import ZenError
from lib.services import Services
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, session_keys
from lib.ui.catalogue.workflow_cards import WorkflowCard
from lib.ui.page_cache import invalidate

ARCHIVE_HELP = "Runs in progress continue; no new runs can be started."
RESTORE_HELP = "New runs can be started again, with its latest version."


def draw_archive_button(card: WorkflowCard, services: Services) -> None:
    """In the list: a way to put away a workflow of the company's own that has errors. For leaders."""
    if card.errors and not card.is_archived:
        draw_archive_or_restore_button(card, services)


def draw_archive_or_restore_button(card: WorkflowCard, services: Services) -> None:
    """Archive a workflow of the company's own, or offer it again. For leaders; one request when clicked."""
    definition = card.definition
    if definition is None or card.is_stock or not services.person.role.leads_team:
        return
    key = session_keys.catalogue_archive_key(definition.id)
    label, help_text = ("Restore", RESTORE_HELP) if card.is_archived else ("Archive", ARCHIVE_HELP)
    if not st.button(label, key=key, help=help_text):
        return
    try:
        if card.is_archived:
            services.workflows.unarchive_workflow(definition)
        else:
            services.workflows.archive_workflow(definition)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key=key)
        return
    invalidate(session_keys.CATALOGUE)
    done = "is offered again" if card.is_archived else "is archived"
    st.toast(f"“{escape_markdown(single_line(definition.name, max_length=80))}” {done}.")
    st.rerun()
