"""A row of a list: text on the left, as wide as there is room; buttons on the right, as wide as they need."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.text.escape import escape_markdown
from lib.text.html import Html
from lib.ui.text import draw_html

ROW_KEY_PREFIX = "list_row."


def draw_row(html: Html, *, key: str, checkbox: tuple[str, str] | None = None) -> DeltaGenerator:
    """Draw the text of a row and return the container of its buttons. `zen.css` keeps them on one line.

    `checkbox` is the key of a checkbox before the text, and what it selects, for those who hear it.
    """
    with st.container(horizontal=True, gap="medium", key=f"{ROW_KEY_PREFIX}{key}"):
        if checkbox is not None:
            key_of_box, selected = checkbox
            label = f"Select {escape_markdown(selected)}"
            st.checkbox(label, key=key_of_box, label_visibility="collapsed", width="content")
        draw_html(html)
        return st.container(horizontal=True, horizontal_alignment="right", gap="xsmall", width="content")
