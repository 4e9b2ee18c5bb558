"""What was said, what it used, and what was offered to slides: the others are read only when somebody looks at them."""

import streamlit as st

from lib.auth.model import Role
from lib.ui.explorer import address
from lib.ui.keys import EXPLORER_VIEW

VIEWS = {"": "What was said", address.USE: "Tokens and cost", address.DRAFTS: "Drafts of answers"}


def view_of(role: Role) -> str:
    """The view in the address, with the control that changes it. Leaders decide about drafts."""
    asked = st.query_params.get(address.VIEW) or ""
    views = [view for view in VIEWS if view != address.DRAFTS or role.leads_team]
    st.session_state[EXPLORER_VIEW] = asked if asked in views else ""
    st.segmented_control(
        "View", views, key=EXPLORER_VIEW, required=True, format_func=VIEWS.__getitem__,
        label_visibility="collapsed", on_change=_turn,
    )  # fmt: skip
    return str(st.session_state[EXPLORER_VIEW])


def _turn() -> None:
    view = st.session_state[EXPLORER_VIEW]
    if view:
        st.query_params[address.VIEW] = view
    else:
        st.query_params.pop(address.VIEW, None)
