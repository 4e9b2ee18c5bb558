"""The company actions with what each does, and the global ones, which a company can hide."""

from collections.abc import Sequence

import streamlit as st

from lib.actions.model import SavedAction
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states
from lib.ui.actions import button_commands, buttons, company_action_sentences
from lib.ui.company_actions.action_draft import start_action_draft
from lib.ui.session_keys import company_action_button_key


def draw_action_list(actions: Sequence[SavedAction], *, may_edit: bool) -> None:
    company_actions = [each for each in actions if not each.is_global and each.archived_at is None]
    archived = [each for each in actions if not each.is_global and each.archived_at is not None]
    st.markdown("## Company actions")
    _draw_new_button(may_edit=may_edit)
    if not company_actions:
        text = "An action does several things in one click: add a note, create a follow-up, notify a colleague."
        empty_and_error_states.draw_empty_state("No company actions yet", text, icon=":material/bolt:")
    for each in company_actions:
        _draw_company_action(each, may_edit=may_edit)
    if archived:
        with st.expander(f"{len(archived)} archived", type="compact"):
            for each in archived:
                _draw_company_action(each, may_edit=may_edit)
    st.markdown("## For every company")
    for each in actions:
        if each.is_global:
            _draw_global_action(each, may_edit=may_edit)


def _draw_new_button(*, may_edit: bool) -> None:
    if may_edit:
        st.button(
            "New action",
            key=company_action_button_key("new", ""),
            icon=":material/add:",
            on_click=start_action_draft,
            args=(None,),
        )
    else:
        st.caption("Managers and admins edit them. Everyone finds them under Actions, More actions.")


def _draw_company_action(action: SavedAction, *, may_edit: bool) -> None:
    text, controls = st.columns([3, 1.4], vertical_alignment="top")
    with text.container(gap="xxsmall"):
        marks = "  :gray-badge[:material/verified_user: needs approval from chat]" if action.needs_leader else ""
        st.markdown(f"**{escape_markdown(action.name)}**{marks}")
        if action.description:
            st.markdown(escape_markdown(action.description))
        for number, sentence in enumerate(company_action_sentences.describe_steps(action.parameters), start=1):
            st.caption(f"{number}. {escape_markdown(sentence)}")
    if not may_edit:
        return
    with controls.container(horizontal=True, horizontal_alignment="right", gap="small"):
        st.button(
            "Edit",
            key=company_action_button_key("edit", action.id),
            type="tertiary",
            icon=":material/edit:",
            on_click=start_action_draft,
            args=(action,),
        )
        is_offered = action.archived_at is None
        command = (
            button_commands.build_archive_action_command(action)
            if is_offered
            else button_commands.build_restore_action_command(action)
        )
        label, icon = ("Archive", ":material/archive:") if is_offered else ("Restore", ":material/unarchive:")
        buttons.draw_command_button(
            label, command, key=f"archive.{action.id}.{action.revision}", icon=icon, is_quiet=True
        )


def _draw_global_action(action: SavedAction, *, may_edit: bool) -> None:
    text, controls = st.columns([3, 1.4], vertical_alignment="top")
    with text.container(gap="xxsmall"):
        mark = "  :gray-badge[:material/visibility_off: hidden in your company]" if action.is_hidden else ""
        st.markdown(f"**{escape_markdown(action.name)}**{mark}")
        st.caption(escape_markdown(action.description))
    if may_edit:
        with controls.container(horizontal=True, horizontal_alignment="right"):
            command = (
                button_commands.build_unhide_action_command(action)
                if action.is_hidden
                else button_commands.build_hide_action_command(action)
            )
            label, icon = (
                ("Show", ":material/visibility:") if action.is_hidden else ("Hide", ":material/visibility_off:")
            )
            buttons.draw_command_button(
                label, command, key=f"hide.{action.id}.{action.is_hidden}", icon=icon, is_quiet=True
            )
