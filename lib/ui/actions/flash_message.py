"""What was just done or refused, above the page, with the way back; quiet, and gone once read."""

import streamlit as st

from lib.text.escape import escape_markdown
from lib.ui import placeholders
from lib.ui.actions import buttons
from lib.ui.actions.action_state import dismiss_message, get_action_state
from lib.ui.keys import action_button


def draw_flash_message() -> None:
    desk = get_action_state()
    if desk.error is not None:
        placeholders.draw_error(desk.error, key="act_trouble")
    notice = desk.message
    if notice is None:
        return
    with st.container(border=True, key="act_notice", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/check: {escape_markdown(notice.text)}", width="stretch")
            if notice.undo_run_id is not None:
                buttons.draw_undo_button(notice.undo_run_id, where="notice")
            st.button(
                "", key=action_button("dismiss", ""), type="tertiary", icon=":material/close:", help="Dismiss",
                on_click=dismiss_message,
            )  # fmt: skip
        if notice.lines:
            st.markdown("\n".join(f"- {escape_markdown(line)}" for line in notice.lines))
