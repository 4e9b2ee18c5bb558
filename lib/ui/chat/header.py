"""Above the conversation: which one it is, the others on this slide, sharing, and hiding the panel."""

from collections.abc import Mapping

import streamlit as st

from lib.chat.model import ChatPanel, Thread
from lib.text.truncate import single_line, truncate
from lib.ui import theme
from lib.ui.chat import commands
from lib.ui.chat.panel_state import ChatPanelState, PanelContext, queue_command
from lib.ui.keys import chat_button

NEW_THREAD = "new"
MAX_TITLE_LENGTH = 44


def draw_header(ctx: PanelContext) -> None:
    state, thread = ctx.state, ctx.panel.thread
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="chat_heading"):
        st.markdown("##### Chat", width="stretch")
        if ctx.panel.threads and (thread is not None):
            _draw_button(state, "new", ":material/add_comment:", "New conversation", commands.open_thread, None)
        if thread is not None and thread.is_own:
            _draw_sharing_menu(state, thread)
        _draw_button(state, "hide", ":material/close:", "Hide the chat", commands.hide_panel)
    if len(ctx.panel.threads) > 1 or (ctx.panel.threads and thread is None):
        _draw_thread_select(ctx)


def _draw_button(state: ChatPanelState, what: str, icon: str, help: str, *act: object) -> None:
    st.button(
        "", key=chat_button(what, state.slide_id), icon=icon, help=help, type="tertiary", on_click=queue_command,
        args=(state, *act), disabled=state.is_busy and what != "hide",
    )  # fmt: skip


def _draw_sharing_menu(state: ChatPanelState, thread: Thread) -> None:
    """Drawn when it is opened, as what stands behind an answer is."""
    label = ":material/group: Shared" if thread.is_shared else ":material/lock: Private"
    shown = st.popover(
        label, type="tertiary", help="Who can read this", key=chat_button("sharing", thread.id), on_change="rerun"
    )
    if shown.open:
        with shown:
            _draw_sharing_controls(state, thread)


def _draw_sharing_controls(state: ChatPanelState, thread: Thread) -> None:
    key = chat_button("share", thread.id)
    st.session_state[key] = thread.is_shared
    st.toggle(
        "Share with the company", key=key, on_change=_queue_sharing, args=(state, key),
        help="Colleagues can read it, not write in it. You can take it back.",
    )  # fmt: skip
    if thread.is_open:
        st.button(
            "Close this conversation",
            key=chat_button("close", thread.id),
            on_click=queue_command,
            args=(state, commands.close_thread),
        )


def _queue_sharing(state: ChatPanelState, key: str) -> None:
    queue_command(state, commands.set_shared, bool(st.session_state[key]))


def _draw_thread_select(ctx: PanelContext) -> None:
    """The conversations of this slide, one's own and the company's shared ones."""
    state, key = ctx.state, chat_button("thread", ctx.state.slide_id)
    names = _thread_labels(ctx.panel, ctx.context.person.time_zone)
    if ctx.panel.thread is None:
        names = {NEW_THREAD: "New conversation", **names}
    st.session_state[key] = ctx.panel.thread.id if ctx.panel.thread else NEW_THREAD
    st.selectbox(
        "Conversation", list(names), key=key, format_func=lambda thread_id: names.get(thread_id, thread_id),
        label_visibility="collapsed", on_change=_queue_open_thread, args=(state, key),
    )  # fmt: skip


def _queue_open_thread(state: ChatPanelState, key: str) -> None:
    chosen = st.session_state[key]
    queue_command(state, commands.open_thread, None if chosen == NEW_THREAD else chosen)


def _thread_labels(panel: ChatPanel, time_zone: str) -> Mapping[str, str]:
    return {thread.id: _thread_label(thread, time_zone) for thread in panel.threads}


def _thread_label(thread: Thread, time_zone: str) -> str:
    title = truncate(single_line(thread.title or "Conversation"), MAX_TITLE_LENGTH)
    whose = "" if thread.is_own else f" · {single_line(thread.owner_name or 'a colleague')}"
    return f"{title}{whose} · {theme.format_timestamp(thread.last_message_at or thread.created_at, time_zone)}"
