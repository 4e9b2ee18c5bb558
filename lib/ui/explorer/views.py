"""What was said, or what it used: the second is read only when somebody looks at it."""

import streamlit as st

from lib.ui.explorer import address
from lib.ui.keys import EXPLORER_VIEW

VIEWS = {"": "What was said", address.USE: "Tokens and cost"}


def view_of() -> str:
    """The view in the address, with the control that changes it."""
    asked = st.query_params.get(address.VIEW) or ""
    st.session_state[EXPLORER_VIEW] = asked if asked in VIEWS else ""
    st.segmented_control(
        "View", list(VIEWS), key=EXPLORER_VIEW, required=True, format_func=VIEWS.__getitem__,
        label_visibility="collapsed", on_change=_turn,
    )  # fmt: skip
    return str(st.session_state[EXPLORER_VIEW])


def _turn() -> None:
    view = st.session_state[EXPLORER_VIEW]
    if view:
        st.query_params[address.VIEW] = view
    else:
        st.query_params.pop(address.VIEW, None)
