"""What the panel's buttons do. Commands run in the drawing after the click and touch no session state."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from lib.chat.conversation import ChatMessage, Question
from lib.chat.conversation_summary import build_continuation_question
from lib.chat.message_tree import MessageEntry, build_repeated_question, build_replacement_question
from lib.chat.suggested_questions import Suggestion, build_suggested_question
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.errors import Conflict
from lib.text.truncate import truncate
from lib.ui.chat.panel_state import PanelContext


def ask_typed_question(ctx: PanelContext, text: str) -> None:
    ctx.state.start_turn(ctx, Question(text=text, parent_id=ctx.last_message_id))


def ask_suggestion(ctx: PanelContext, suggestion: Suggestion) -> None:
    ctx.state.start_turn(ctx, build_suggested_question(suggestion, ctx.last_message_id))


def ask_question_again(ctx: PanelContext, question: ChatMessage, built_in: bool = False) -> None:
    """Ask the same question again, or ask the built-in assistant; the new answer stands beside the old one."""
    ctx.state.start_turn(ctx, build_repeated_question(question, built_in=built_in))


def ask_edited_question(ctx: PanelContext, question: ChatMessage, text: str) -> None:
    """Ask an edited question in the place of `question`."""
    if text.strip() and text.strip() != question.text:
        ctx.state.start_turn(ctx, build_replacement_question(question, text.strip()))
    ctx.state.editing_id = None


def set_edited_question(ctx: PanelContext, question_id: str | None) -> None:
    ctx.state.editing_id = question_id


def show_alternative_message(ctx: PanelContext, before: str | None, entry_id: str) -> None:
    """Show `entry_id` after the entry `before`."""
    ctx.state.chosen_entries = {**ctx.state.chosen_entries, before: entry_id}


def save_feedback(ctx: PanelContext, entry: MessageEntry, thumbs: int | None, comment: str | None) -> None:
    ctx.state.set_panel(ctx.service.save_feedback(ctx.panel, entry, thumbs, comment))


def retry_saving_answer(ctx: PanelContext) -> None:
    """Try again to store an answer the database did not take."""
    if ctx.state.unsaved is not None:
        ctx.state.set_panel(ctx.service.save_unsaved_answer(ctx.panel, ctx.state.unsaved))
        ctx.state.unsaved = None


def switch_thread(ctx: PanelContext, thread_id: str | None) -> None:
    """Show another conversation; None starts a new one, which is stored with its first question."""
    empty = replace(ctx.panel, thread=None, messages=(), feedback=(), tool_calls=())
    ctx.state.show_thread(thread_id, empty if thread_id is None else None)


def continue_in_new_thread(ctx: PanelContext, question: ChatMessage) -> None:
    """Ask a question in a new conversation that begins with a summary of this one."""
    continued = build_continuation_question(ctx.panel.messages, question)
    switch_thread(ctx, None)
    ctx.state.start_turn(ctx, continued)


def show_all_messages(ctx: PanelContext) -> None:
    ctx.state.shows_all_messages = True


def set_thread_shared(ctx: PanelContext, is_shared: bool) -> None:
    thread = ctx.panel.thread
    if thread is not None:
        changed = ctx.service.share_thread(thread.id) if is_shared else ctx.service.unshare_thread(thread.id)
        header = replace(thread, is_shared=changed.is_shared, revision=changed.revision)
        ctx.state.set_panel(ctx.panel.with_thread(header))


def close_thread(ctx: PanelContext) -> None:
    """Close the conversation: it stays readable, and the next question starts another."""
    thread = ctx.panel.thread
    if thread is not None:
        closed = ctx.service.complete_thread(thread.id)
        header = replace(thread, status=closed.status, revision=closed.revision)
        ctx.state.set_panel(ctx.panel.with_thread(header))


def promote_answer_to_draft(ctx: PanelContext, entry: MessageEntry) -> str:
    branch = ctx.service.create_fixed_answer_draft(ctx.context, ctx.panel, entry)
    return f"Saved as a draft of this slide: “{truncate(branch.label, 60)}”. A manager publishes it in Conversations."


def load_and_show_provenance(ctx: PanelContext, entry: MessageEntry) -> None:
    """Load what is behind an answer, once, and show it."""
    known = ctx.state.provenance_by_entry
    if entry.id not in known:
        known[entry.id] = ctx.service.load_provenance(ctx.context, ctx.panel, entry)
    ctx.state.open_provenance = known[entry.id]


def approve_call(ctx: PanelContext, call: ToolCallRecord, edited: Mapping[str, Any] | None, reason: str | None) -> None:
    """Approve and run a waiting call, and show on the page what it changed."""
    with _reload_on_conflict(ctx):
        decision = ctx.service.approvals.approve_tool_call(ctx.context, ctx.panel, call, edited=edited, reason=reason)
    ctx.state.set_panel(decision.panel)
    if decision.saved is not None:
        is_here = decision.saved.step.slide_id == ctx.state.slide_id
        ctx.state.needs_page_rerun = is_here and ctx.page.adopt_saved_step(decision.saved)
    elif decision.call.status is CallStatus.SUCCEEDED:
        ctx.data_version.increment()
        ctx.state.needs_page_rerun = True


def deny_call(ctx: PanelContext, call: ToolCallRecord, reason: str | None) -> None:
    with _reload_on_conflict(ctx):
        ctx.state.set_panel(ctx.service.approvals.deny_tool_call(ctx.panel, call, reason).panel)


def close_interrupted_call(ctx: PanelContext, call: ToolCallRecord) -> None:
    """Close a call whose run was interrupted after its approval."""
    with _reload_on_conflict(ctx):
        ctx.state.set_panel(ctx.service.approvals.close_interrupted_tool_call(ctx.panel, call).panel)


@contextmanager
def _reload_on_conflict(ctx: PanelContext) -> Iterator[None]:
    """Load the panel again if somebody else has decided already."""
    try:
        yield
    except Conflict:
        ctx.state.panel = None
        raise
