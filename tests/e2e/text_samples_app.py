"""A server that draws every sample of a file in every way the app draws text; `test_text_is_exact` reads the page."""

from pathlib import Path

import streamlit as st
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from lib.server.static_files import STATIC_FILES, STATIC_URL

PAGE = Path(__file__).with_name("text_samples_page.py")
app = st.App(str(PAGE), routes=[Mount(STATIC_URL, StaticFiles(directory=STATIC_FILES))])
