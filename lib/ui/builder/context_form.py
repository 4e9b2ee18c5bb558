"""The editor of the chosen slide: its texts, minutes and what is wrong with them."""

from functools import partial
from typing import Any

import streamlit as st

from lib.slides.library import get_slide_of_address
from lib.slides.model import Slide
from lib.slides.shown_sections import SHOWN_SECTION_LABELS
from lib.text.markdown_escape import escape_markdown
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.context_fields import ContextField, ContextFieldKind, list_context_fields
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.field_problems import draw_field_problems
from lib.ui.builder.whole_number_texts import find_whole_number_error, format_whole_number, parse_whole_number
from lib.ui.number_widgets import draw_field_error
from lib.ui.session_keys import builder_button_key
from lib.workflows import draft_edits

LIVE = "600ms"


def draw_context_form(state: BuilderPageState) -> None:
    """A widget for each field of the slide's context. The container is where the focus goes from a problem."""
    slide = get_slide_of_address(state.address)
    if slide is None:
        st.markdown("The slide library has no such slide. Remove it, or undo what brought it here.")
        draw_field_problems(state, None)
        return
    draw_field_problems(state, None)
    for field in list_context_fields(slide):
        _seed_context_widget(state, field)
        with st.container(gap="xxsmall", key=f"builder_field_{field.name}"):
            _draw_context_widget(state, field, slide)
            draw_field_problems(state, field.name)
            _draw_reset_button(state, field)


def read_context_fields(state: BuilderPageState) -> None:
    """What the widgets hold becomes the draft. A widget that was not drawn yet holds nothing."""
    slide = get_slide_of_address(state.address)
    if slide is None:
        return
    for field in list_context_fields(slide):
        key = state.field_key(field.name)
        if key in st.session_state and st.session_state[key] != _to_widget_value(state, field):
            if _is_unread_number(field, st.session_state[key]):
                continue
            value = _from_widget_value(field, st.session_state[key])
            changed = draft_edits.set_slide_field(state.draft, state.address, field.name, value)
            state.show_changed_draft(changed, group=f"{state.address}.{field.name}")


def _seed_context_widget(state: BuilderPageState, field: ContextField) -> None:
    key = state.field_key(field.name)
    if key not in st.session_state:
        st.session_state[key] = _to_widget_value(state, field)


def _is_unread_number(field: ContextField, value: Any) -> bool:
    is_number = field.kind is ContextFieldKind.MINUTES
    return is_number and find_whole_number_error(value, least=1, most=field.limit) is not None


def _to_widget_value(state: BuilderPageState, field: ContextField) -> Any:
    value = draft_edits.get_slide_field(state.draft, state.address, field.name)
    match field.kind:
        case ContextFieldKind.MINUTES:
            return format_whole_number(value)
        case ContextFieldKind.SECTIONS:
            return [each for each in value or () if each in SHOWN_SECTION_LABELS]
        case ContextFieldKind.LIST:
            return "\n".join(str(item) for item in value) if isinstance(value, list | tuple) else ""
        case _:
            return value if isinstance(value, str) else ""


def _from_widget_value(field: ContextField, value: Any) -> Any:
    match field.kind:
        case ContextFieldKind.MINUTES:
            return parse_whole_number(value)
        case ContextFieldKind.SECTIONS:
            return value
        case ContextFieldKind.LIST:
            return [line.strip() for line in (value or "").split("\n") if line.strip()]
        case _:
            return value or ""


def _draw_context_widget(state: BuilderPageState, field: ContextField, slide: Slide) -> None:
    common: dict[str, Any] = {"key": state.field_key(field.name), "help": field.help, "disabled": not state.may_edit}
    label = field.label
    match field.kind:
        case ContextFieldKind.LINE:
            placeholder = slide.title if field.name == "title" else "As in the library"
            st.text_input(label, max_chars=field.limit, placeholder=placeholder, live=LIVE, **common)
        case ContextFieldKind.TEXT:
            st.text_area(label, max_chars=field.limit, height="content", **common)
        case ContextFieldKind.LIST:
            st.text_area(label, placeholder="One point a line", height="content", **common)
        case ContextFieldKind.SECTIONS:
            options = [each.value for each in SHOWN_SECTION_LABELS]
            names = {each.value: name for each, name in SHOWN_SECTION_LABELS.items()}
            st.multiselect(label, options, format_func=names.__getitem__, placeholder="Choose what it shows", **common)
        case ContextFieldKind.MINUTES:
            text = st.text_input(label, max_chars=20, width=160, **common)
            error = find_whole_number_error(text, least=1, most=field.limit)
            if error:
                draw_field_error(error)


def _draw_reset_button(state: BuilderPageState, field: ContextField) -> None:
    """The way back to the library's own text, where it has one."""
    slide = get_slide_of_address(state.address)
    is_own = field.name in draft_edits.get_raw_context(state.draft, state.address)
    if not is_own or not state.may_edit or slide is None or getattr(slide.defaults, field.name) is None:
        return
    st.button(
        "Back to the library's text",
        key=builder_button_key("reset", f"{state.address}.{field.name}"),
        type="tertiary",
        help=escape_markdown(f"Drop your own “{field.label}”."),
        on_click=state.queue_command,
        args=(partial(DraftEditor.reset_field, name=field.name),),
    )
