"""What was said, what it used, and what was offered to slides: the others are read only when somebody looks at them."""

import streamlit as st

from lib.auth.model import Role
from lib.ui.conversations import url_state
from lib.ui.keys import CONVERSATIONS_TAB

TABS = {"": "What was said", url_state.USAGE_TAB: "Tokens and cost", url_state.DRAFTS_TAB: "Drafts of answers"}


def draw_tabs(role: Role) -> str:
    """The view in the address, with the control that changes it. Leaders decide about drafts."""
    asked = st.query_params.get(url_state.TAB_PARAM) or ""
    views = [view for view in TABS if view != url_state.DRAFTS_TAB or role.leads_team]
    st.session_state[CONVERSATIONS_TAB] = asked if asked in views else ""
    st.segmented_control(
        "View", views, key=CONVERSATIONS_TAB, required=True, format_func=TABS.__getitem__,
        label_visibility="collapsed", on_change=_set_tab,
    )  # fmt: skip
    return str(st.session_state[CONVERSATIONS_TAB])


def _set_tab() -> None:
    view = st.session_state[CONVERSATIONS_TAB]
    if view:
        st.query_params[url_state.TAB_PARAM] = view
    else:
        st.query_params.pop(url_state.TAB_PARAM, None)
