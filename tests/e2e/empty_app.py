"""An empty page of Streamlit with a menu in sections, as the menu of Zen is."""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).with_name("empty_app_router.py"))
