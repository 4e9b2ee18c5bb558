"""The row above a conversation: choose another, start one, share it, hide the panel."""

import streamlit as st

from lib.chat.conversation import Thread
from lib.text.truncate import single_line, truncate
from lib.ui import page_links, theme
from lib.ui.chat import commands
from lib.ui.chat.panel_state import ChatPanelState, PanelContext
from lib.ui.chat.thread_readers import describe_readers
from lib.ui.session_keys import CHAT_HIDDEN, chat_button_key, icon_only_key

NEW_THREAD = "new"
MAX_TITLE_LENGTH = 44


def hide_chat_panel(state: ChatPanelState) -> None:
    st.session_state[CHAT_HIDDEN] = state.needs_page_rerun = True


def draw_panel_header(ctx: PanelContext) -> None:
    state, thread = ctx.state, ctx.panel.thread
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="chat_heading"):
        st.markdown("##### Chat", width="stretch")
        if ctx.panel.threads and thread is not None:
            st.button(
                "New conversation",
                key=icon_only_key(chat_button_key("new", state.slide_id)),
                icon=":material/add_comment:",
                help="New conversation",
                type="tertiary",
                on_click=state.queue_command,
                args=(commands.switch_thread, None),
                disabled=state.is_busy,
            )
        if thread is not None and thread.is_own:
            _draw_sharing_menu(state, thread)
        st.button(
            "Hide the chat",
            key=icon_only_key(chat_button_key("hide", state.slide_id)),
            icon=":material/close:",
            help="Hide the chat",
            type="tertiary",
            on_click=hide_chat_panel,
            args=(state,),
        )
    if len(ctx.panel.threads) > 1 or (ctx.panel.threads and thread is None):
        _draw_thread_select(ctx)
    if (shown := len(ctx.panel.threads)) < ctx.panel.thread_count:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"The latest {shown} of {ctx.panel.thread_count:,}.", width="content")
            customer_id = ctx.context.account.customer.id
            page_links.draw_conversations_of_slide_link(customer_id, state.slide_id, "All on this slide")


def _draw_sharing_menu(state: ChatPanelState, thread: Thread) -> None:
    label, icon = ("Shared", "group") if thread.is_shared else ("You and managers", "supervisor_account")
    menu = st.popover(
        label, icon=f":material/{icon}:", type="tertiary", help="Who can read this",
        key=chat_button_key("sharing", thread.id), on_change="rerun",
    )  # fmt: skip
    if not menu.open:
        return
    key = chat_button_key("share", thread.id)
    st.session_state[key] = thread.is_shared
    with menu:
        st.caption(describe_readers(thread))
        st.toggle(
            "Share with the company",
            key=key,
            on_change=_queue_sharing,
            args=(state, key),
            help="Colleagues can read it, not write in it. You can unshare it at any time.",
        )
        if thread.is_open:
            st.button(
                "Close this conversation",
                key=chat_button_key("close", thread.id),
                on_click=state.queue_command,
                args=(commands.close_thread,),
            )


def _queue_sharing(state: ChatPanelState, key: str) -> None:
    state.queue_command(commands.set_thread_shared, bool(st.session_state[key]))


def _draw_thread_select(ctx: PanelContext) -> None:
    """The person's own conversations on this slide, and the shared ones."""
    state, key = ctx.state, chat_button_key("thread", ctx.state.slide_id)
    time_zone = ctx.context.person.time_zone
    labels = {thread.id: _format_thread_label(thread, time_zone) for thread in ctx.panel.threads}
    if ctx.panel.thread is None:
        labels = {NEW_THREAD: "New conversation", **labels}
    st.session_state[key] = ctx.panel.thread.id if ctx.panel.thread else NEW_THREAD
    st.selectbox(
        "Conversation",
        list(labels),
        key=key,
        format_func=lambda thread_id: labels.get(thread_id, thread_id),
        label_visibility="collapsed",
        on_change=_queue_open_thread,
        args=(state, key),
    )


def _queue_open_thread(state: ChatPanelState, key: str) -> None:
    thread_id = st.session_state[key]
    state.queue_command(commands.switch_thread, None if thread_id == NEW_THREAD else thread_id)


def _format_thread_label(thread: Thread, time_zone: str) -> str:
    title = truncate(single_line(thread.title or "Conversation"), MAX_TITLE_LENGTH)
    owner = "" if thread.is_own else f" · {single_line(thread.owner_name or 'a colleague')}"
    return f"{title}{owner} · {theme.format_timestamp(thread.last_message_at or thread.created_at, time_zone)}"
