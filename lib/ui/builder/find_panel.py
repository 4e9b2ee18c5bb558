"""Find and replace over all texts of the draft: each place with the words marked, a way to it, and its own button."""

from functools import partial
from itertools import pairwise

import streamlit as st

from lib.text.format import format_count
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import truncate
from lib.ui.builder import find_commands
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.find_commands import FindRequest
from lib.ui.builder.place_labels import (
    describe_branch_place,
    describe_context_place,
    get_slide_or_workflow_title,
)
from lib.ui.row_pager import draw_row_pager, get_row_window
from lib.ui.safe_text import draw_row_with_buttons
from lib.ui.session_keys import (
    BUILDER_FIND_CASE,
    BUILDER_FIND_NEW,
    BUILDER_FIND_WORDS,
    builder_button_key,
    icon_only_key,
)
from lib.workflows.draft_texts import DraftText
from lib.workflows.find_and_replace import MAX_WORDS, FoundText, find_words

SHOWN_ROWS = 10
BEFORE = 40
EXCERPT = 240
ROW = Html('<p><strong>{}</strong> <span class="zen-small zen-muted">{}</span></p><p dir="auto">{}</p>')


def draw_find_button(state: BuilderPageState) -> None:
    st.button(
        "Find and replace",
        key=icon_only_key(builder_button_key("find")),
        type="tertiary",
        icon=":material/find_replace:",
        help="Find and replace in all texts" if state.may_edit else "Find in all texts",
        on_click=state.queue_command,
        args=(find_commands.hide_find_panel if state.is_finding else find_commands.show_find_panel,),
    )


def draw_find_panel(state: BuilderPageState) -> None:
    """Nothing until it is opened."""
    if not state.is_finding:
        return
    with st.container(border=True, gap="small", key="builder_find"):
        _draw_request_fields(state)
        request = read_find_request()
        found = find_words(state.draft, request.words, is_case_sensitive=request.is_case_sensitive)
        _draw_outcome(state)
        if request.words:
            _draw_found_texts(state, found)


def read_find_request() -> FindRequest:
    """What the fields of the panel hold."""
    return FindRequest(
        words=str(st.session_state.get(BUILDER_FIND_WORDS) or ""),
        new=str(st.session_state.get(BUILDER_FIND_NEW) or ""),
        is_case_sensitive=bool(st.session_state.get(BUILDER_FIND_CASE)),
    )


def build_excerpt_html(found: FoundText) -> Html:
    """The text around the first place, with every place in it marked."""
    start = max(0, found.spans[0][0] - BEFORE)
    end = min(len(found.place.text), start + EXCERPT)
    spans = [span for span in found.spans if span[1] <= end]
    parts = [Html("{}").format("…" if start else "")]
    edges = [start, *(edge for span in spans for edge in span), max(end, *(span[1] for span in spans), start)]
    for place, (left, right) in enumerate(pairwise(edges)):
        tag = Html("<mark>{}</mark>") if place % 2 else Html("{}")
        parts.append(tag.format(found.place.text[left:right]))
    parts.append(Html("{}").format("…" if edges[-1] < len(found.place.text) else ""))
    return Html("").join(parts)


def describe_text_place(state: BuilderPageState, place: DraftText) -> str:
    """ "Lead", "Chat, “Is it risky?”, answer"; of the workflow "Name"."""
    if not place.address:
        return place.field.capitalize()
    if place.branch is not None:
        return describe_branch_place(state, place.address, place.branch, place.field)
    return describe_context_place(state, place.address, place.path[2:])


def _draw_request_fields(state: BuilderPageState) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input("Find", key=BUILDER_FIND_WORDS, max_chars=MAX_WORDS, live="600ms", width=240)
        if state.may_edit:
            st.text_input("Replace with", key=BUILDER_FIND_NEW, max_chars=MAX_WORDS, width=240)
        st.checkbox("Match case", key=BUILDER_FIND_CASE, width="content")
        st.button(
            "Close",
            key=builder_button_key("find close"),
            type="tertiary",
            on_click=state.queue_command,
            args=(find_commands.hide_find_panel,),
        )


def _draw_outcome(state: BuilderPageState) -> None:
    """What the last replacement did, until the next."""
    outcome = state.replacement
    if outcome is None:
        return
    if outcome.count:
        st.markdown(f":material/check: {format_count(outcome.count, 'place')} replaced. Undo takes it back at once.")
    if outcome.refused:
        st.markdown(f":material/error: {format_count(len(outcome.refused), 'text')} left as before:")
        for place, reason in outcome.refused[:SHOWN_ROWS]:
            where = f"{get_slide_or_workflow_title(state, place.address)}, {describe_text_place(state, place)}"
            st.caption(escape_markdown(f"{truncate(where, 120)}: {reason}"))
        if len(outcome.refused) > SHOWN_ROWS:
            st.caption(f"{format_count(len(outcome.refused) - SHOWN_ROWS, 'more text')}.")


def _draw_found_texts(state: BuilderPageState, found: tuple[FoundText, ...]) -> None:
    count = sum(len(each.spans) for each in found)
    if not found:
        st.caption("Found in no text of this draft. Names of placeholders are not searched.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{format_count(count, 'place')} in {format_count(len(found), 'text')}", width="content")
        if state.may_edit:
            st.button(
                "Replace all",
                key=builder_button_key("replace all"),
                icon=":material/find_replace:",
                on_click=_queue_replacement,
                args=(state, None),
            )
    window = get_row_window("builder_find", len(found), at_first=SHOWN_ROWS)
    for number, each in enumerate(found[window.first : window.end]):
        _draw_found_text(state, each, number)
    draw_row_pager("builder_find", window, len(found), "text", page_rows=SHOWN_ROWS)


def _draw_found_text(state: BuilderPageState, found: FoundText, number: int) -> None:
    title = truncate(get_slide_or_workflow_title(state, found.place.address), 80)
    html = ROW.format(title, describe_text_place(state, found.place), build_excerpt_html(found))
    of = "/".join(map(str, found.place.path))
    with draw_row_with_buttons(html, key=f"builder_find_{number}"):
        st.button(
            "Go to",
            key=builder_button_key("find go", of),
            type="tertiary",
            on_click=state.queue_command,
            args=(partial(find_commands.go_to_text, place=found.place),),
        )
        if state.may_edit:
            st.button(
                "Replace",
                key=builder_button_key("find replace", of),
                type="tertiary",
                on_click=_queue_replacement,
                args=(state, found.place),
            )


def _queue_replacement(state: BuilderPageState, only: DraftText | None) -> None:
    """A callback. What is typed is read here: a command must not read session state."""
    state.queue_command(partial(find_commands.replace_found, request=read_find_request(), only=only))
