"""The number beside Inbox in the menu, after a command has changed what waits."""

import streamlit as st

from lib.auth.gate import read_person_again, require_person
from lib.auth.model import Person
from lib.ui.page_cache import get_data_version
from lib.ui.session_keys import MENU_DATA_VERSION


def rerun_if_inbox_count_changed(drawn_for: Person) -> None:
    """After the page: reads the person again if data changed in this tab, and reruns if the number is another.

    The menu is drawn before the page, which runs the command. No request without a change: the number comes with the
    session, which the gate reads twice a minute; after a change it is read at once instead.
    """
    version = get_data_version().number
    if st.session_state.get(MENU_DATA_VERSION, 0) == version:
        return
    st.session_state[MENU_DATA_VERSION] = version
    read_person_again()
    if require_person().inbox_count != drawn_for.inbox_count:
        st.rerun()
