"""The chat of one slide as this browser tab has it open; kept in session state.

Requests: one when the slide's chat is first shown, none on a rerun.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import streamlit as st

from lib.chat import message_tree
from lib.chat.answer_provenance import Provenance
from lib.chat.chat_context import ChatContext
from lib.chat.conversation import ChatPanel, Question
from lib.chat.rewritten_text import RewrittenText
from lib.chat.service import ChatService
from lib.chat.turn_events import UnsavedAnswer
from lib.customers.model import Account
from lib.errors import Unavailable, ZenError
from lib.executions.model import Execution, SavedStep
from lib.forms.model import Answers
from lib.ui.chat.background_turn import BackgroundTurn
from lib.ui.command_queue import CommandQueue
from lib.ui.page_cache import DataVersion
from lib.ui.session_keys import CHAT_PANELS, CHAT_URL_THREAD
from lib.workflows.model import ComposedWorkflow

THREAD_PARAM = "thread"
"""In the address of a run: the conversation to open."""


class SlidePage(Protocol):
    """The page a chat stands on: a slide of a run, with the answers typed there."""

    @property
    def execution(self) -> Execution: ...

    @property
    def workflow(self) -> ComposedWorkflow: ...

    @property
    def slide_id(self) -> str: ...

    @property
    def account(self) -> Account: ...

    @property
    def answers(self) -> Answers: ...

    def adopt_saved_step(self, saved: SavedStep) -> bool:
        """Show answers the chat saved. False if unsaved ones stand on the page."""
        ...


@dataclass(frozen=True, kw_only=True)
class PanelContext:
    """What a command needs: the chat, where it stands, and the panel's state."""

    service: ChatService
    context: ChatContext
    state: "ChatPanelState"
    page: SlidePage
    data_version: DataVersion

    @property
    def panel(self) -> ChatPanel:
        assert self.state.panel is not None
        return self.state.panel

    @property
    def last_message_id(self) -> str | None:
        return message_tree.find_last_message_id(self.panel.messages, self.state.chosen_entries)


@dataclass(kw_only=True)
class ChatPanelState:
    """`chosen_entries` maps a message to the alternative shown after it, `draft` goes back into the input. A command
    may return a sentence to show for a moment."""

    execution_id: str
    slide_id: str
    panel: ChatPanel | None = None
    thread_id: str | None = None
    chosen_entries: dict[str | None, str] = field(default_factory=dict)
    commands: CommandQueue[PanelContext, str | None] = field(default_factory=CommandQueue, repr=False)
    turn: BackgroundTurn | None = None
    draft: str | None = None
    error: ZenError | None = None
    notice: str | None = None
    unsaved: UnsavedAnswer | None = None
    editing_id: str | None = None
    provenance_by_entry: dict[str, Provenance] = field(default_factory=dict)
    open_provenance: Provenance | None = None
    rewritten_texts: dict[str, RewrittenText | None] = field(default_factory=dict, repr=False)
    shows_all_messages: bool = False
    is_page_run: bool = False
    needs_page_rerun: bool = False

    @property
    def is_busy(self) -> bool:
        return self.turn is not None

    @property
    def message_path(self) -> tuple[message_tree.PathStep, ...]:
        return message_tree.build_message_path(self.panel.messages, self.chosen_entries) if self.panel else ()

    @property
    def can_ask(self) -> bool:
        """True in one's own open conversation, and where there is none yet."""
        thread = self.panel.thread if self.panel else None
        return thread is None or (thread.is_own and thread.is_open)

    def load_panel(self, ctx: PanelContext) -> None:
        """Load the conversation, unless it is there. Raises ZenErrors."""
        if self.panel is None:
            panel = ctx.service.load_chat_panel(ctx.context, self.thread_id)
            if panel.thread is None and self.thread_id is not None:
                panel = ctx.service.load_chat_panel(ctx.context)  # the thread is of another slide, or not there
            self.set_panel(panel)

    def set_panel(self, panel: ChatPanel) -> None:
        self.panel = panel
        self.thread_id = panel.thread.id if panel.thread else None

    def show_thread(self, thread_id: str | None, panel: ChatPanel | None) -> None:
        """Turn to another conversation; its panel is loaded if None."""
        self.thread_id, self.panel = thread_id, panel
        self.chosen_entries, self.provenance_by_entry = {}, {}
        self.editing_id, self.shows_all_messages = None, False

    def start_turn(self, ctx: PanelContext, question: Question) -> None:
        """Start answering `question` in the background; the drawing that follows watches it."""
        messages = ctx.panel.messages
        line = message_tree.find_message_path(messages, question.id if question.is_repeat else question.parent_id)
        # After the question the newest entries are shown again.
        self.chosen_entries = {
            before.id if before else None: entry.id for before, entry in zip((None, *line), line, strict=False)
        }
        self.editing_id, self.unsaved = None, None
        stream = partial(ctx.service.stream_chat, ctx.context, ctx.panel, question)
        self.turn = BackgroundTurn(lambda is_unwatched: stream(is_unwatched=is_unwatched), question)

    def collect_finished_turn(self) -> None:
        """Take over the result of a turn that is over."""
        turn = self.turn
        if turn is None or not turn.is_over:
            return
        self.turn = None
        if turn.finished is not None:
            self.set_panel(turn.finished.panel)
            self.unsaved = turn.finished.unsaved
        elif turn.error is not None:
            self.error = turn.error
            self.draft = None if turn.question.is_repeat else turn.question.text
            self.panel = self.panel if isinstance(turn.error, Unavailable) else None
        else:
            self.panel = None  # it was stopped: its stored row says how it ended

    def queue_command(self, command: Callable[..., str | None], *arguments: Any) -> None:
        """For callbacks: run `command(ctx, *arguments)` in the next drawing."""
        self.commands.queue_command(lambda ctx: command(ctx, *arguments))

    def run_pending_command(self, ctx: PanelContext) -> None:
        """Run what was clicked; an error is left in `error`. Clicks during a turn are dropped."""
        if self.is_busy:
            self.commands.discard_pending_command()
            return
        outcome = self.commands.run_pending_command(ctx)
        if outcome is None:
            return
        self.error, self.notice = outcome.error, outcome.result


def get_panel_state(page: SlidePage) -> ChatPanelState:
    """The chat of the slide on screen. Those of other runs are forgotten; the address may name a thread, once."""
    execution_id, slide_id = page.execution.id, page.slide_id
    stored: dict[str, ChatPanelState] = st.session_state.get(CHAT_PANELS) or {}
    states = {name: state for name, state in stored.items() if state.execution_id == execution_id}
    st.session_state[CHAT_PANELS] = states
    # Not taken out of the address: that would be an entry of the browser's history from which Back leads nowhere.
    thread_id, opened_id = st.query_params.get(THREAD_PARAM), st.session_state.get(CHAT_URL_THREAD)
    st.session_state[CHAT_URL_THREAD] = thread_id
    if thread_id is not None and thread_id != opened_id and _is_uuid(thread_id):
        states[slide_id] = ChatPanelState(execution_id=execution_id, slide_id=slide_id, thread_id=thread_id)
    return states.setdefault(slide_id, ChatPanelState(execution_id=execution_id, slide_id=slide_id))


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
