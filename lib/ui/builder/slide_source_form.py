"""Taking one slide from any version of any workflow, or from a draft: one list to search, under the slide library."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from lib.text.markdown_escape import escape_markdown
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.slide_sources import SlideSource
from lib.ui.session_keys import BUILDER_TAKE, BUILDER_TAKE_VERSION, builder_button_key
from lib.ui.widget_values import number_duplicate_labels
from lib.workflows.model import WorkflowDraft
from lib.workflows.slide_copy import find_taken_address, take_slide


def draw_slide_source_form(state: BuilderPageState) -> None:
    """The list is made when it is opened: it has the slides of every workflow."""
    if not state.may_edit or not state.slide_sources:
        return
    popover = st.popover(
        "Take a slide from a workflow",
        icon=":material/playlist_add:",
        type="tertiary",
        key=builder_button_key("take"),
        on_change="rerun",
    )
    if popover.open:
        with popover:
            _draw_choice(state)


def _draw_choice(state: BuilderPageState) -> None:
    slides = _list_slides(state)
    chosen = st.selectbox(
        "Slide",
        list(slides),
        index=None,
        format_func=lambda each: slides.get(each, each),
        placeholder="Search slides of all workflows and drafts",
        key=BUILDER_TAKE,
    )
    found = _parse_choice(state, chosen)
    if found is None:
        st.caption("It comes with its texts, its questions and those of the chat.")
        return
    source, address = found
    version = None
    if len(source.versions) > 1:
        key = f"{BUILDER_TAKE_VERSION}.{chosen}"
        version = st.selectbox("Of version", source.versions, format_func=lambda number: f"Version {number}", key=key)
    if version is None or version == source.versions[0]:
        st.caption(escape_markdown(source.describe_slide(address)))
    if find_taken_address(state.draft, address) in state.draft.slide_sequence:
        st.caption("It replaces the one in your workflow, which can be there once. Undo brings that back.")
    st.button(
        "Take this slide",
        key=builder_button_key("take slide"),
        type="primary",
        on_click=state.queue_command,
        args=(partial(take_slide_of_source, source=source, address=address, version=version),),
    )


def take_slide_of_source(editor: DraftEditor, source: SlideSource, address: str, version: int | None) -> None:
    """Put a slide of another workflow after the chosen one, and open it. One request besides saving.

    Raises InvalidInput when that version has no such slide, NotFound, Unavailable.
    """
    state, services = editor.state, editor.services
    if not state.may_edit:
        return
    content = source.content
    if isinstance(content, WorkflowDraft):
        content = services.drafts.fetch_draft(content.id)
    else:
        content = services.drafts.fetch_version_to_copy(content.definition_id, version or content.version)
    place = state.place + 1 if state.address in state.draft.slide_sequence else None
    draft, taken = take_slide(state.draft, content, address, place=place)
    if state.show_changed_draft(draft):
        state.open_slide_editor(taken)
        state.start_new_form()
        state.announce_to_screen_reader(f"{state.get_slide_title(taken)} taken from {source.name}.")


def _list_slides(state: BuilderPageState) -> Mapping[str, str]:
    """Every slide of the sources, by place of the source and address."""
    found = [
        (f"{place}/{address}", f"{source.get_title(address)} · {source.name}")
        for place, source in enumerate(state.slide_sources)
        for address in source.content.slide_sequence
    ]
    labels = number_duplicate_labels([label for _, label in found])
    return dict(zip((key for key, _ in found), labels, strict=True))


def _parse_choice(state: BuilderPageState, chosen: str | None) -> tuple[SlideSource, str] | None:
    place, _, address = (chosen or "").partition("/")
    if not place.isdigit() or int(place) >= len(state.slide_sources):
        return None
    return state.slide_sources[int(place)], address
