"""The builder below its gate: one fragment, so that a click runs it alone."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.auth.gate import get_client_of_person, require_person
from lib.services import Services, build_services
from lib.ui import page_cache
from lib.ui.builder import (
    builder_loader,
    context_form,
    problem_list,
    publish_panel,
    slide_outline,
    slide_preview,
    workflow_form,
)
from lib.ui.builder.builder_header import draw_builder_header
from lib.ui.builder.builder_state import WORKFLOW_ADDRESS, BuilderPageState
from lib.ui.builder.pending_edits import apply_pending_edits
from lib.ui.builder.save_banners import draw_save_banners
from lib.ui.builder.slide_buttons import draw_slide_buttons
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.session_keys import BUILDER_PAGE_STATE, CATALOGUE


@dataclass(frozen=True, kw_only=True)
class BuilderLayout:
    """Where the parts of the page go, made before any is filled."""

    head: DeltaGenerator
    outline: DeltaGenerator
    editor: DeltaGenerator
    preview: DeltaGenerator


@st.fragment
@error_boundary("builder")
def draw_builder() -> None:
    """Draw the outline first, which says what was done in it; then save, and draw the rest as it is then."""
    state: BuilderPageState = st.session_state[BUILDER_PAGE_STATE]
    services = build_services(get_client_of_person(), require_person())
    layout = _create_layout()
    if state.published is None:
        with layout.outline:
            slide_outline.draw_outline_element(state)
    before = state.saved
    apply_pending_edits(state, services)
    if state.saved is not before or state.published is not None:
        page_cache.invalidate(CATALOGUE)
    with layout.head:
        _draw_head(state, services)
    if state.published is None:
        with layout.editor, error_boundary("builder editor"):
            _draw_editor(state)
        with layout.preview, error_boundary("builder preview"):
            slide_preview.draw_slide_preview(state, services.person)
        slide_outline.draw_outline_data(state)
    builder_loader.write_slide_to_url(state)


def _create_layout() -> BuilderLayout:
    head = st.container(key="builder_page_head")
    with st.container(key="builder"):
        # Library and sequence, the editor of what is chosen, and its preview.
        outline_column, editor, preview_column = st.columns([1.35, 1.1, 1.2], gap="medium")
    return BuilderLayout(
        head=head,
        outline=outline_column.container(key="builder_outline"),
        editor=editor.container(key="builder_editor", gap="small"),
        preview=preview_column.container(key="builder_preview", gap="small"),
    )


def _draw_head(state: BuilderPageState, services: Services) -> None:
    draw_builder_header(state, services)
    draw_save_banners(state)
    if state.published is not None:
        publish_panel.draw_publication(state.published)
        return
    problem_list.draw_problem_list(state)
    if state.is_publishing:
        publish_panel.draw_publish_panel(state)


def _draw_editor(state: BuilderPageState) -> None:
    if state.address == WORKFLOW_ADDRESS:
        st.markdown("## About this workflow")
        workflow_form.draw_workflow_form(state)
    else:
        draw_slide_buttons(state)
        context_form.draw_context_form(state)
