"""One message of a stored conversation, with its source, tables and place among its siblings."""

import streamlit as st

from lib.chat import answer_provenance
from lib.chat.answer_provenance import format_source_line
from lib.chat.conversation import ChatPanel, MessageRole
from lib.chat.message_tree import MessageEntry, PathStep
from lib.content.block_text import block_to_text
from lib.content.model import Text
from lib.errors import ZenError
from lib.services import Services
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, tables
from lib.ui.chat import approval_card, block_view, feedback_view, message_view, provenance_dialog
from lib.ui.conversations.open_conversation import OpenConversation
from lib.ui.session_keys import conversations_button_key, icon_only_key


def draw_stored_message(opened: OpenConversation, step: PathStep, before: PathStep | None, services: Services) -> None:
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
        for way, icon, label in ((-1, "chevron_left", "Earlier"), (1, "chevron_right", "Later")):
            place = step.sibling_number - 1 + way
            there = 0 <= place < len(step.siblings)
            to = step.siblings[place].id if there else step.entry.id
            st.button(
                label, key=icon_only_key(conversations_button_key(f"turn{way}", step.entry.id)),
                icon=f":material/{icon}:", type="tertiary", disabled=not there, help=label, on_click=_select_sibling,
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
        answer_provenance.build_provenance(first, account, calls, context), services.person.time_zone
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
        branch = services.chat.create_fixed_answer_draft(context, panel, entry)
    except ZenError as error:
        opened.error = error
    else:
        opened.notice = f"Saved as a draft on this slide: “{branch.label}”."
