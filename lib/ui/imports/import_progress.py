"""How far a check, or the worker with an import or an undo, is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.errors import Unavailable
from lib.imports.import_overview import ImportOverview
from lib.services import Services
from lib.text.format import format_count
from lib.ui import page_cache
from lib.ui.empty_and_error_states import error_boundary

POLL_SECONDS = 2.0
STILL_WAITING = "Waiting for its turn. You can close this page: it goes on without you."


@contextmanager
def show_progress_bar(text: str) -> Iterator[Callable[[float], None]]:
    """A bar while this page works; call what it yields with the part that is done, from 0 to 1."""
    bar = st.progress(0.0, text=text)
    try:
        yield lambda done: _set_progress_bar(bar, done, text)
    finally:
        bar.empty()


def _set_progress_bar(bar: DeltaGenerator, done: float, text: str) -> None:
    bar.progress(min(max(done, 0.0), 1.0), text=text)


@st.fragment(run_every=POLL_SECONDS)
def draw_progress(opened: ImportOverview, services: Services) -> None:
    """A bar that follows the worker; the page is drawn anew when it is done. One request every two seconds."""
    with error_boundary("import_progress"):
        try:
            now = services.import_views.fetch_import(opened.id)
        except Unavailable:
            st.caption("The connection is interrupted; the import goes on. Trying again…")
            return
        if not now.is_running:
            page_cache.get_data_version().increment()
            st.rerun(scope="app")
        done, total = now.progress
        text = f"{done:,} of {format_count(total, 'row')}. You can close this page: it goes on without you."
        st.progress(done / total if total else 0.0, text=text if done else STILL_WAITING)
