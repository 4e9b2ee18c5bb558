"""The head of the builder: the way back, the name, what is saved, undo and redo, publishing."""

import streamlit as st

from lib.services import Services
from lib.text.format import format_count, join_names
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import page_links
from lib.ui.builder import find_panel, publish_commands
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.draft_save_state import DraftChangedElsewhere, DraftGone, DraftSaved, DraftSaveFailed
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import builder_button_key, icon_only_key
from lib.ui.theme import format_clock


def draw_builder_bar(state: BuilderPageState, services: Services) -> None:
    """Stays at the upper edge of the window."""
    page_links.draw_workflows_link("All workflows")
    draw_html(Html("<h1>{}</h1>").format(single_line(state.draft.name, max_length=200)))
    if state.published_version is not None:
        return
    _draw_save_status(state, services.person.time_zone)
    if state.publication is None:
        if state.may_edit:
            _draw_history_buttons(state)
        find_panel.draw_find_button(state)
        page_links.draw_ghost_run_link(state.stored.id)
    if services.person.role.leads_team and state.publication is None:
        st.button(
            "Publish…",
            key=builder_button_key("publishing"),
            type="primary",
            on_click=state.queue_command,
            args=(publish_commands.open_publication,),
        )


def draw_draft_caption(state: BuilderPageState, services: Services) -> None:
    st.caption(_describe_draft(state, services))
    others = [each for each in state.colleagues if each.id != state.stored.id]
    if others:
        names = join_names(dict.fromkeys(escape_markdown(each.author_name) for each in others))
        editing = "is editing a draft" if len({each.author_id for each in others}) == 1 else "are editing drafts"
        st.caption(f":material/group: {names} {editing} of this workflow just now.")
    if any(each.id == state.stored.id for each in state.colleagues):
        st.caption(f":material/edit: {escape_markdown(state.author_name)} is editing it just now.")


def _draw_save_status(state: BuilderPageState, time_zone: str) -> None:
    # While the browser holds text that was not sent, `builder_page.js` says "Saving" in the place of "Saved".
    key = "builder_saved" if isinstance(state.save_state, DraftSaved) else "builder_not_saved"
    with st.container(key=key, width="content"):
        st.markdown(f":small[{_describe_save_status(state, time_zone)}]", width="content")


def _describe_save_status(state: BuilderPageState, time_zone: str) -> str:
    if not state.may_edit:
        return ":gray[:material/visibility: Read-only]"
    match state.save_state:
        case DraftSaveFailed() | DraftGone():
            return ":red[:material/cloud_off: Not saved]"
        case DraftChangedElsewhere():
            return ":red[:material/call_split: Choose which to keep]"
        case DraftSaved():
            saved_at = state.stored.updated_at
            when = f" {format_clock(saved_at, time_zone)}" if saved_at else ""
            return f":gray[:material/check: Saved{when}]"


def _draw_history_buttons(state: BuilderPageState) -> None:
    for label, icon, command, steps in (
        ("Undo", ":material/undo:", DraftEditor.undo_edit, state.history.earlier),
        ("Redo", ":material/redo:", DraftEditor.redo_edit, state.history.later),
    ):
        st.button(
            label,
            key=icon_only_key(builder_button_key(label.lower())),
            type="tertiary",
            icon=icon,
            help="Ctrl-Z" if label == "Undo" else "Ctrl-Shift-Z",
            disabled=not steps,
            on_click=state.queue_command,
            args=(command,),
        )


def _describe_draft(state: BuilderPageState, services: Services) -> str:
    """ "Draft · 9 slides, 60 minutes · a manager publishes it"."""
    slides = format_count(len(state.draft.slide_sequence), "slide")
    whose = "Your draft" if state.is_own else f"Draft by {escape_markdown(state.author_name)}"
    parts = [whose, slides]
    if not services.person.role.leads_team:
        parts.append("only a manager can publish it; they find it under Workflows")
    return " · ".join(parts)
