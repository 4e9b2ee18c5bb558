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


def ask_text(ctx: PanelContext, text: str) -> None:
    """Ask what was typed, after what is shown."""
    start_turn(
        ctx,
        Question(text=text, parent_id=message_tree.last_message_id(ctx.panel.messages, ctx.state.chosen_entries)),
    )


def ask_suggestion(ctx: PanelContext, suggestion: Suggestion) -> None:
    start_turn(ctx, to_question(suggestion, message_tree.last_message_id(ctx.panel.messages, ctx.state.chosen_entries)))


def ask_again(ctx: PanelContext, question: ChatMessage, built_in: bool = False) -> None:
    """The same question once more: the new answer stands beside the old one."""
    start_turn(ctx, message_tree.repeat_question(question, built_in=built_in))


def ask_edited(ctx: PanelContext, question: ChatMessage, text: str) -> None:
    """Another question in the place of one."""
    if text.strip() and text.strip() != question.text:
        start_turn(ctx, message_tree.replace_question(question, text.strip()))
    ctx.state.editing_id = None


def set_editing(ctx: PanelContext, question_id: str | None) -> None:
    ctx.state.editing_id = question_id


def choose_alternative(ctx: PanelContext, before: str | None, entry_id: str) -> None:
    """Show another of the alternatives after `before`."""
    ctx.state.chosen_entries = {**ctx.state.chosen_entries, before: entry_id}


def set_feedback(ctx: PanelContext, entry: MessageEntry, given: int | None, comment: str | None) -> None:
    ctx.state.set_panel(ctx.service.give_feedback(ctx.panel, entry, given, comment))


def store_unsaved_answer(ctx: PanelContext) -> None:
    """Try again to store the answer the database could not take."""
    if ctx.state.unsaved is not None:
        ctx.state.set_panel(ctx.service.store_unsaved(ctx.panel, ctx.state.unsaved))
        ctx.state.unsaved = None


def open_thread(ctx: PanelContext, thread_id: str | None) -> None:
    """Show another conversation of the slide; None begins a new one, of which nothing is stored before it is asked."""
    state = ctx.state
    state.chosen_entries, state.editing_id, state.thread_id, state.provenance_by_entry, state.shows_all_messages = (
        {},
        None,
        thread_id,
        {},
        False,
    )
    if thread_id is None:
        state.panel = replace(ctx.panel, thread=None, messages=(), feedback=(), tool_calls=())
    else:
        state.panel = None


def show_all_messages(ctx: PanelContext) -> None:
    """All of the conversation, from its beginning."""
    ctx.state.shows_all_messages = True


def set_shared(ctx: PanelContext, is_shared: bool) -> None:
    thread = ctx.panel.thread
    if thread is not None:
        changed = ctx.service.share_thread(thread.id) if is_shared else ctx.service.unshare_thread(thread.id)
        header = replace(thread, is_shared=changed.is_shared, revision=changed.revision)
        ctx.state.set_panel(ctx.panel.with_thread(header))


def close_thread(ctx: PanelContext) -> None:
    """Done with this conversation: it stays readable, and the next question begins another."""
    if ctx.panel.thread is not None:
        closed = ctx.service.complete_thread(ctx.panel.thread.id)
        header = replace(ctx.panel.thread, status=closed.status, revision=closed.revision)
        ctx.state.set_panel(ctx.panel.with_thread(header))


def promote_answer(ctx: PanelContext, entry: MessageEntry) -> None:
    branch = ctx.service.promote_to_branch(ctx.context, ctx.panel, entry)
    st.toast(
        f"Saved as a draft answer of this slide: “{branch.label[:60]}”. A manager publishes it, under Conversations."
    )


def open_provenance(ctx: PanelContext, entry: MessageEntry) -> None:
    """Read what is behind an answer, once."""
    if entry.id not in ctx.state.provenance_by_entry:
        ctx.state.provenance_by_entry[entry.id] = ctx.service.get_provenance(ctx.context, ctx.panel, entry)
    ctx.state.open_provenance = ctx.state.provenance_by_entry[entry.id]


def hide_panel(ctx: PanelContext) -> None:
    st.session_state[CHAT_HIDDEN] = ctx.state.needs_page_rerun = True


def approve_call(ctx: PanelContext, call: ToolCallRecord, edited: Mapping[str, Any] | None, reason: str | None) -> None:
    try:
        decided = ctx.service.approve_call(ctx.context, ctx.panel, call, edited=edited, reason=reason)
    except Conflict:
        ctx.state.panel = None  # somebody decided already: what they decided is shown
        raise
    ctx.state.set_panel(decided.panel)
    if decided.saved is not None:
        adopt_saved_answer(ctx, decided.saved)


def deny_call(ctx: PanelContext, call: ToolCallRecord, reason: str | None) -> None:
    try:
        ctx.state.set_panel(ctx.service.deny_call(ctx.panel, call, reason).panel)
    except Conflict:
        ctx.state.panel = None
        raise


def close_interrupted_call(ctx: PanelContext, call: ToolCallRecord) -> None:
    """Put a call to rest that was broken off after its approval."""
    try:
        ctx.state.set_panel(ctx.service.close_interrupted_call(ctx.panel, call).panel)
    except Conflict:
        ctx.state.panel = None
        raise


def adopt_saved_answer(ctx: PanelContext, saved: SavedStep) -> None:
    """Put a kept answer into the slide's form. Where something typed there is not kept yet, the next save meets it as
    a conflict and asks."""
    run_state = ctx.run_state
    if run_state.has_unsaved_answers or saved.step.slide_id != ctx.state.slide_id:
        return
    run_state.execution = apply_saved_step(run_state.execution, saved)
    if run_state.slide_id == saved.step.slide_id:
        run_state.draft, run_state.saved, run_state.is_form_seeded = None, None, False
    ctx.state.needs_page_rerun = True
