"""What `static/unsaved_text.js` is told: who is signed in, what is on screen, and which texts the database has."""

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.auth.model import Person
from lib.ui import theme


def draw_page_identity(person: Person, place: str) -> None:
    """Load the scripts of every page, and say whose page this is; once a run, from the router."""
    scripts = "".join(theme.build_script_tag(name) for name in ("history.js", "unsaved_text.js"))
    with st.container(key="page_identity"):
        _draw_script("zenPage", {"person": str(person.id), "place": place}, scripts)


def draw_saved_texts(place: str, saved: Mapping[str, str], *, is_unsaved: bool) -> None:
    """Say which texts of the slide the database has, by label; `is_unsaved`: answers could not be saved."""
    with st.container(key="saved_texts"):
        _draw_script("zenForm", {"place": place, "saved": dict(saved), "isUnsaved": is_unsaved})


def _draw_script(name: str, value: Any, more: str = "") -> None:
    # Only "<" can end a script or begin a comment in it, and in JSON it stands in strings alone.
    literal = json.dumps(value).replace("<", "\\u003c")
    script = f"window.{name} = {literal}; dispatchEvent(new Event('zenpage'))"
    st.html(f"<script>{script}</script>{more}", unsafe_allow_javascript=True)
