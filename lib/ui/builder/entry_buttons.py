"""Buttons of the lists that a slide has: its chat questions and the company's own questions."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.session_keys import builder_button_key, icon_only_key


def draw_entry_buttons(
    state: BuilderPageState,
    noun: str,
    key: str,
    *,
    place: int,
    count: int,
    move: Callable[..., None],
    remove: Callable[..., None],
) -> None:
    """Earlier, Later and Remove for the entry `key`, for who may edit. `move` takes `key` and `by`, `remove` `key`."""
    if not state.may_edit:
        return
    with st.container(horizontal=True, gap="xsmall"):
        for label, icon, command, is_off in (
            ("Earlier", ":material/arrow_upward:", partial(move, key=key, by=-1), place == 0),
            ("Later", ":material/arrow_downward:", partial(move, key=key, by=1), place == count - 1),
            ("Remove question", ":material/delete:", partial(remove, key=key), False),
        ):
            draw_command_button(state, noun, label, icon, command, of=key, is_icon=True, is_off=is_off)


def draw_command_button(
    state: BuilderPageState,
    noun: str,
    label: str,
    icon: str,
    command: Callable[[DraftEditor], None],
    *,
    of: str = "",
    is_icon: bool = False,
    is_off: bool = False,
) -> None:
    """A quiet button that queues a command. `noun` and `of` tell it from those of other lists and entries."""
    key = builder_button_key(f"{noun} {icon}", f"{state.address}.{of}")
    st.button(
        label,
        key=icon_only_key(key) if is_icon else key,
        type="tertiary",
        icon=icon,
        help=label if is_icon else None,
        disabled=is_off,
        on_click=state.queue_command,
        args=(command,),
    )
