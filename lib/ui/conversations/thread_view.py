"""One conversation as it is stored; no model is asked."""

from dataclasses import dataclass, field

import streamlit as st

from lib.chat import conversation_export, message_tree, provenance
from lib.chat.message_tree import MessageEntry, PathStep
from lib.chat.model import ChatPanel, Conversation, MessageRole
from lib.chat.provenance import format_source_line
from lib.content.block_text import block_to_text
from lib.content.model import Text
from lib.errors import ZenError
from lib.services import Services
from lib.slides.library import get_default_slide_title
from lib.text.file_names import build_filename
from lib.text.format import format_count
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, navigation, tables, theme
from lib.ui.chat import approval_card, block_view, feedback_view, message_view, provenance_dialog
from lib.ui.conversations.search import invalidate_search_results, set_thread_in_url
from lib.ui.current_page import set_page_title
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import CONVERSATIONS_THREAD, conversations_button_key

READING_WIDTH = 760
PAGE_MESSAGES = 2000
STATUS_LABELS = {"active": "open", "completed": "closed", "abandoned": "abandoned"}


@dataclass(kw_only=True)
class OpenConversation:
    """The conversation this tab shows. `error` and `notice` are what the last click came to."""

    conversation: Conversation
    selected_siblings: dict[str | None, str] = field(default_factory=dict)
    error: ZenError | None = None
    notice: str | None = None


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
                _draw_stored_message(opened, step, steps[place - 1] if place else None, services)
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
        *(("shared with the company",) if thread.is_shared else ()),
    )
    draw_html(
        Html('<h1>{}</h1><p>{}</p><p class="zen-small zen-muted">{}</p>').format(
            thread.title or "Conversation", " · ".join(place), " · ".join(facts)
        )
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        navigation.draw_slide_link(thread.execution_id, thread.slide_id, "Open the slide")
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
    icon = ":material/lock:" if thread.is_shared else ":material/group:"
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


def _draw_stored_message(opened: OpenConversation, step: PathStep, before: PathStep | None, services: Services) -> None:
    entry = step.entry
    match entry.first.role:
        case MessageRole.USER:
            with st.chat_message("user", avatar=message_view.PERSON_AVATAR):
                message_view.draw_question_text(block_to_text(entry.first.block))
                _draw_sibling_buttons(opened, step, before)
        case MessageRole.ASSISTANT:
            with st.chat_message("assistant", avatar=message_view.get_answer_avatar(entry)):
                message_view.draw_answer_content(entry, max_set_rows=tables.MAX_STATIC_ROWS)
                for call in opened.conversation.tool_calls:
                    if call.answer_id == entry.first.answer_id:
                        approval_card.draw_tool_call_outcome(call)
                _draw_message_footer(opened, entry, services)
                _draw_sibling_buttons(opened, step, before)
                feedback_view.draw_feedback(opened.conversation.feedback, entry)
        case _:
            message_view.draw_system_note(entry)


def _draw_sibling_buttons(opened: OpenConversation, step: PathStep, before: PathStep | None) -> None:
    """‹ 2/3 ›, as beside the slide."""
    if len(step.siblings) < 2:
        return
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
        for way, icon in ((-1, "chevron_left"), (1, "chevron_right")):
            place = step.sibling_number - 1 + way
            there = 0 <= place < len(step.siblings)
            to = step.siblings[place].id if there else step.entry.id
            st.button(
                "", key=conversations_button_key(f"turn{way}", step.entry.id), icon=f":material/{icon}:",
                type="tertiary", disabled=not there, help="Earlier" if way < 0 else "Later", on_click=_select_sibling,
                args=(opened, before.entry.id if before else None, to),
            )  # fmt: skip
            if way < 0:
                st.markdown(f":small[{step.sibling_number}/{len(step.siblings)}]", width="content")


def _select_sibling(opened: OpenConversation, before: str | None, to: str) -> None:
    opened.selected_siblings = {**opened.selected_siblings, before: to}


def _draw_message_footer(opened: OpenConversation, entry: MessageEntry, services: Services) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        line = format_source_line(entry.first) if entry.first.is_authentic else ""
        if line and st.button(
            escape_markdown(line), key=conversations_button_key("source", entry.id), type="tertiary",
            icon=":material/info:", help="Where this comes from",
        ):  # fmt: skip
            _show_provenance(opened, entry, services)
        if any(isinstance(row.block, Text) and row.is_authentic and row.block.markdown.strip() for row in entry.rows):
            _draw_promote_button(opened, entry, services)
        if block_view.has_nonempty_tables(row.block for row in entry.rows):
            _draw_answer_tables_as_grids(entry)


def _draw_answer_tables_as_grids(entry: MessageEntry) -> None:
    shown = st.popover(
        "Sort or download", type="tertiary", icon=":material/table:", key=conversations_button_key("grids", entry.id),
        on_change="rerun",
    )  # fmt: skip
    if shown.open:
        with shown:
            block_view.draw_tables_as_grids(
                (row.block for row in entry.rows), key=conversations_button_key("grid", entry.id)
            )


def _show_provenance(opened: OpenConversation, entry: MessageEntry, services: Services) -> None:
    conversation, first = opened.conversation, entry.first
    context = next((known for known in conversation.contexts if known.id == first.context_id), None)
    calls = tuple(call for call in conversation.tool_calls if call.answer_id == first.answer_id)
    try:
        account = services.accounts.fetch_account(conversation.customer_id)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="conversations_behind")
        return
    provenance_dialog.show_provenance_dialog(
        provenance.build_provenance(first, account, calls, context), services.person.time_zone
    )


def _draw_promote_button(opened: OpenConversation, entry: MessageEntry, services: Services) -> None:
    with st.popover(
        "Offer on the slide",
        type="tertiary",
        icon=":material/add_notes:",
        key=conversations_button_key("promoting", entry.id),
    ):
        st.markdown("This answer becomes a draft on its slide. A manager publishes it, under Draft answers.")
        if st.button("Save as a draft", key=conversations_button_key("promote", entry.id)):
            _promote_to_branch(opened, entry, services)
            st.rerun()


def _promote_to_branch(opened: OpenConversation, entry: MessageEntry, services: Services) -> None:
    thread = opened.conversation.thread
    opened.error = None
    try:
        context = services.chat.load_chat_context(thread.execution_id, thread.slide_id)
        panel = ChatPanel(thread=thread, messages=opened.conversation.messages)
        branch = services.chat.create_branch_draft(context, panel, entry)
    except ZenError as error:
        opened.error = error
    else:
        opened.notice = f"Saved as a draft on this slide: “{branch.label}”."
