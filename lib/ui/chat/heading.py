"""Above the conversation: which one it is, the others on this slide, sharing, and hiding the panel."""

from collections.abc import Mapping

import streamlit as st

from lib.chat.model import Panel, Thread
from lib.slides.words import cut, plain
from lib.ui import theme
from lib.ui.chat import acts
from lib.ui.chat.talk import Desk, Talk, wish
from lib.ui.keys import chat_press

NEW = "new"
TITLE_LENGTH = 44


def draw(desk: Desk) -> None:
    talk, thread = desk.talk, desk.panel.thread
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="chat_heading"):
        st.markdown("##### Chat", width="stretch")
        if desk.panel.threads and (thread is not None):
            _press(talk, "new", ":material/add_comment:", "New conversation", acts.open_thread, None)
        if thread is not None and thread.is_own:
            _settings(talk, thread)
        _press(talk, "hide", ":material/close:", "Hide the chat", acts.hide)
    if len(desk.panel.threads) > 1 or (desk.panel.threads and thread is None):
        _threads(desk)


def _press(talk: Talk, what: str, icon: str, help: str, *act: object) -> None:
    st.button(
        "", key=chat_press(what, talk.slide_id), icon=icon, help=help, type="tertiary", on_click=wish,
        args=(talk, *act), disabled=talk.is_busy and what != "hide",
    )  # fmt: skip


def _settings(talk: Talk, thread: Thread) -> None:
    """Drawn when it is opened, as what stands behind an answer is."""
    label = ":material/group: Shared" if thread.is_shared else ":material/lock: Private"
    shown = st.popover(
        label, type="tertiary", help="Who can read this", key=chat_press("sharing", thread.id), on_change="rerun"
    )
    if shown.open:
        with shown:
            _sharing(talk, thread)


def _sharing(talk: Talk, thread: Thread) -> None:
    key = chat_press("share", thread.id)
    st.session_state[key] = thread.is_shared
    st.toggle(
        "Share with the company", key=key, on_change=_share, args=(talk, key),
        help="Colleagues can read it, not write in it. You can take it back.",
    )  # fmt: skip
    if thread.is_open:
        st.button("Close this conversation", key=chat_press("close", thread.id), on_click=wish, args=(talk, acts.close))


def _share(talk: Talk, key: str) -> None:
    wish(talk, acts.share, bool(st.session_state[key]))


def _threads(desk: Desk) -> None:
    """The conversations of this slide, one's own and the company's shared ones."""
    talk, key = desk.talk, chat_press("thread", desk.talk.slide_id)
    names = _names(desk.panel, desk.scene.person.time_zone)
    if desk.panel.thread is None:
        names = {NEW: "New conversation", **names}
    st.session_state[key] = desk.panel.thread.id if desk.panel.thread else NEW
    st.selectbox(
        "Conversation", list(names), key=key, format_func=lambda thread_id: names.get(thread_id, thread_id),
        label_visibility="collapsed", on_change=_open, args=(talk, key),
    )  # fmt: skip


def _open(talk: Talk, key: str) -> None:
    chosen = st.session_state[key]
    wish(talk, acts.open_thread, None if chosen == NEW else chosen)


def _names(panel: Panel, time_zone: str) -> Mapping[str, str]:
    return {thread.id: _name(thread, time_zone) for thread in panel.threads}


def _name(thread: Thread, time_zone: str) -> str:
    title = cut(plain(thread.title or "Conversation"), TITLE_LENGTH)
    whose = "" if thread.is_own else f" · {plain(thread.owner_name or 'a colleague')}"
    return f"{title}{whose} · {theme.stamp(thread.last_message_at or thread.created_at, time_zone)}"
