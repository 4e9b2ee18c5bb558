"""Publishing the draft: a note for colleagues, and what it does; afterwards what it did."""

from functools import partial

import streamlit as st

from lib.text.format import format_count
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import page_links
from lib.ui.builder import publish_commands
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.merge_view import draw_workflow_merge
from lib.ui.builder.publication_state import Publication
from lib.ui.builder.run_moves import draw_run_moves, draw_run_table
from lib.ui.session_keys import BUILDER_NOTE, builder_button_key
from lib.ui.workflow_diff.diff_view import draw_workflow_diff
from lib.workflows.publication import MAX_NOTE_LENGTH
from lib.workflows.workflow_content import extract_workflow_content


def draw_publish_panel(state: BuilderPageState) -> None:
    """For leaders. The problems stand above it."""
    publication = state.publication
    if publication is None:
        return
    with st.container(border=True, gap="small", key="builder_publish"):
        st.markdown(f"## Publish this draft as version {publication.preview.next_version}")
        if publication.newer is not None:
            _draw_merge(state, publication)
        elif publication.preview.newer_version is not None:
            _draw_newer_version(state, publication.preview.newer_version)
        else:
            _draw_publish_form(state, publication)
        st.button(
            "Back to editing",
            key=builder_button_key("editing"),
            on_click=state.queue_command,
            args=(publish_commands.close_publication,),
        )


def draw_publication(state: BuilderPageState) -> None:
    """What publishing did, and the runs that can be moved."""
    publication = state.publication
    if publication is None or publication.version is None:
        return
    version = publication.version
    with st.container(border=True, gap="small", key="builder_published"):
        name = escape_markdown(single_line(version.name, max_length=200))
        st.markdown(f"## :material/check: “{name}” is published as version {version.version}")
        st.markdown("New runs use it.")
        draw_run_moves(state, publication)
        page_links.draw_workflow_link(version.workflow_id, "Open it in Workflows")


def _draw_publish_form(state: BuilderPageState, publication: Publication) -> None:
    st.markdown(_describe_effect(publication))
    draw_run_table(state, publication.preview.runs, publication.preview.run_count)
    st.text_area(
        "What is new in it (optional)",
        key=BUILDER_NOTE,
        max_chars=MAX_NOTE_LENGTH,
        height="content",
        placeholder="Your colleagues read this when their runs are offered the new version.",
    )
    if state.problems:
        st.markdown(f":material/error: {format_count(len(state.problems), 'problem')} must be solved first.")
    st.button(
        "Publish",
        key=builder_button_key("publish"),
        type="primary",
        disabled=bool(state.problems),
        on_click=_queue_publication,
        args=(state,),
    )


def _describe_effect(publication: Publication) -> str:
    preview = publication.preview
    sentences = ["New runs use it from then on."]
    if preview.run_count:
        runs = format_count(preview.run_count, "open run")
        stay = "is on an older version and stays there" if preview.run_count == 1 else "are on older versions and stay"
        sentences.append(f"{runs} {stay} until moved.")
    else:
        sentences.append("No open run is on an older version.")
    if preview.stock_run_count:
        runs = format_count(preview.stock_run_count, "open run")
        verb = "stays" if preview.stock_run_count == 1 else "stay"
        sentences.append(f"{runs} of the stock workflow {verb} on it.")
    return " ".join(sentences)


def _draw_newer_version(state: BuilderPageState, number: int) -> None:
    st.markdown(
        f":material/call_split: Version {number} was published after this draft was begun. Nothing is published over "
        "it: look at the difference and merge it into your draft first."
    )
    st.button(
        "Show the difference and merge",
        key=builder_button_key("merge"),
        type="primary",
        on_click=state.queue_command,
        args=(publish_commands.merge_newer_version,),
    )


def _draw_merge(state: BuilderPageState, publication: Publication) -> None:
    newer = publication.newer
    if newer is None:
        return
    number = newer.version.version
    st.markdown(f"What version {number} changed since you began. Choose what to keep:")
    decided = draw_workflow_merge(
        newer.merge,
        load_actions=lambda: state.actions or {},
        key=f"{state.stored.id}.{state.stored.revision}.{number}",
        theirs=f"Version {number} changed",
        keep="Keep mine",
        take=f"Take version {number}'s",
    )
    with st.expander("What merging changes in your draft", type="compact"):
        draw_workflow_diff(extract_workflow_content(state.draft), decided.content, lambda: state.actions or {})
    st.button(
        "Merge into my draft",
        key=builder_button_key("save merge"),
        type="primary",
        disabled=bool(decided.conflicts),
        on_click=state.queue_command,
        args=(partial(publish_commands.save_merge, content=decided.content),),
    )


def _queue_publication(state: BuilderPageState) -> None:
    # Read here: what was typed last may come with the click.
    note = str(st.session_state.get(BUILDER_NOTE) or "").strip()
    state.queue_command(partial(publish_commands.publish_draft, note=note or None))
