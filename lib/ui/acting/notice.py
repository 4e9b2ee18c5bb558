"""What was just done or refused, above the page, with the way back; quiet, and gone once read."""

import streamlit as st

from lib.slides.words import escape
from lib.ui import states
from lib.ui.acting import buttons
from lib.ui.acting.desk import dismiss, the_desk
from lib.ui.keys import act_press


def draw() -> None:
    desk = the_desk()
    if desk.trouble is not None:
        states.problem(desk.trouble, key="act_trouble")
    notice = desk.notice
    if notice is None:
        return
    with st.container(border=True, key="act_notice", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/check: {escape(notice.text)}", width="stretch")
            if notice.undo is not None:
                buttons.undo(notice.undo, where="notice")
            st.button(
                "", key=act_press("dismiss", ""), type="tertiary", icon=":material/close:", help="Dismiss",
                on_click=dismiss,
            )  # fmt: skip
        if notice.lines:
            st.markdown("\n".join(f"- {escape(line)}" for line in notice.lines))
