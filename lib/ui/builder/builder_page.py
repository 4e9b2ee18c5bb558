"""The builder below its gate: one fragment, so that a click runs it alone."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.auth.gate import get_client_of_person, require_person
from lib.auth.model import Person
from lib.services import Services, build_services
from lib.ui import page_cache
from lib.ui.builder import (
    branch_form,
    builder_loader,
    comment_list,
    condition_form,
    context_form,
    find_panel,
    form_change_form,
    placeholders,
    problem_list,
    publish_panel,
    question_form,
    slide_outline,
    slide_preview,
    slide_source_form,
    suggestion_form,
    trigger_form,
    workflow_form,
)
from lib.ui.builder.builder_header import draw_builder_bar, draw_draft_caption
from lib.ui.builder.builder_state import WORKFLOW_ADDRESS, BuilderPageState, EditorTab
from lib.ui.builder.pending_edits import apply_pending_edits
from lib.ui.builder.proposal_note import draw_proposal_note
from lib.ui.builder.save_banners import draw_save_banners
from lib.ui.builder.slide_buttons import draw_editor_tabs, draw_label_field, draw_slide_buttons
from lib.ui.builder.slide_use_note import draw_slide_use_note
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.ghost_run.case_section import draw_case_warning
from lib.ui.session_keys import BUILDER_PAGE_STATE, CATALOGUE, builder_button_key


@dataclass(frozen=True, kw_only=True)
class BuilderLayout:
    """Where the parts of the page go, made before any is filled."""

    bar: DeltaGenerator
    notes: DeltaGenerator
    outline: DeltaGenerator
    editor: DeltaGenerator
    preview: DeltaGenerator


@st.fragment
@error_boundary("builder")
def draw_builder() -> None:
    """Draw the outline first, which says what was done in it; then save, and draw the rest as it is then.

    While the draft is published, and afterwards, only that is on the page.
    """
    state: BuilderPageState = st.session_state[BUILDER_PAGE_STATE]
    services = build_services(get_client_of_person(), require_person())
    is_edited = state.publication is None
    layout = _create_layout(is_edited=is_edited)
    if state.published_version is None:
        with layout.outline:
            slide_outline.draw_outline_element(state)
            slide_source_form.draw_slide_source_form(state)
    before = state.saved
    apply_pending_edits(state, services)
    if is_edited != (state.publication is None):
        st.rerun()
    if state.saved is not before or state.published_version is not None:
        page_cache.invalidate(CATALOGUE)
    with layout.bar:
        draw_builder_bar(state, services)
    with layout.notes:
        _draw_notes(state, services)
    if is_edited:
        with layout.editor, error_boundary("builder editor"):
            _draw_editor(state, services.person)
        with layout.preview, error_boundary("builder preview"):
            slide_preview.draw_slide_preview(state, services.person)
        with st.container(key="builder_scripts"):
            placeholders.draw_placeholder_values(state)
            slide_outline.draw_outline_data(state)
    builder_loader.write_slide_to_url(state)


def _create_layout(*, is_edited: bool) -> BuilderLayout:
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small", key="builder_bar")
    notes = st.container(key="builder_notes", gap="small")
    with st.container(key="builder" if is_edited else "builder_hidden"):
        # Library and sequence, the editor of what is chosen, and its preview.
        outline_column, editor, preview_column = st.columns([1.2, 1.15, 1.15], gap="medium")
    return BuilderLayout(
        bar=bar,
        notes=notes,
        outline=outline_column.container(key="builder_outline"),
        editor=editor.container(key="builder_editor", gap="small"),
        preview=preview_column.container(key="builder_preview", gap="small"),
    )


def _draw_notes(state: BuilderPageState, services: Services) -> None:
    if state.published_version is not None:
        draw_save_banners(state)
        publish_panel.draw_publication(state)
        return
    draw_draft_caption(state, services)
    draw_proposal_note(state, services)
    draw_save_banners(state)
    problem_list.draw_problem_list(state)
    find_panel.draw_find_panel(state)
    if state.publication is not None:
        publish_panel.draw_publish_panel(state)
        comment_list.draw_open_comments_warning(state)
        draw_case_warning(state.saved, services)


def _draw_editor(state: BuilderPageState, person: Person) -> None:
    with st.container(key="builder_to_slides"):
        # The browser goes there (builder_page.js); seen only where the slides stand above the editor.
        st.button(
            "Back to the slides", key=builder_button_key("to slides"), type="tertiary", icon=":material/arrow_upward:"
        )
    if state.address == WORKFLOW_ADDRESS:
        st.markdown("## About this workflow")
        workflow_form.draw_workflow_form(state)
        suggestion_form.draw_suggestion_form(state)
        trigger_form.draw_trigger_form(state)
        comment_list.draw_comments_of_removed_slides(state, person)
        return
    draw_slide_buttons(state)
    draw_slide_use_note(state)
    with st.container(horizontal=True, vertical_alignment="center", key="builder_tabs"):
        draw_editor_tabs(state)
        placeholders.draw_placeholder_help(state)
    if state.tab is EditorTab.COMMENTS:
        comment_list.draw_comments(state, person)
    elif state.tab is EditorTab.CHAT:
        branch_form.draw_branch_form(state)
    elif state.tab is EditorTab.QUESTIONS:
        form_change_form.draw_form_change_form(state)
        question_form.draw_question_form(state)
    else:
        draw_label_field(state)
        context_form.draw_context_form(state)
        with st.container(gap="small", key="builder_field_shown_when"):
            condition_form.draw_condition_form(state)
