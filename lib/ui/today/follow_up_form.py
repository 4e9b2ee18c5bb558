"""One line to add a follow-up of one's own, due today."""

import uuid

import streamlit as st

from lib.customers.today_overview import TodayOverview
from lib.ui.actions import button_commands
from lib.ui.actions.action_state import empty_form_after, get_action_state, queue_command
from lib.ui.session_keys import today_follow_up_key

MAX_TITLE_CHARS = 500
FORM = "follow_up"


def draw_follow_up_form(overview: TodayOverview) -> None:
    """A customer, what is to be done, Enter. Refused words stay; what was added makes room for the next."""
    names = {choice.id: choice.name for choice in overview.customer_choices}
    if not names:
        return
    entry = get_action_state().form_entries.get(FORM, 0)
    with (
        st.form(today_follow_up_key("form", entry), border=False, enter_to_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.selectbox(
            "Customer",
            list(names),
            index=None,
            key=today_follow_up_key("customer", entry),
            format_func=lambda customer_id: names.get(customer_id, ""),
            placeholder="Customer",
            label_visibility="collapsed",
            width=220,
        )
        st.text_input(
            "To do today",
            key=today_follow_up_key("title", entry),
            max_chars=MAX_TITLE_CHARS,
            placeholder="To do today, for example: send the offer",
            label_visibility="collapsed",
            width="stretch",
        )
        st.form_submit_button("Add", icon=":material/add:", on_click=_add_follow_up, args=(entry,))


def _add_follow_up(entry: int) -> None:
    """A callback. The key of an entry is the same for each of its clicks, so that two add one follow-up."""
    customer_id: str | None = st.session_state.get(today_follow_up_key("customer", entry))
    title = str(st.session_state.get(today_follow_up_key("title", entry)) or "")
    key: str = st.session_state.setdefault(today_follow_up_key("key", entry), str(uuid.uuid4()))
    command = button_commands.build_add_follow_up_command(customer_id, title, key)
    queue_command(empty_form_after(FORM, command), today_follow_up_key(key, entry))
