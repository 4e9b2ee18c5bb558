"""How many changes are shown, and loading them."""

import streamlit as st

from lib.audit.model import ChangeFilter, ChangePage
from lib.services import Services
from lib.ui import page_cache
from lib.ui.page_cache import Cached
from lib.ui.session_keys import AUDIT, AUDIT_FILTER, AUDIT_MORE, AUDIT_MOST

PAGE_CHANGES = 50
MAX_CHANGES = 500


def load_changes(services: Services, wanted: ChangeFilter) -> Cached[ChangePage]:
    """The newest changes of the filter. One request; none within a minute. Raises as `page_cache.load_for_page`."""
    if st.session_state.get(AUDIT_FILTER) != wanted:
        st.session_state[AUDIT_FILTER] = wanted
        st.session_state[AUDIT_MOST] = PAGE_CHANGES
        page_cache.invalidate(AUDIT)
    most: int = st.session_state.setdefault(AUDIT_MOST, PAGE_CHANGES)
    return page_cache.load_for_page(AUDIT, lambda: services.audit.fetch_changes(wanted, most=most), skeleton_height=480)


def draw_more_changes_button(next_before: int | None) -> None:
    """Nothing where all are shown; from 500 changes on, what to do instead."""
    if next_before is None:
        return
    if st.session_state[AUDIT_MOST] >= MAX_CHANGES:
        st.caption(f"The newest {MAX_CHANGES} are shown. Choose fewer days, or download them.")
        return
    st.button("Show more", key=AUDIT_MORE, type="tertiary", icon=":material/expand_more:", on_click=_show_more_changes)


def _show_more_changes() -> None:
    st.session_state[AUDIT_MOST] = min(MAX_CHANGES, st.session_state[AUDIT_MOST] + PAGE_CHANGES)
    page_cache.invalidate(AUDIT)
