"""A row of Today: what is told takes the room there is, what can be done beside it no more than its words need."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

ROW_KEY_PREFIX = "today_row."


@contextmanager
def row_with_actions(key: str) -> Iterator[DeltaGenerator]:
    """Inside is what is told; what it gives is where the buttons go. `lib.ui.theme` keeps both on one line."""
    with st.container(horizontal=True, gap="medium", key=f"{ROW_KEY_PREFIX}{key}"):
        told = st.container(gap="xsmall")
        act = st.container(horizontal=True, horizontal_alignment="right", gap="xsmall", width="content")
    with told:
        yield act
