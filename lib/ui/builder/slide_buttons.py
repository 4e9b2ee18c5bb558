"""The head of the editor of a slide: its title, and what can be done with it by buttons."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from lib.text.markdown_escape import escape_markdown
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.session_keys import builder_button_key, icon_only_key
from lib.workflows.draft_edits import find_library_slide


def draw_slide_buttons(state: BuilderPageState) -> None:
    address, place, count = state.address, state.place, len(state.draft.slide_sequence)
    slide = find_library_slide(address)
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
        remove = partial(DraftEditor.remove_slide, address=address)
        _draw_slide_command_button(state, "Remove slide", ":material/delete:", remove, disabled=count == 1)


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
