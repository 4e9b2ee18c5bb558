"""Buttons that open a dialog or run one command, and the message about what was done; the same on every page."""

from collections.abc import Mapping

import streamlit as st

from lib.actions.model import ActionSource
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states
from lib.ui.actions import button_commands
from lib.ui.actions.action_state import (
    discard_unsent_dialog,
    dismiss_message,
    get_action_state,
    open_dialog,
    queue_command,
    reopen_unsent_dialog,
)
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import Command, DialogKind, DialogState
from lib.ui.session_keys import action_button_key, action_menu_key, icon_only_key

ACTION_LABELS: Mapping[DialogKind, str] = {
    "snooze": ":material/snooze: Snooze",
    "skip_slide": ":material/skip_next: Skip this slide",
    "skip": ":material/tab_close: Skip the run",
    "abandon": ":material/block: End without outcome",
    "escalate": ":material/priority_high: Escalate",
    "company": ":material/bolt: More actions",
    "give": ":material/person_add: Reassign",
    "reopen": ":material/lock_open: Reopen",
    "redirect": ":material/forward: Redirect",
    "withdraw": ":material/undo: Withdraw",
    "change_role": ":material/badge: Change role",
    "change_team": ":material/groups: Change team",
    "hand_over": ":material/move_up: Hand over the book",
    "absence": ":material/beach_access: Away with a deputy",
    "deactivate": ":material/person_off: Deactivate",
    "edit_customer": ":material/edit: Edit details",
    "edit_contact": ":material/edit: Edit",
    "contact_left": ":material/person_off: Has left",
    "add_contract": ":material/post_add: Add the next term",
    "edit_contract": ":material/edit: Edit",
}


def draw_action_menu(
    options: tuple[DialogKind, ...], target: ActionTarget, source: ActionSource, *, of: str, about: str | None = None
) -> None:
    """A menu of dialogs. `of` names it on its page; beside a row it is an icon, and says what it is `about`."""
    if not options:
        return
    is_icon = about is not None
    key = icon_only_key(action_menu_key(of)) if is_icon else action_menu_key(of)
    st.menu_button(
        f"Actions for {escape_markdown(about)}" if about is not None else "Actions",
        list(options),
        key=key,
        format_func=ACTION_LABELS.__getitem__,
        type="tertiary",
        help="Actions" if is_icon else None,
        icon=":material/more_horiz:" if is_icon else None,
        on_click=_open_chosen_dialog,
        args=(key, target, source),
    )


def draw_dialog_button(kind: DialogKind, target: ActionTarget, source: ActionSource, *, label: str, icon: str) -> None:
    """A button that opens a dialog."""
    key = action_button_key(
        "open", f"{kind}.{target.execution_id or target.customer_id or target.person_id}.{target.slide_id or ''}"
    )
    st.button(label, key=key, icon=icon, on_click=open_dialog, args=(kind, source, target))


def draw_command_button(
    label: str, command: Command, *, key: str, icon: str | None = None, is_quiet: bool = False, is_primary: bool = False
) -> None:
    """A button that runs one command. `key` names what it is about in its present state: a click counts once."""
    click = action_button_key("do", key)
    st.button(
        label,
        key=click,
        type="primary" if is_primary else "tertiary" if is_quiet else "secondary",
        icon=icon,
        on_click=queue_command,
        args=(command, click),
    )


def draw_undo_button(run_id: str, *, where: str) -> None:
    key = f"undo.{where}.{run_id}"
    draw_command_button(
        "Undo", button_commands.build_undo_action_command(run_id), key=key, icon=":material/undo:", is_quiet=True
    )


def draw_flash_message() -> None:
    """What was just done, or why it failed, above the page; with Undo where that is possible."""
    state = get_action_state()
    if state.unsent_dialog is not None and state.unsent_dialog.page == state.page and state.dialog is None:
        _draw_unsent_dialog(state.unsent_dialog)
    if state.error is not None:
        empty_and_error_states.draw_error(state.error, key="act_trouble")
    message = state.message
    if message is None:
        return
    with st.container(border=True, key="act_notice", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/check: {escape_markdown(message.text)}", width="stretch")
            if message.undo_run_id is not None:
                draw_undo_button(message.undo_run_id, where="notice")
            elif message.undo is not None:
                key = f"undo.{state.finished_count}"
                draw_command_button("Undo", message.undo, key=key, icon=":material/undo:", is_quiet=True)
            st.button(
                "Dismiss",
                key=icon_only_key(action_button_key("dismiss", "")),
                type="tertiary",
                icon=":material/close:",
                help="Dismiss",
                on_click=dismiss_message,
            )
        if message.lines:
            st.markdown("\n".join(f"- {escape_markdown(line)}" for line in message.lines))


def _draw_unsent_dialog(dialog: DialogState) -> None:
    """What was typed in a dialog that was closed, and the ways to go on."""
    names = ", ".join(dict.fromkeys(target.name for target in dialog.targets))
    with st.container(border=True, key="act_unsent", horizontal=True, vertical_alignment="center", gap="small"):
        text = f"“{dialog.title}” for {names} was not sent. What you typed is kept."
        st.markdown(f":material/edit_note: {escape_markdown(text)}", width="stretch")
        key = dialog.idempotency_key
        st.button("Continue", key=action_button_key("continue", key), on_click=reopen_unsent_dialog)
        st.button("Discard", key=action_button_key("discard", key), type="tertiary", on_click=discard_unsent_dialog)


def _open_chosen_dialog(key: str, target: ActionTarget, source: ActionSource) -> None:
    kind: DialogKind | None = st.session_state.get(key)
    if kind is not None:
        open_dialog(kind, source, target)
