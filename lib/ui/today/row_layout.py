"""A row of Today: text on the left, as wide as there is room; buttons on the right, as wide as they need."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.text.html import Html
from lib.ui.text import draw_html

ROW_KEY_PREFIX = "today_row."


def draw_row(html: Html, *, key: str) -> DeltaGenerator:
    """Draw the text of a row and return the container of its buttons. `zen.css` keeps both on one line."""
    with st.container(horizontal=True, gap="medium", key=f"{ROW_KEY_PREFIX}{key}"):
        draw_html(html)
        return st.container(horizontal=True, horizontal_alignment="right", gap="xsmall", width="content")
