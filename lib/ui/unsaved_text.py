"""What `static/unsaved_text.js` is told: who is signed in, what is on screen, and which texts the database has."""

from collections.abc import Mapping

import streamlit as st

from lib.auth.model import Person
from lib.ui.page_values import PageValue, draw_page_value


def draw_page_identity(person: Person, place: str) -> None:
    """Load the scripts of every page, and say whose page this is; once a run, from the router."""
    with st.container(key="page_identity"):
        identity = {"person": str(person.id), "place": place}
        draw_page_value(PageValue.PAGE, identity, scripts=["page_values.js", "history.js", "unsaved_text.js"])


def draw_saved_texts(place: str, saved: Mapping[str, str], *, is_unsaved: bool) -> None:
    """Say which texts of the slide the database has, by label; `is_unsaved`: answers could not be saved."""
    with st.container(key="saved_texts"):
        draw_page_value(PageValue.FORM, {"place": place, "saved": dict(saved), "isUnsaved": is_unsaved})
