"""Questions and answers, with what can be done about each.

While an answer is written, what Streamlit has drawn before and not replaced yet stays on the page. So each element
keeps its place: what cannot be used meanwhile is disabled, and what is gone leaves an empty one.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from lib.chat import message_tree
from lib.chat.answer_provenance import format_source_line
from lib.chat.conversation import NOT_WRITTEN_BY_ZEN, ChatMessage, MessageStatus, describe_missing_signature
from lib.chat.conversation_summary import is_too_long_for_model
from lib.chat.message_tree import MessageEntry, PathStep
from lib.content.block_text import block_to_text
from lib.content.model import Code, Text
from lib.customers.model import Account
from lib.llm.rule_based.assistant import RuleBasedModel
from lib.text.markdown_escape import escape_markdown, escape_markdown_lines
from lib.ui.chat import approval_card, block_view, commands, feedback_view
from lib.ui.chat.panel_state import ChatPanelState, PanelContext
from lib.ui.safe_text import draw_text
from lib.ui.session_keys import chat_button_key, icon_only_key

PERSON_AVATAR = ":material/person:"
ZEN_AVATAR = ":material/spa:"
FORGERY_AVATAR = ":material/gpp_maybe:"
STATUS_LABELS = {
    MessageStatus.STOPPED: (":material/stop_circle:", "gray", "Stopped before the answer was complete."),
    MessageStatus.FAILED: (":material/error:", "red", "The answer failed."),
    MessageStatus.CUT: (":material/content_cut:", "orange", "The answer was cut off."),
}


def draw_question_text(text: str) -> None:
    draw_text(text)


def draw_answer_content(
    entry: MessageEntry,
    *,
    account: Account | None = None,
    max_set_rows: int = block_view.MAX_SET_ROWS,
    state: ChatPanelState | None = None,
) -> None:
    """The blocks of an answer, and how it ended if it is incomplete. With the `state` of a panel beside a slide, wide
    tables can be opened large."""
    for row in entry.rows:
        if not row.is_authentic:
            _draw_forgery_mark(row)
        block_view.draw_block(row.block, key=f"chat.block.{row.id}", account=account, max_set_rows=max_set_rows)
        if state is not None:
            key = chat_button_key("large", row.id)
            block_view.draw_open_large_button(row.block, key=key, disabled=state.is_busy)
    first = entry.first
    if first.status is not MessageStatus.COMPLETE:
        icon, colour, label = STATUS_LABELS[first.status]
        st.markdown(f":{colour}[{icon} {escape_markdown(first.error or label)}]")


def draw_system_note(entry: MessageEntry) -> None:
    for row in entry.rows:
        if not row.is_authentic:
            _draw_forgery_mark(row)
        st.caption(escape_markdown_lines(block_to_text(row.block)))


def get_answer_avatar(entry: MessageEntry) -> str:
    return ZEN_AVATAR if entry.first.is_authentic else FORGERY_AVATAR


def _draw_forgery_mark(row: ChatMessage) -> None:
    if row.redacted_at is not None:
        st.caption(f":material/ink_eraser: {describe_missing_signature(row.redacted_at)}")
        return
    st.markdown(f":orange[:material/gpp_maybe: {NOT_WRITTEN_BY_ZEN}]")


def draw_chat_question(ctx: PanelContext, step: PathStep, following: PathStep | None) -> None:
    state, entry = ctx.state, step.entry
    with st.chat_message("user", avatar=PERSON_AVATAR):
        if state.editing_id == entry.id and state.can_ask:
            _draw_question_editor(state, entry)
            return
        draw_question_text(block_to_text(entry.first.block))
        with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
            _draw_sibling_pager(state, step)
            if state.can_ask:
                _draw_icon_button(
                    state, "edit", entry.id, ":material/edit:", "Edit the question", commands.set_edited_question,
                    entry.id, disabled=state.is_busy,
                )  # fmt: skip
        if following is None and state.can_ask and message_tree.has_incomplete_answer(step, following):
            place = st.empty()
            if not state.is_busy:
                with place.container(gap="small"):
                    st.markdown(":gray[:material/hourglass_disabled: Not answered: the turn was interrupted.]")
                    _draw_message_button(
                        state, "again", entry.id, "Ask again", commands.ask_question_again, entry.first
                    )


def draw_chat_answer(ctx: PanelContext, step: PathStep, question: MessageEntry | None) -> None:
    state, entry = ctx.state, step.entry
    with st.chat_message("assistant", avatar=get_answer_avatar(entry)):
        draw_answer_content(entry, account=ctx.context.account, state=state)
        for call in ctx.panel.list_answer_tool_calls(entry.first.answer_id):
            approval_card.draw_tool_call(ctx, call)
        can_retry = question is not None and state.can_ask
        if question is not None and can_retry and entry.first.status is not MessageStatus.COMPLETE:
            _draw_ask_again_buttons(ctx, entry, question)
        with st.container(gap="xxsmall"):
            _draw_source_button(state, entry)
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                _draw_sibling_pager(state, step)
                feedback_view.draw_thumbs(ctx, entry)
                if question is not None and can_retry:
                    _draw_icon_button(
                        state, "regenerate", entry.id, ":material/refresh:", "Answer again",
                        commands.ask_question_again, question.first, disabled=state.is_busy,
                    )  # fmt: skip
                _draw_message_menu(state, entry)
            feedback_view.draw_comments(ctx, entry)


def _draw_ask_again_buttons(ctx: PanelContext, entry: MessageEntry, question: MessageEntry) -> None:
    state = ctx.state
    with st.container(horizontal=True, gap="small"):
        if is_too_long_for_model(ctx.panel.messages, entry.first):
            label = "Continue in a new conversation with a summary"
            _draw_message_button(state, "continue", entry.id, label, commands.continue_in_new_thread, question.first)
        _draw_message_button(state, "retry", entry.id, "Retry", commands.ask_question_again, question.first)
        if entry.first.model not in (None, RuleBasedModel.name):
            label = "Ask the built-in assistant"
            _draw_message_button(
                state, "built_in", entry.id, label, commands.ask_question_again, question.first, True, quiet=True
            )


def _draw_source_button(state: ChatPanelState, entry: MessageEntry) -> None:
    source = format_source_line(entry.first)
    if source and entry.first.is_authentic:
        st.button(
            escape_markdown(source),
            key=chat_button_key("source", entry.id),
            type="tertiary",
            icon=":material/info:",
            help="Where this comes from",
            on_click=state.queue_command,
            args=(commands.load_and_show_provenance, entry),
            wrap=True,
        )


def _draw_sibling_pager(state: ChatPanelState, step: PathStep) -> None:
    """‹ 2/3 › between alternatives, oldest first."""
    if len(step.siblings) < 2:
        return
    ids = [known.entry.id for known in state.message_path]
    index = ids.index(step.entry.id) if step.entry.id in ids else 0
    before = ids[index - 1] if index else None
    for direction, icon, label in ((-1, "chevron_left", "Earlier"), (1, "chevron_right", "Later")):
        to = step.sibling_number - 1 + direction
        is_there = 0 <= to < len(step.siblings)
        _draw_icon_button(
            state, f"turn{direction}", step.entry.id, f":material/{icon}:", label, commands.show_alternative_message,
            before, step.siblings[to].id if is_there else step.entry.id, disabled=not is_there,
        )  # fmt: skip
        if direction < 0:
            st.markdown(f":small[{step.sibling_number}/{len(step.siblings)}]", width="content")


def _draw_message_menu(state: ChatPanelState, entry: MessageEntry) -> None:
    menu = st.popover(
        "More about this answer",
        icon=":material/more_horiz:",
        type="tertiary",
        help="Sort or download tables, copy, offer on the slide",
        key=icon_only_key(chat_button_key("more", entry.id)),
        on_change="rerun",
    )
    # Drawn only when open: closed it would cost as much as the answer.
    if not menu.open:
        return
    with menu:
        block_view.draw_tables_as_grids((row.block for row in entry.rows), key=f"chat.grid.{entry.id}")
        st.code(_format_copyable_text(entry), language=None, wrap_lines=True, height=240)
        if any(isinstance(row.block, Text) and row.is_authentic for row in entry.rows):
            _draw_message_button(
                state, "promote", entry.id, "Offer this answer on the slide", commands.promote_answer_to_draft, entry
            )
            st.caption("Saves a draft; a manager publishes it in Conversations.")


def _format_copyable_text(entry: MessageEntry) -> str:
    blocks = (row.block for row in entry.rows)
    return "\n\n".join(
        f"```{block.language}\n{block.code}\n```" if isinstance(block, Code) else block_to_text(block)
        for block in blocks
    )


def _draw_question_editor(state: ChatPanelState, entry: MessageEntry) -> None:
    key = chat_button_key("text", entry.id)
    if key not in st.session_state:
        st.session_state[key] = block_to_text(entry.first.block)
    st.text_area("Question", key=key, label_visibility="collapsed", height="content")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Send", key=chat_button_key("send", entry.id), on_click=_queue_edited_question, args=(state, entry, key)
        )
        _draw_message_button(state, "cancel", entry.id, "Cancel", commands.set_edited_question, None, quiet=True)


def _queue_edited_question(state: ChatPanelState, entry: MessageEntry, key: str) -> None:
    state.queue_command(commands.ask_edited_question, entry.first, st.session_state[key])


def _draw_message_button(
    state: ChatPanelState, name: str, of: str, label: str, command: Callable[..., str | None], *arguments: Any,
    quiet: bool = False,
) -> None:  # fmt: skip
    st.button(
        label, key=chat_button_key(name, of), type="tertiary" if quiet else "secondary", disabled=state.is_busy,
        on_click=state.queue_command, args=(command, *arguments),
    )  # fmt: skip


def _draw_icon_button(
    state: ChatPanelState, name: str, of: str, icon: str, help: str, command: Callable[..., str | None],
    *arguments: Any, disabled: bool = False,
) -> None:  # fmt: skip
    st.button(
        help, key=icon_only_key(chat_button_key(name, of)), type="tertiary", icon=icon, help=help, disabled=disabled,
        on_click=state.queue_command, args=(command, *arguments),
    )  # fmt: skip
