"""What the panel's buttons do. Each is done at the start of the next drawing; what it raises is shown in the panel."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.chat import tree
from lib.chat.followups import Suggestion, picked
from lib.chat.model import Message, Question, ToolCallRecord
from lib.chat.tree import Entry
from lib.errors import Conflict
from lib.executions.model import Saved
from lib.executions.service import with_saved
from lib.ui.chat.talk import Desk, ask
from lib.ui.keys import CHAT_HIDDEN


def say(desk: Desk, text: str) -> None:
    """Ask what was typed, after what is shown."""
    ask(desk, Question(text=text, parent_id=tree.last_id(desk.panel.messages, desk.talk.chosen)))


def pick(desk: Desk, suggestion: Suggestion) -> None:
    ask(desk, picked(suggestion, tree.last_id(desk.panel.messages, desk.talk.chosen)))


def again(desk: Desk, question: Message, built_in: bool = False) -> None:
    """The same question once more: the new answer stands beside the old one."""
    ask(desk, tree.again(question, built_in=built_in))


def edit(desk: Desk, question: Message, text: str) -> None:
    """Another question in the place of one."""
    if text.strip() and text.strip() != getattr(question.block, "text", ""):
        ask(desk, tree.edited(question, text.strip()))
    desk.talk.editing = None


def begin_edit(desk: Desk, question_id: str | None) -> None:
    desk.talk.editing = question_id


def turn_to(desk: Desk, before: str | None, entry_id: str) -> None:
    """Show another of the alternatives after `before`."""
    desk.talk.chosen = {**desk.talk.chosen, before: entry_id}


def thumbs(desk: Desk, entry: Entry, given: int | None, comment: str | None) -> None:
    desk.talk.know(desk.chat.give_feedback(desk.panel, entry, given, comment))


def keep(desk: Desk) -> None:
    """Try again to store the answer the database could not take."""
    if desk.talk.unsaved is not None:
        desk.talk.know(desk.chat.keep(desk.panel, desk.talk.unsaved))
        desk.talk.unsaved = None


def open_thread(desk: Desk, thread_id: str | None) -> None:
    """Show another conversation of the slide; None begins a new one, of which nothing is stored before it is asked."""
    talk = desk.talk
    talk.chosen, talk.editing, talk.thread_id, talk.behind, talk.is_whole = {}, None, thread_id, {}, False
    if thread_id is None:
        talk.panel = replace(desk.panel, thread=None, messages=(), feedback=(), tool_calls=())
    else:
        talk.panel = None


def show_whole(desk: Desk) -> None:
    """All of the conversation, from its beginning."""
    desk.talk.is_whole = True


def share(desk: Desk, is_shared: bool) -> None:
    thread = desk.panel.thread
    if thread is not None:
        changed = desk.chat.share(thread.id) if is_shared else desk.chat.unshare(thread.id)
        header = replace(thread, is_shared=changed.is_shared, revision=changed.revision)
        desk.talk.know(desk.panel.with_thread(header))


def close(desk: Desk) -> None:
    """Done with this conversation: it stays readable, and the next question begins another."""
    if desk.panel.thread is not None:
        closed = desk.chat.complete_thread(desk.panel.thread.id)
        header = replace(desk.panel.thread, status=closed.status, revision=closed.revision)
        desk.talk.know(desk.panel.with_thread(header))


def promote(desk: Desk, entry: Entry) -> None:
    branch = desk.chat.promote_to_branch(desk.scene, desk.panel, entry)
    st.toast(
        f"Saved as a draft answer of this slide: “{branch.label[:60]}”. A manager publishes it, under Conversations."
    )


def look_behind(desk: Desk, entry: Entry) -> None:
    """Read what is behind an answer, once."""
    if entry.id not in desk.talk.behind:
        desk.talk.behind[entry.id] = desk.chat.provenance(desk.scene, desk.panel, entry)
    desk.talk.looked_at = desk.talk.behind[entry.id]


def hide(desk: Desk) -> None:
    st.session_state[CHAT_HIDDEN] = desk.talk.is_page_due = True


def approve(desk: Desk, call: ToolCallRecord, edited: Mapping[str, Any] | None, reason: str | None) -> None:
    try:
        decided = desk.chat.approve(desk.scene, desk.panel, call, edited=edited, reason=reason)
    except Conflict:
        desk.talk.panel = None  # somebody decided already: what they decided is shown
        raise
    desk.talk.know(decided.panel)
    if decided.saved is not None:
        take_over(desk, decided.saved)


def deny(desk: Desk, call: ToolCallRecord, reason: str | None) -> None:
    try:
        desk.talk.know(desk.chat.deny(desk.panel, call, reason).panel)
    except Conflict:
        desk.talk.panel = None
        raise


def close_call(desk: Desk, call: ToolCallRecord) -> None:
    """Put a call to rest that was broken off after its approval."""
    try:
        desk.talk.know(desk.chat.close_interrupted(desk.panel, call).panel)
    except Conflict:
        desk.talk.panel = None
        raise


def take_over(desk: Desk, saved: Saved) -> None:
    """Put a kept answer into the slide's form. Where something typed there is not kept yet, the next save meets it as
    a conflict and asks."""
    sitting = desk.sitting
    if sitting.has_unsaved or saved.step.slide_id != desk.talk.slide_id:
        return
    sitting.execution = with_saved(sitting.execution, saved)
    if sitting.slide_id == saved.step.slide_id:
        sitting.typed, sitting.synced, sitting.is_seated = None, None, False
    desk.talk.is_page_due = True
