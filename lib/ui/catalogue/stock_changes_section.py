"""What the stock changed since a workflow was copied from it, and taking it."""

import streamlit as st

from lib.errors import ZenError
from lib.services import Services
from lib.text.format import format_count
from lib.ui import empty_and_error_states, page_cache, session_keys
from lib.ui.builder.merge_view import draw_workflow_merge
from lib.ui.catalogue.workflow_cards import WorkflowCard
from lib.ui.page_links import switch_to_builder
from lib.ui.workflow_diff.branch_references import load_action_names


def draw_stock_changes(card: WorkflowCard, services: Services) -> None:
    """Each change of stock with what the company made of it, and a draft of what is decided. Three requests at most."""
    definition = card.definition
    if definition is None:
        return
    key = session_keys.catalogue_stock_key(card.content.id)
    changes = page_cache.load_with_max_age(
        key, lambda: services.stock_lineage.fetch_stock_changes(definition), page_cache.CACHE_SECONDS
    ).value
    if changes is None:
        st.caption("Your copy has everything of the stock workflow.")
        return
    slides = format_count(len(changes.diff.changed_slides), "slide")
    st.markdown(
        f"Stock went from version {changes.base.version} to {changes.theirs.version}: {slides} changed. What only "
        "stock changed is taken unless you say otherwise; where both of you changed the same, decide."
    )
    # The number of the version is in the key: another one is another merge, with nothing decided.
    decided = draw_workflow_merge(
        changes.merge,
        key=f"{changes.ours.id}.{changes.theirs.version}",
        load_actions=lambda: load_action_names(services),
    )
    if st.button("Make a draft", key=f"{key}.draft", type="primary", disabled=bool(decided.conflicts)):
        try:
            draft = services.stock_lineage.draft_stock_merge(changes, decided)
        except ZenError as error:
            empty_and_error_states.draw_error(error, key=f"{key}.draft")
            return
        page_cache.invalidate(session_keys.CATALOGUE)
        switch_to_builder(draft.id)
