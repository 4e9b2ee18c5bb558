"""What the panel's buttons do. Each is done at the start of the next drawing; what it raises is shown in the panel."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.chat import message_tree
from lib.chat.message_tree import MessageEntry
from lib.chat.model import ChatMessage, Question, ToolCallRecord
from lib.chat.suggestions import Suggestion, to_question
from lib.errors import Conflict
from lib.executions.model import SavedStep
from lib.executions.service import apply_saved_step
from lib.ui.chat.panel_state import PanelContext, start_turn
from lib.ui.keys import CHAT_HIDDEN


def ask_text(desk: PanelContext, text: str) -> None:
    """Ask what was typed, after what is shown."""
    start_turn(
        desk,
        Question(text=text, parent_id=message_tree.last_message_id(desk.panel.messages, desk.state.chosen_entries)),
    )


def ask_suggestion(desk: PanelContext, suggestion: Suggestion) -> None:
    start_turn(
        desk, to_question(suggestion, message_tree.last_message_id(desk.panel.messages, desk.state.chosen_entries))
    )


def ask_again(desk: PanelContext, question: ChatMessage, built_in: bool = False) -> None:
    """The same question once more: the new answer stands beside the old one."""
    start_turn(desk, message_tree.repeat_question(question, built_in=built_in))


def ask_edited(desk: PanelContext, question: ChatMessage, text: str) -> None:
    """Another question in the place of one."""
    if text.strip() and text.strip() != getattr(question.block, "text", ""):
        start_turn(desk, message_tree.replace_question(question, text.strip()))
    desk.state.editing_id = None


def set_editing(desk: PanelContext, question_id: str | None) -> None:
    desk.state.editing_id = question_id


def choose_alternative(desk: PanelContext, before: str | None, entry_id: str) -> None:
    """Show another of the alternatives after `before`."""
    desk.state.chosen_entries = {**desk.state.chosen_entries, before: entry_id}


def set_feedback(desk: PanelContext, entry: MessageEntry, given: int | None, comment: str | None) -> None:
    desk.state.set_panel(desk.service.give_feedback(desk.panel, entry, given, comment))


def store_unsaved_answer(desk: PanelContext) -> None:
    """Try again to store the answer the database could not take."""
    if desk.state.unsaved is not None:
        desk.state.set_panel(desk.service.store_unsaved(desk.panel, desk.state.unsaved))
        desk.state.unsaved = None


def open_thread(desk: PanelContext, thread_id: str | None) -> None:
    """Show another conversation of the slide; None begins a new one, of which nothing is stored before it is asked."""
    talk = desk.state
    talk.chosen_entries, talk.editing_id, talk.thread_id, talk.provenance_by_entry, talk.shows_all_messages = (
        {},
        None,
        thread_id,
        {},
        False,
    )
    if thread_id is None:
        talk.panel = replace(desk.panel, thread=None, messages=(), feedback=(), tool_calls=())
    else:
        talk.panel = None


def show_all_messages(desk: PanelContext) -> None:
    """All of the conversation, from its beginning."""
    desk.state.shows_all_messages = True


def set_shared(desk: PanelContext, is_shared: bool) -> None:
    thread = desk.panel.thread
    if thread is not None:
        changed = desk.service.share_thread(thread.id) if is_shared else desk.service.unshare_thread(thread.id)
        header = replace(thread, is_shared=changed.is_shared, revision=changed.revision)
        desk.state.set_panel(desk.panel.with_thread(header))


def close_thread(desk: PanelContext) -> None:
    """Done with this conversation: it stays readable, and the next question begins another."""
    if desk.panel.thread is not None:
        closed = desk.service.complete_thread(desk.panel.thread.id)
        header = replace(desk.panel.thread, status=closed.status, revision=closed.revision)
        desk.state.set_panel(desk.panel.with_thread(header))


def promote_answer(desk: PanelContext, entry: MessageEntry) -> None:
    branch = desk.service.promote_to_branch(desk.context, desk.panel, entry)
    st.toast(
        f"Saved as a draft answer of this slide: “{branch.label[:60]}”. A manager publishes it, under Conversations."
    )


def open_provenance(desk: PanelContext, entry: MessageEntry) -> None:
    """Read what is behind an answer, once."""
    if entry.id not in desk.state.provenance_by_entry:
        desk.state.provenance_by_entry[entry.id] = desk.service.get_provenance(desk.context, desk.panel, entry)
    desk.state.open_provenance = desk.state.provenance_by_entry[entry.id]


def hide_panel(desk: PanelContext) -> None:
    st.session_state[CHAT_HIDDEN] = desk.state.needs_page_rerun = True


def approve_call(
    desk: PanelContext, call: ToolCallRecord, edited: Mapping[str, Any] | None, reason: str | None
) -> None:
    try:
        decided = desk.service.approve_call(desk.context, desk.panel, call, edited=edited, reason=reason)
    except Conflict:
        desk.state.panel = None  # somebody decided already: what they decided is shown
        raise
    desk.state.set_panel(decided.panel)
    if decided.saved is not None:
        adopt_saved_answer(desk, decided.saved)


def deny_call(desk: PanelContext, call: ToolCallRecord, reason: str | None) -> None:
    try:
        desk.state.set_panel(desk.service.deny_call(desk.panel, call, reason).panel)
    except Conflict:
        desk.state.panel = None
        raise


def close_interrupted_call(desk: PanelContext, call: ToolCallRecord) -> None:
    """Put a call to rest that was broken off after its approval."""
    try:
        desk.state.set_panel(desk.service.close_interrupted_call(desk.panel, call).panel)
    except Conflict:
        desk.state.panel = None
        raise


def adopt_saved_answer(desk: PanelContext, saved: SavedStep) -> None:
    """Put a kept answer into the slide's form. Where something typed there is not kept yet, the next save meets it as
    a conflict and asks."""
    sitting = desk.run_state
    if sitting.has_unsaved_answers or saved.step.slide_id != desk.state.slide_id:
        return
    sitting.execution = apply_saved_step(sitting.execution, saved)
    if sitting.slide_id == saved.step.slide_id:
        sitting.draft, sitting.saved, sitting.is_form_seeded = None, None, False
    desk.state.needs_page_rerun = True
