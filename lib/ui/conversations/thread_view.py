"""One conversation as it is stored; no model is asked."""

import streamlit as st

from lib.chat import conversation_export, message_tree
from lib.chat.conversation import Conversation
from lib.errors import ZenError
from lib.services import Services
from lib.slides.library import get_default_slide_title
from lib.text.file_names import build_filename
from lib.text.format import format_count
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, page_links, theme
from lib.ui.chat.thread_readers import describe_readers
from lib.ui.conversations.open_conversation import OpenConversation
from lib.ui.conversations.search import invalidate_search_results, set_thread_in_url
from lib.ui.conversations.stored_message_view import draw_stored_message
from lib.ui.current_page import set_page_title
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import CONVERSATIONS_THREAD, conversations_button_key

READING_WIDTH = 760
PAGE_MESSAGES = 2000
STATUS_LABELS = {"active": "open", "completed": "closed", "abandoned": "abandoned"}


def draw_stored_conversation(thread_id: str, services: Services) -> None:
    st.button(
        "All conversations", key=conversations_button_key("back"), type="tertiary", icon=":material/arrow_back:",
        on_click=set_thread_in_url, args=(None,),
    )  # fmt: skip
    try:
        with empty_and_error_states.show_skeleton(height=400):
            opened = _load_conversation(thread_id, services)
    except ZenError as error:
        empty_and_error_states.draw_error(error, retry=invalidate_search_results, key="conversations_thread")
        return
    set_page_title(opened.conversation.thread.title or "Conversation", opened.conversation.customer_name)
    _draw_conversation_header(opened, services)
    steps = message_tree.build_message_path(opened.conversation.messages, opened.selected_siblings)
    with st.container(width=READING_WIDTH):
        _draw_older_messages_button(opened, services)
        for place, step in enumerate(steps):
            with error_boundary(f"message {step.entry.id}"):
                draw_stored_message(opened, step, steps[place - 1] if place else None, services)
        if not steps:
            st.markdown(":gray[No messages.]")


def _draw_older_messages_button(opened: OpenConversation, services: Services) -> None:
    """Nothing where all messages are loaded. One request for each further 2,000."""
    thread, loaded = opened.conversation.thread, len(opened.conversation.messages)
    if (total := thread.messages or 0) <= loaded:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"The newest {loaded:,} of {format_count(total, 'message')}.", width="content")
        if st.button("Show older ones", key=conversations_button_key("older_messages"), type="tertiary"):
            try:
                opened.conversation = services.chat.get_chat_history(thread.id, most=loaded + PAGE_MESSAGES)
            except ZenError as error:
                opened.error = error
            st.rerun()


def _load_conversation(thread_id: str, services: Services) -> OpenConversation:
    kept: OpenConversation | None = st.session_state.get(CONVERSATIONS_THREAD)
    if kept is None or kept.conversation.thread.id != thread_id:
        kept = OpenConversation(conversation=services.chat.get_chat_history(thread_id, most=PAGE_MESSAGES))
        st.session_state[CONVERSATIONS_THREAD] = kept
    return kept


def _draw_conversation_header(opened: OpenConversation, services: Services) -> None:
    conversation, thread, person = opened.conversation, opened.conversation.thread, services.person
    place = (
        conversation.customer_name,
        f"{conversation.workflow_name}, version {conversation.workflow_version}",
        get_default_slide_title(thread.slide_id),
    )
    facts = (
        thread.owner_name or "",
        theme.format_timestamp(thread.created_at, person.time_zone),
        STATUS_LABELS[thread.status.value],
    )
    draw_html(
        Html('<h1>{}</h1><p>{}</p><p class="zen-small zen-muted">{}</p>').format(
            thread.title or "Conversation", " · ".join(place), " · ".join(facts)
        )
    )
    icon = "group" if thread.is_shared else "supervisor_account"
    st.caption(f":material/{icon}: {escape_markdown(describe_readers(thread))}")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        page_links.draw_slide_link(thread.execution_id, thread.slide_id, "Open the slide")
        _draw_conversation_downloads(conversation, services.person.time_zone)
        if thread.is_own:
            _draw_share_button(opened, services)
    if opened.error is not None:
        empty_and_error_states.draw_error(opened.error, key="conversations_trouble")
    if opened.notice is not None:
        st.success(escape_markdown(opened.notice), icon=":material/check:")
        opened.notice = None


def _draw_conversation_downloads(conversation: Conversation, time_zone: str) -> None:
    for label, ending, kind in (("Markdown", "md", "text/markdown"), ("JSON", "json", "application/json")):
        content = (
            conversation_export.format_conversation_as_markdown(conversation, time_zone)
            if ending == "md"
            else conversation_export.format_conversation_as_json(conversation)
        )
        st.download_button(
            label, content.encode(), build_filename("conversation", conversation.customer_name, ending), kind,
            key=conversations_button_key(ending), icon=":material/download:", type="tertiary", on_click="ignore",
        )  # fmt: skip


def _draw_share_button(opened: OpenConversation, services: Services) -> None:
    thread = opened.conversation.thread
    label = "Unshare" if thread.is_shared else "Share with the company"
    icon = ":material/supervisor_account:" if thread.is_shared else ":material/group:"
    if st.button(label, key=conversations_button_key("share", thread.id), icon=icon, type="tertiary"):
        opened.error = None
        try:
            _ = services.chat.unshare_thread(thread.id) if thread.is_shared else services.chat.share_thread(thread.id)
        except ZenError as error:
            opened.error = error
        else:
            invalidate_search_results()
            st.session_state.pop(CONVERSATIONS_THREAD, None)
        st.rerun()
