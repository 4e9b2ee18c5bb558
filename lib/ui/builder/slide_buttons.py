"""The head of the editor of a slide: its title, and what can be done with it by buttons."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from lib.slides.library import get_slide_of_address
from lib.text.markdown_escape import escape_markdown
from lib.ui.builder import comment_commands
from lib.ui.builder.builder_state import BuilderPageState, EditorTab
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.session_keys import builder_button_key, icon_only_key
from lib.workflows.draft_comments import count_open_comments
from lib.workflows.draft_edits import find_free_address, get_slide_field, list_branches


def draw_slide_buttons(state: BuilderPageState) -> None:
    address, place, count = state.address, state.place, len(state.draft.slide_sequence)
    slide = get_slide_of_address(address)
    st.markdown(f"## {escape_markdown(state.get_slide_title(address))}")
    if slide is not None:
        st.caption(escape_markdown(slide.purpose))
    if not state.may_edit:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="builder_slide_buttons"):
        st.caption(f"Slide {place + 1} of {count}", width="content")
        up = partial(DraftEditor.move_slide, address=address, place=place - 1)
        down = partial(DraftEditor.move_slide, address=address, place=place + 1)
        _draw_slide_command_button(state, "Move up", ":material/arrow_upward:", up, disabled=place == 0)
        _draw_slide_command_button(state, "Move down", ":material/arrow_downward:", down, disabled=place == count - 1)
        duplicate = partial(DraftEditor.duplicate_slide, address=address)
        may_duplicate = slide is not None and bool(find_free_address(state.draft, slide.id))
        _draw_slide_command_button(
            state, "Duplicate slide", ":material/content_copy:", duplicate, disabled=not may_duplicate
        )
        remove = partial(DraftEditor.remove_slide, address=address)
        _draw_slide_command_button(state, "Remove slide", ":material/delete:", remove, disabled=count == 1)


def draw_label_field(state: BuilderPageState) -> None:
    """What tells this slide from others of its kind; only where it has a label."""
    label = parse_label(state.address)
    if not label:
        return
    key = state.field_key("slide label")
    if key not in st.session_state:
        st.session_state[key] = label
    st.text_input(
        "Label",
        key=key,
        max_chars=40,
        help="Tells this slide from others of its kind: lowercase letters, digits and hyphens. Placeholders use it.",
        disabled=not state.may_edit,
        on_change=_queue_label,
        args=(state, key),
    )


def parse_label(address: str) -> str:
    return address.partition(":")[2]


def _queue_label(state: BuilderPageState, key: str) -> None:
    label = str(st.session_state[key] or "").strip()
    state.queue_command(partial(DraftEditor.relabel_slide, address=state.address, label=label))


def draw_editor_tabs(state: BuilderPageState) -> None:
    """Which part of the slide is edited: one is drawn at a time."""
    count = len(list_branches(state.draft, state.address))
    asked = len(get_slide_field(state.draft, state.address, "questions") or ())
    comments = count_open_comments(state.comments)[state.address]
    labels = {
        EditorTab.TEXTS: "Texts",
        EditorTab.QUESTIONS: f"Questions ({asked})" if asked else "Questions",
        EditorTab.CHAT: f"Chat ({count})" if count else "Chat",
        EditorTab.COMMENTS: f"Comments ({comments})" if comments else "Comments",
    }
    key = state.field_key("tab")
    if key not in st.session_state:
        st.session_state[key] = state.tab
    st.segmented_control(
        "Edit",
        list(labels),
        format_func=labels.__getitem__,
        key=key,
        required=True,
        label_visibility="collapsed",
        width="content",
        on_change=_queue_show_tab,
        args=(state, key),
    )


def _queue_show_tab(state: BuilderPageState, key: str) -> None:
    tab = st.session_state[key]
    is_comments = tab is EditorTab.COMMENTS
    state.queue_command(comment_commands.show_comments if is_comments else partial(DraftEditor.show_tab, tab=tab))


def _draw_slide_command_button(
    state: BuilderPageState, label: str, icon: str, command: Callable[[DraftEditor], None], *, disabled: bool
) -> None:
    st.button(
        label,
        key=icon_only_key(builder_button_key(label, state.address)),
        type="tertiary",
        icon=icon,
        help=label,
        disabled=disabled,
        on_click=state.queue_command,
        args=(command,),
    )
