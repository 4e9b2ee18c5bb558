"""Thumbs and comments on an answer."""

from collections.abc import Sequence

import streamlit as st

from lib.chat.conversation import Feedback
from lib.chat.message_tree import MessageEntry
from lib.text.markdown_escape import escape_markdown
from lib.ui.chat import commands
from lib.ui.chat.panel_state import ChatPanelState, PanelContext
from lib.ui.session_keys import chat_button_key

THUMB_ICONS = {1: "thumb_up", -1: "thumb_down"}


def draw_feedback(feedback: Sequence[Feedback], entry: MessageEntry, *, except_person_id: str = "") -> None:
    """Thumbs and comments of people on an answer."""
    for each in feedback:
        if each.message_id == entry.id and each.person_id != except_person_id:
            person, comment = escape_markdown(each.person_name or "Someone"), escape_markdown(each.comment or "")
            st.caption(f":material/{THUMB_ICONS[each.thumbs]}: {person}{': ' if comment else ''}{comment}")


def draw_thumbs(ctx: PanelContext, entry: MessageEntry) -> None:
    thread = ctx.panel.thread
    if thread is None or not thread.is_own:
        return
    key, own = chat_button_key("thumbs", entry.id), _find_own_feedback(ctx, entry)
    if key not in st.session_state:
        st.session_state[key] = {1: 1, -1: 0}.get(own.thumbs) if own else None
    st.feedback("thumbs", key=key, on_change=_queue_thumbs, args=(ctx.state, entry, key, own.comment if own else None))


def _queue_thumbs(state: ChatPanelState, entry: MessageEntry, key: str, comment: str | None) -> None:
    thumbs = {1: 1, 0: -1}.get(st.session_state[key])
    state.queue_command(commands.save_feedback, entry, thumbs, comment if thumbs else None)


def draw_comments(ctx: PanelContext, entry: MessageEntry) -> None:
    """The person's own comment once there is a thumb, and the feedback of others."""
    thread, own = ctx.panel.thread, _find_own_feedback(ctx, entry)
    if own is not None and thread is not None and thread.is_own:
        key = chat_button_key("comment", entry.id)
        if key not in st.session_state:
            st.session_state[key] = own.comment or ""
        st.text_input(
            "Comment",
            key=key,
            placeholder="What made it useful, or not?",
            label_visibility="collapsed",
            max_chars=2000,
            on_change=_queue_feedback_comment,
            args=(ctx.state, entry, key, own.thumbs),
        )
    draw_feedback(ctx.panel.feedback, entry, except_person_id=str(ctx.context.person.id))


def _queue_feedback_comment(state: ChatPanelState, entry: MessageEntry, key: str, thumbs: int) -> None:
    state.queue_command(commands.save_feedback, entry, thumbs, st.session_state[key].strip() or None)


def _find_own_feedback(ctx: PanelContext, entry: MessageEntry) -> Feedback | None:
    own_id = str(ctx.context.person.id)
    return next((each for each in ctx.panel.feedback if (each.message_id, each.person_id) == (entry.id, own_id)), None)
