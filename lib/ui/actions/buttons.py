"""The small buttons of acting: one click, no dialog, the same on every page."""

from collections.abc import Mapping

import streamlit as st

from lib.actions.model import ActionSource
from lib.ui.actions import commands
from lib.ui.actions.action_state import ActionTarget, Command, DialogKind, open_dialog, queue_command
from lib.ui.keys import action_button, action_menu

ACTION_LABELS: Mapping[str, str] = {
    "snooze": ":material/snooze: Snooze",
    "skip_slide": ":material/skip_next: Skip this slide",
    "skip": ":material/tab_close: Skip the run",
    "escalate": ":material/priority_high: Escalate",
    "company": ":material/bolt: More actions",
    "give": ":material/person_add: Give to a colleague",
    "reopen": ":material/lock_open: Open again",
}


def draw_action_menu(
    options: tuple[DialogKind, ...], about: ActionTarget, source: ActionSource, *, of: str, label: str = "Actions"
) -> None:
    """What can be done with something, one click away; each opens its dialog."""
    if not options:
        return
    key = action_menu(of)
    st.menu_button(
        label,
        list(options),
        key=key,
        format_func=ACTION_LABELS.__getitem__,
        type="tertiary",
        help=None if label else "Actions",
        icon=None if label else ":material/more_horiz:",
        on_click=_open_chosen_dialog,
        args=(key, about, source),
    )


def _open_chosen_dialog(key: str, about: ActionTarget, source: ActionSource) -> None:
    what: DialogKind | None = st.session_state.get(key)
    if what is not None:
        open_dialog(what, source, about)


def draw_dialog_button(what: DialogKind, about: ActionTarget, source: ActionSource, *, label: str, icon: str) -> None:
    """A button that opens a dialog."""
    of = f"{what}.{about.execution_id or about.customer_id}.{about.slide_id or ''}"
    st.button(label, key=action_button("open", of), icon=icon, on_click=open_dialog, args=(what, source, about))


def draw_command_button(
    label: str, command: Command, *, key: str, icon: str | None = None, is_quiet: bool = False
) -> None:
    """A button that does one thing. `key` names the click: what it is about, as it stands now."""
    pressed = action_button("do", key)
    kind = "tertiary" if is_quiet else "secondary"
    st.button(label, key=pressed, type=kind, icon=icon, on_click=queue_command, args=(command, pressed))  # type: ignore[arg-type]


def draw_undo_button(run_id: str, *, where: str) -> None:
    draw_command_button(
        "Undo", commands.undo_action(run_id), key=f"undo.{where}.{run_id}", icon=":material/undo:", is_quiet=True
    )
