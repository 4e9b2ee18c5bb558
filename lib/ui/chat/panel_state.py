"""The chat of one slide as this browser tab has it open: the only mutable thing of the panel, kept in session state.

Requests: one when the slide's chat is first shown, none on a rerun. A button leaves a wish; it is done at the start of
the next drawing, when the gate has been passed again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import streamlit as st

from lib.chat import message_tree
from lib.chat.chat_context import ChatContext
from lib.chat.events import UnsavedAnswer
from lib.chat.model import ChatPanel, Question
from lib.chat.provenance import Provenance
from lib.chat.service import ChatService
from lib.errors import Unavailable, ZenError
from lib.ui.chat.background_turn import BackgroundTurn
from lib.ui.keys import CHAT_PANELS
from lib.ui.run.page_state import RunPageState

THREAD_PARAM = "thread"
"""In the address of a run: the conversation to open."""


@dataclass(frozen=True, kw_only=True)
class PanelContext:
    """What a wish is done with."""

    service: ChatService
    context: ChatContext
    state: "ChatPanelState"
    run_state: RunPageState

    @property
    def panel(self) -> ChatPanel:
        assert self.state.panel is not None
        return self.state.panel


PanelCommand = Callable[[PanelContext], None]


@dataclass(kw_only=True)
class ChatPanelState:
    """`chosen` is which alternative is shown after which message, `typed` what goes back into the input, `is_whole`
    that the earlier messages are shown too, `is_page_due` that the slide has to be drawn again."""

    execution_id: str
    slide_id: str
    panel: ChatPanel | None = None
    thread_id: str | None = None
    chosen_entries: dict[str | None, str] = field(default_factory=dict)
    pending_command: PanelCommand | None = None
    turn: BackgroundTurn | None = None
    draft: str | None = None
    error: ZenError | None = None
    unsaved: UnsavedAnswer | None = None
    editing_id: str | None = None
    provenance_by_entry: dict[str, Provenance] = field(default_factory=dict)
    open_provenance: Provenance | None = None
    shows_all_messages: bool = False
    is_page_run: bool = False
    needs_page_rerun: bool = False

    @property
    def is_busy(self) -> bool:
        return self.turn is not None

    @property
    def path(self) -> tuple[message_tree.PathStep, ...]:
        return message_tree.build_path(self.panel.messages, self.chosen_entries) if self.panel else ()

    @property
    def can_ask(self) -> bool:
        """In one's own conversation, as long as it is open; where there is none, the first question begins it."""
        thread = self.panel.thread if self.panel else None
        return thread is None or (thread.is_own and thread.is_open)

    def load_panel(self, ctx: PanelContext) -> None:
        """Read the conversation, once. Raises what reading raises."""
        if self.panel is None:
            self.panel = ctx.service.load_panel(ctx.context, self.thread_id)
            if self.panel.thread is None and self.thread_id is not None:
                self.panel = ctx.service.load_panel(ctx.context)  # it is of another slide, or not there
            self.thread_id = self.panel.thread.id if self.panel.thread else None

    def set_panel(self, panel: ChatPanel) -> None:
        self.panel = panel
        self.thread_id = panel.thread.id if panel.thread else None

    def collect_finished_turn(self) -> None:
        """Take over what a turn that is over has come to. A stopped one is read again: its row tells how it ended."""
        live = self.turn
        if live is None or not live.is_over:
            return
        self.turn = None
        ended = live.finished
        if ended is not None:
            self.set_panel(ended.panel)
            self.unsaved = ended.unsaved
        elif live.error is not None:
            self.error = live.error
            self.draft = None if live.question.is_repeat else live.question.text
            self.panel = None if not isinstance(live.error, Unavailable) else self.panel
        else:
            self.panel = None

    def run_pending_command(self, ctx: PanelContext) -> None:
        """Do what was pressed; what goes wrong is left in `trouble` to show."""
        wish, self.pending_command = self.pending_command, None
        if wish is None or self.is_busy:
            return
        self.error = None
        try:
            wish(ctx)
        except ZenError as error:
            self.error = error


def get_panel_state(run_state: RunPageState) -> ChatPanelState:
    """The state of the slide on screen; those of another run are forgotten. An address may name a conversation, once."""
    run, slide = run_state.execution.id, run_state.slide_id
    talks: dict[str, ChatPanelState] = st.session_state.get(CHAT_PANELS) or {}
    talks = {name: state for name, state in talks.items() if state.execution_id == run}
    st.session_state[CHAT_PANELS] = talks
    named = st.query_params.pop(THREAD_PARAM, None)
    if named is not None and is_uuid(named):
        talks[slide] = ChatPanelState(execution_id=run, slide_id=slide, thread_id=named)
    return talks.setdefault(slide, ChatPanelState(execution_id=run, slide_id=slide))


def is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def queue_command(state: ChatPanelState, act: Callable[..., None], *given: Any) -> None:
    """A callback: `act(ctx, *given)` is done at the start of the next drawing."""
    state.pending_command = lambda ctx: partial(act, ctx)(*given)


def start_turn(ctx: PanelContext, question: Question) -> None:
    """Begin a turn; the drawing that follows watches it."""
    state = ctx.state
    state.editing_id, state.unsaved = None, None
    state.chosen_entries = _choices_leading_to(state, question)
    chat, context, panel = ctx.service, ctx.context, ctx.panel
    state.turn = BackgroundTurn(
        lambda is_left: chat.stream_chat(context, panel, question, is_unwatched=is_left), question
    )


def _choices_leading_to(state: ChatPanelState, question: Question) -> dict[str | None, str]:
    """The choices that lead to `question`; what is answered after it is the newest again."""
    messages = state.panel.messages if state.panel else ()
    line = message_tree.find_path_to(messages, question.id if question.is_repeat else question.parent_id)
    return {before.id if before else None: entry.id for before, entry in zip((None, *line), line, strict=False)}
