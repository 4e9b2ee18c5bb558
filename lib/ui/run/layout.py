"""The slide with the chat beside it; under it where the window is narrow. `lib.ui.theme` holds the measures."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.ui.chat import panel
from lib.ui.keys import run_button


def split_slide_and_chat() -> tuple[DeltaGenerator, DeltaGenerator | None]:
    """Where the slide goes, and where the chat does; None when it is hidden, with the button that brings it back."""
    if not panel.is_shown():
        with st.container(horizontal=True, horizontal_alignment="right", key="run_show_chat"):
            st.button("Show the chat", key=run_button("chat", ""), icon=":material/forum:", on_click=panel.show_panel)
        return st.container(key="run_slide"), None
    with st.container(key="run_beside"):
        slide, beside = st.columns([1.9, 1], gap="large")
    return slide.container(key="run_slide"), beside.container(key="run_chat", gap="small")
