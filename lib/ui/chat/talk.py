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

from lib.chat import tree
from lib.chat.events import Unsaved
from lib.chat.model import Panel, Question
from lib.chat.provenance import Provenance
from lib.chat.scene import Scene
from lib.chat.service import ChatService
from lib.errors import Unavailable, ZenError
from lib.ui.chat.live import LiveTurn
from lib.ui.keys import CHAT_TALKS
from lib.ui.run.sitting import Sitting

THREAD = "thread"
"""In the address of a run: the conversation to open."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a wish is done with."""

    chat: ChatService
    scene: Scene
    talk: "Talk"
    sitting: Sitting

    @property
    def panel(self) -> Panel:
        assert self.talk.panel is not None
        return self.talk.panel


Act = Callable[[Desk], None]


@dataclass(kw_only=True)
class Talk:
    """`chosen` is which alternative is shown after which message, `typed` what goes back into the input, `is_whole`
    that the earlier messages are shown too, `is_page_due` that the slide has to be drawn again."""

    execution_id: str
    slide_id: str
    panel: Panel | None = None
    thread_id: str | None = None
    chosen: dict[str | None, str] = field(default_factory=dict)
    wish: Act | None = None
    live: LiveTurn | None = None
    typed: str | None = None
    trouble: ZenError | None = None
    unsaved: Unsaved | None = None
    editing: str | None = None
    behind: dict[str, Provenance] = field(default_factory=dict)
    looked_at: Provenance | None = None
    is_whole: bool = False
    is_page_run: bool = False
    is_page_due: bool = False

    @property
    def is_busy(self) -> bool:
        return self.live is not None

    @property
    def steps(self) -> tuple[tree.Step, ...]:
        return tree.path(self.panel.messages, self.chosen) if self.panel else ()

    @property
    def may_ask(self) -> bool:
        """In one's own conversation, as long as it is open; where there is none, the first question begins it."""
        thread = self.panel.thread if self.panel else None
        return thread is None or (thread.is_own and thread.is_open)

    def open(self, desk: Desk) -> None:
        """Read the conversation, once. Raises what reading raises."""
        if self.panel is None:
            self.panel = desk.chat.panel(desk.scene, self.thread_id)
            if self.panel.thread is None and self.thread_id is not None:
                self.panel = desk.chat.panel(desk.scene)  # it is of another slide, or not there
            self.thread_id = self.panel.thread.id if self.panel.thread else None

    def know(self, panel: Panel) -> None:
        self.panel = panel
        self.thread_id = panel.thread.id if panel.thread else None

    def settle(self) -> None:
        """Take over what a turn that is over has come to. A stopped one is read again: its row tells how it ended."""
        live = self.live
        if live is None or not live.is_over:
            return
        self.live = None
        ended = live.ended
        if ended is not None:
            self.know(ended.panel)
            self.unsaved = ended.unsaved
        elif live.error is not None:
            self.trouble = live.error
            self.typed = None if live.question.is_again else live.question.text
            self.panel = None if not isinstance(live.error, Unavailable) else self.panel
        else:
            self.panel = None

    def act(self, desk: Desk) -> None:
        """Do what was pressed; what goes wrong is left in `trouble` to show."""
        wish, self.wish = self.wish, None
        if wish is None or self.is_busy:
            return
        self.trouble = None
        try:
            wish(desk)
        except ZenError as error:
            self.trouble = error


def talk_at(sitting: Sitting) -> Talk:
    """The talk of the slide on screen; those of another run are forgotten. An address may name a conversation, once."""
    run, slide = sitting.execution.id, sitting.slide_id
    talks: dict[str, Talk] = st.session_state.get(CHAT_TALKS) or {}
    talks = {name: talk for name, talk in talks.items() if talk.execution_id == run}
    st.session_state[CHAT_TALKS] = talks
    named = st.query_params.pop(THREAD, None)
    if named is not None and is_id(named):
        talks[slide] = Talk(execution_id=run, slide_id=slide, thread_id=named)
    return talks.setdefault(slide, Talk(execution_id=run, slide_id=slide))


def is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def wish(talk: Talk, act: Callable[..., None], *given: Any) -> None:
    """A callback: `act(desk, *given)` is done at the start of the next drawing."""
    talk.wish = lambda desk: partial(act, desk)(*given)


def ask(desk: Desk, question: Question) -> None:
    """Begin a turn; the drawing that follows watches it."""
    talk = desk.talk
    talk.editing, talk.unsaved = None, None
    talk.chosen = _towards(talk, question)
    chat, scene, panel = desk.chat, desk.scene, desk.panel
    talk.live = LiveTurn(lambda is_left: chat.stream_chat(scene, panel, question, is_left=is_left), question)


def _towards(talk: Talk, question: Question) -> dict[str | None, str]:
    """The choices that lead to `question`; what is answered after it is the newest again."""
    messages = talk.panel.messages if talk.panel else ()
    line = tree.path_to(messages, question.id if question.is_again else question.parent_id)
    return {before.id if before else None: entry.id for before, entry in zip((None, *line), line, strict=False)}
