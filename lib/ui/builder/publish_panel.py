"""Publishing the draft: a note for colleagues, and what it does; afterwards what it did."""

from functools import partial

import streamlit as st

from lib.text.format import format_count
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import page_links
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.session_keys import BUILDER_NOTE, builder_button_key
from lib.workflows.model import WorkflowVersion

MAX_NOTE_LENGTH = 2000


def draw_publish_panel(state: BuilderPageState) -> None:
    """For leaders. The problems stand above it."""
    with st.container(border=True, gap="small", key="builder_publish"):
        st.markdown("## Publish this draft")
        st.markdown("New runs use it from then on. Runs in progress stay on their version until somebody moves them.")
        st.text_area(
            "What is new in it (optional)",
            key=BUILDER_NOTE,
            max_chars=MAX_NOTE_LENGTH,
            height="content",
            placeholder="Your colleagues read this when their runs are offered the new version.",
        )
        if state.problems:
            count = format_count(len(state.problems), "problem")
            st.markdown(f":material/error: {count} must be solved first.")
        with st.container(horizontal=True):
            st.button(
                "Publish",
                key=builder_button_key("publish"),
                type="primary",
                disabled=bool(state.problems),
                on_click=_queue_publication,
                args=(state,),
            )
            st.button(
                "Back to editing",
                key=builder_button_key("editing"),
                on_click=state.queue_command,
                args=(partial(DraftEditor.show_publishing, is_shown=False),),
            )


def _queue_publication(state: BuilderPageState) -> None:
    # Read here: what was typed last may come with the click.
    note = str(st.session_state.get(BUILDER_NOTE) or "").strip()
    state.queue_command(partial(DraftEditor.publish_draft, note=note or None))


def draw_publication(version: WorkflowVersion) -> None:
    """What publishing did."""
    with st.container(border=True, gap="small", key="builder_published"):
        name = escape_markdown(single_line(version.name, max_length=200))
        st.markdown(f"## :material/check: “{name}” is published as version {version.version}")
        st.markdown("New runs use it. Runs in progress stay on their version, and offer this one.")
        page_links.draw_workflow_link(version.workflow_id, "Open it in Workflows")
