"""The workflow's own fields: name, description and category."""

from dataclasses import replace
from typing import Any

import streamlit as st

from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.field_problems import draw_field_problems
from lib.ui.number_widgets import draw_field_error
from lib.workflows.model import Category

MAX_NAME = 200
MAX_DESCRIPTION = 2000
CATEGORY_HELP = "Decides which outcomes the summary offers."


def draw_workflow_form(state: BuilderPageState) -> None:
    for name in ("name", "description", "category"):
        if state.field_key(name) not in st.session_state:
            st.session_state[state.field_key(name)] = getattr(state.draft, name)
    common: dict[str, Any] = {"disabled": not state.may_edit}
    st.text_input("Name", key=state.field_key("name"), max_chars=MAX_NAME, live="600ms", **common)
    if not str(st.session_state[state.field_key("name")] or "").strip():
        draw_field_error(f"A workflow has a name; until you write one it is “{state.draft.name}”.")
    st.text_area(
        "Description",
        key=state.field_key("description"),
        max_chars=MAX_DESCRIPTION,
        height="content",
        placeholder="When to use it, in a sentence",
        **common,
    )
    categories = [category.value for category in Category]
    if state.draft.category not in categories:
        categories.append(state.draft.category)
    st.selectbox(
        "Category",
        categories,
        format_func=str.capitalize,
        key=state.field_key("category"),
        help=CATEGORY_HELP,
        **common,
    )
    draw_field_problems(state, None)


def read_workflow_fields(state: BuilderPageState) -> None:
    """What the widgets hold becomes the draft. A blank name stays the old one: the database takes none."""
    for name in ("name", "description", "category"):
        value = st.session_state.get(state.field_key(name))
        if isinstance(value, str) and (name != "name" or value.strip()):
            changes: dict[str, Any] = {name: value}
            state.show_changed_draft(replace(state.draft, **changes), group=f".{name}")
