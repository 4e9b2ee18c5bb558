"""What the scripts of `static` are told: who is signed in, what is on screen, and what the database has of it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.auth.model import Person
from lib.ui.script_values import PageValue, send_value_to_scripts
from lib.ui.session_keys import CONNECTION

SCRIPTS = (
    "page_values.js",
    "history.js",
    "page_links.js",
    "scrollable_tables.js",
    "reconnection.js",
    "unsaved_text.js",
    "unsaved_answers.js",
)


def send_page_identity_to_scripts(person: Person, place: str) -> None:
    """Load the scripts of every page, and say whose page this is; once a run, from the router."""
    with st.container(key="page_identity"):
        # `reconnection.js` changes it in a tab that has lost its process, and sees here that the new one has drawn it.
        connection = st.text_input("Connection", key=CONNECTION, label_visibility="collapsed")
        identity = {"person": str(person.id), "place": place, "connection": connection, "theme": person.theme}
        send_value_to_scripts(PageValue.PAGE, identity, scripts=SCRIPTS)


def send_saved_texts_to_scripts(
    place: str, saved: Mapping[str, str], *, form_version: str, unsaved: str | None
) -> None:
    """Say which texts of the slide the database has, by label; `unsaved` are answers that could not be saved."""
    form = {"place": place, "saved": dict(saved), "version": form_version, "unsaved": unsaved}
    with st.container(key="saved_texts"):
        send_value_to_scripts(PageValue.FORM, form)


def send_lost_answers_to_scripts(lost: Sequence[tuple[str, str]]) -> None:
    """Have the tab keep answers, as (place, form), that this session loses."""
    if lost:
        send_value_to_scripts(PageValue.LOST_ANSWERS, [{"place": place, "form": form} for place, form in lost])
