"""The editor of a library slide's own questions: asked or not, needed or not, reworded. One of them open at a time."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from lib.forms.model import Field
from lib.slides.form_changes import explain_field_lock
from lib.slides.library import get_slide_of_address
from lib.slides.slide_fields import find_key_of_slide_question, list_slide_fields
from lib.slides.template_text_preview import format_template_preview
from lib.text.markdown_escape import escape_markdown
from lib.ui.builder.builder_state import BuilderPageState, EditorTab
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.entry_buttons import draw_command_button
from lib.ui.builder.field_problems import draw_field_problems
from lib.ui.builder.question_form import open_question
from lib.workflows.draft_edits import get_slide_field, set_field_change

FieldChangeJson = dict[str, Any]
OPEN_PREFIX = "form."
"""Begins `question_key` while a question of the slide's own form is open; keys of the company's have no dot."""


def draw_form_change_form(state: BuilderPageState) -> None:
    """The questions the slide comes with, and those a change names that it does not ask."""
    slide = get_slide_of_address(state.address)
    fields = list_slide_fields(slide) if slide else {}
    changes = list_field_changes(state)
    unknown = [key for key in changes if key not in fields]
    if slide is None or not (fields or unknown):
        return
    st.markdown("### Questions of this slide")
    st.caption("Those the slide comes with. Word them your way, or leave out what your team does not need.")
    with st.container(gap="xxsmall", key="builder_field_form"):
        draw_field_problems(state, "form")
    for key, field in fields.items():
        is_open = state.question_key == OPEN_PREFIX + key
        with st.container(border=is_open, gap="xsmall", key=f"builder_form_{key}"):
            _draw_head(state, field, changes.get(key, {}), is_open=is_open)
            if is_open:
                _draw_fields(state, field, changes.get(key, {}), explain_field_lock(slide, field))
    if unknown and state.may_edit:
        draw_command_button(
            state, "form", "Drop changes to questions it does not ask", ":material/delete:",
            partial(reset_questions, keys=tuple(unknown)),
        )  # fmt: skip


def list_field_changes(state: BuilderPageState) -> dict[str, FieldChangeJson]:
    """What the draft changes about the chosen slide's own questions, by key, as JSON."""
    listed = get_slide_field(state.draft, state.address, "form")
    known = listed if isinstance(listed, Mapping) else {}
    return {str(key): dict(change) if isinstance(change, Mapping) else {} for key, change in known.items()}


def read_field_change(state: BuilderPageState) -> None:
    """What the widgets of the open question hold becomes the draft."""
    key = find_open_field_key(state)
    slide = get_slide_of_address(state.address)
    field = list_slide_fields(slide).get(key) if slide and key else None
    if slide is None or key is None or field is None or _widget_key(state, "help") not in st.session_state:
        return
    is_locked = explain_field_lock(slide, field) is not None
    change = _read_change(state, field, list_field_changes(state).get(key, {}), is_locked=is_locked)
    draft = set_field_change(state.draft, state.address, key, change)
    state.show_changed_draft(draft, group=f"{state.address}.{state.question_key}")


def find_open_field_key(state: BuilderPageState) -> str | None:
    """The key of the slide's own question that is open; None if none is."""
    opened = state.question_key or ""
    return opened.removeprefix(OPEN_PREFIX) if opened.startswith(OPEN_PREFIX) else None


def reset_questions(editor: DraftEditor, keys: tuple[str, ...]) -> None:
    """Ask these as the library does."""
    state = editor.state
    draft = state.draft
    for key in keys:
        draft = set_field_change(draft, state.address, key, {})
    if state.may_edit and state.show_changed_draft(draft):
        state.start_new_form()


def _read_change(state: BuilderPageState, field: Field, stored: FieldChangeJson, *, is_locked: bool) -> FieldChangeJson:
    """Only what differs from the library. What a locked question has stored besides its words stays, to be mended."""
    words = {
        name: " ".join(str(st.session_state.get(_widget_key(state, name)) or "").split()) for name in ("label", "help")
    }
    change: FieldChangeJson = {
        name: text for name, text in words.items() if text and text != (getattr(field, name) or "")
    }
    if is_locked:
        return change | {name: stored[name] for name in ("is_required", "is_hidden") if name in stored}
    if not st.session_state[_widget_key(state, "is_asked")]:
        # Whether it needs an answer is kept for when it is asked again.
        kept = {"is_required": stored["is_required"]} if "is_required" in stored else {}
        return {**change, **kept, "is_hidden": True}
    is_required = st.session_state.get(_widget_key(state, "is_required"), bool(stored.get("is_required")))
    return change | ({"is_required": True} if is_required else {})


def _draw_head(state: BuilderPageState, field: Field, change: FieldChangeJson, *, is_open: bool) -> None:
    slide = get_slide_of_address(state.address)
    is_locked = slide is not None and explain_field_lock(slide, field) is not None
    label = escape_markdown(str(change.get("label") or _get_text_of_slide_question(state, field) or field.label))
    draw_command_button(
        state,
        "form",
        f"{label} :gray[· {_describe_change(field, change, is_locked=is_locked)}]",
        ":material/expand_less:" if is_open else ":material/expand_more:",
        partial(open_question, key=None if is_open else OPEN_PREFIX + field.key),
        of=field.key,
    )


def _describe_change(field: Field, change: FieldChangeJson, *, is_locked: bool) -> str:
    """ "not asked", "needs an answer, reworded"."""
    if change.get("is_hidden") and not is_locked:
        return "not asked"
    if field.required or (change.get("is_required") and not is_locked):
        state = "needs an answer"
    else:
        state = "always asked" if is_locked else "optional"
    return f"{state}, reworded" if change.get("label") or change.get("help") else state


def _draw_fields(state: BuilderPageState, field: Field, change: FieldChangeJson, lock: str | None) -> None:
    _seed(state, change)
    common: dict[str, Any] = {"disabled": not state.may_edit}
    if lock is not None:
        st.caption(f":material/lock: Always asked. {lock}")
    elif not st.toggle("Ask this question", key=_widget_key(state, "is_asked"), **common):
        st.caption("Runs do not ask it. Answers given in earlier runs stay there.")
    else:
        st.checkbox("Needs an answer", key=_widget_key(state, "is_required"), **common)
    label_key, help_key = _widget_key(state, "label"), _widget_key(state, "help")
    if _is_worded_by_text(state, field) and not change.get("label"):
        _draw_way_to_text(state)
    else:
        st.text_input("Wording", key=label_key, placeholder=field.label, max_chars=200, live="600ms", **common)
    hint = field.help or "None"
    st.text_input("Explanation (optional)", key=help_key, placeholder=hint, max_chars=400, live="600ms", **common)
    if change and state.may_edit:
        draw_command_button(
            state, "form reset", "Back to the library's question", ":material/restart_alt:",
            partial(reset_questions, keys=(field.key,)), of=field.key,
        )  # fmt: skip


def _is_worded_by_text(state: BuilderPageState, field: Field) -> bool:
    """True for the question that the tab Texts words: it has its words in one place."""
    slide = get_slide_of_address(state.address)
    return slide is not None and find_key_of_slide_question(slide) == field.key


def _get_text_of_slide_question(state: BuilderPageState, field: Field) -> str:
    text = get_slide_field(state.draft, state.address, "question") if _is_worded_by_text(state, field) else None
    return format_template_preview(text) if isinstance(text, str) else ""


def _draw_way_to_text(state: BuilderPageState) -> None:
    label = "Reword it under Texts" if state.may_edit else "Read it under Texts"
    draw_command_button(state, "form text", label, ":material/edit:", show_slide_question_text)


def show_slide_question_text(editor: DraftEditor) -> None:
    """Go to the field of the tab Texts that words the slide's question."""
    editor.show_tab(EditorTab.TEXTS)
    editor.state.focus_on("question")


def _seed(state: BuilderPageState, change: FieldChangeJson) -> None:
    stored = {
        "label": str(change.get("label") or ""),
        "help": str(change.get("help") or ""),
        "is_asked": not change.get("is_hidden"),
        "is_required": bool(change.get("is_required")),
    }
    for name, value in stored.items():
        if _widget_key(state, name) not in st.session_state:
            st.session_state[_widget_key(state, name)] = value


def _widget_key(state: BuilderPageState, name: str) -> str:
    return state.field_key(f"{state.question_key}.{name}")
