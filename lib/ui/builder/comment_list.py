"""Comments on the chosen slide: the open ones, a field for another, and those that are resolved."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lib.auth.model import Person
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui import theme
from lib.ui.builder import comment_commands
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.entry_buttons import draw_command_button
from lib.ui.safe_text import draw_html
from lib.workflows.draft_comments import MAX_COMMENT_LENGTH, DraftComment, list_comments_of_removed_slides

COMMENT_HTML = Html('<p class="zen-small zen-muted">{}</p><p dir="auto">{}</p>')


def draw_comments(state: BuilderPageState, person: Person) -> None:
    """Whoever reads the draft may write, resolve and reopen; each deletes their own."""
    found = [comment for comment in state.comments if comment.slide_id == state.address]
    shown = [comment for comment in found if comment.is_open]
    if not found:
        st.caption("Nobody has commented on this slide. Colleagues who open the draft see what you write here.")
    for comment in shown:
        _draw_comment(state, comment, person)
    _draw_comment_form(state)
    _draw_resolved_comments(state, [comment for comment in found if not comment.is_open], person)


def draw_comments_of_removed_slides(state: BuilderPageState, person: Person) -> None:
    """They come back with their slide; without it they stand here."""
    left = list_comments_of_removed_slides(state.comments, state.draft.slide_sequence)
    if not left:
        return
    with st.expander(f"{format_count(len(left), 'comment')} on slides that were removed", icon=":material/comment:"):
        for comment in left:
            _draw_comment(state, comment, person)


def draw_open_comments_warning(state: BuilderPageState) -> None:
    """Comments go with the draft once it is published."""
    count = sum(comment.is_open for comment in state.comments)
    if count:
        st.markdown(
            f":material/comment: {format_count(count, 'open comment')} on this draft. Publishing deletes all comments; "
            "to keep them, download the draft as a file first."
        )


def _draw_comment(state: BuilderPageState, comment: DraftComment, person: Person) -> None:
    with st.container(border=comment.is_open, gap="xxsmall", key=f"builder_comment_{comment.id}"):
        head = f"{_describe_author(comment, person)} · {theme.format_timestamp(comment.written_at, person.time_zone)}"
        draw_html(COMMENT_HTML.format(head, Html("<br>").join(comment.body.splitlines())))
        if state.published_version is not None:
            return
        with st.container(horizontal=True, gap="small"):
            label, icon = ("Resolve", ":material/check:") if comment.is_open else ("Reopen", ":material/undo:")
            resolve = partial(comment_commands.resolve_comment, comment_id=comment.id, is_resolved=comment.is_open)
            draw_command_button(state, "comment", label, icon, resolve, of=comment.id)
            if comment.author_id == str(person.id):
                delete = partial(comment_commands.delete_comment, comment_id=comment.id)
                draw_command_button(state, "comment", "Delete", ":material/delete:", delete, of=comment.id)


def _draw_comment_form(state: BuilderPageState) -> None:
    if state.published_version is not None:
        return
    key = state.field_key("comment")
    st.text_area(
        "Write a comment",
        key=key,
        max_chars=MAX_COMMENT_LENGTH,
        placeholder="Write a comment. Use @name to notify a colleague.",
        label_visibility="collapsed",
        height="content",
    )
    st.button(
        "Comment",
        key=state.field_key("comment_save"),
        icon=":material/comment:",
        on_click=_queue_comment,
        args=(state, key, state.address),
    )
    if state.comment_note:
        st.caption(state.comment_note)
        state.comment_note = ""


def _queue_comment(state: BuilderPageState, key: str, address: str) -> None:
    """A callback. What is typed is read here: a command must not read session state."""
    body = str(st.session_state[key] or "")
    state.queue_command(partial(comment_commands.add_comment, address=address, body=body))


def _draw_resolved_comments(state: BuilderPageState, comments: Sequence[DraftComment], person: Person) -> None:
    if not comments:
        return
    with st.expander(f"{len(comments)} resolved"):
        for comment in comments:
            _draw_comment(state, comment, person)


def _describe_author(comment: DraftComment, person: Person) -> str:
    if comment.imported_author:
        return f"{comment.imported_author}, from a file"
    return "You" if comment.author_id == str(person.id) else comment.author_name
