"""An answer as it is being written.

The first words are drawn at once, then what came meanwhile about ten times a second; a finished paragraph is never sent
again. The longer the unfinished one is, the rarer it is sent: it costs `BYTES_PER_SECOND` at the most. And the longer a
drawing takes, because others read beside this one, the rarer it is done: one part in `SHARE` of the time.
"""

import time

import streamlit as st

from lib.chat.events import ChatEvent, TurnFinished, TurnStarted
from lib.chat.tools import TOOL_LABELS
from lib.content.model import Code, Text
from lib.llm.events import ApprovalRequested, BlockShown, TextDelta, ToolStarted
from lib.text.escape import escape_markdown
from lib.ui.chat import block_view
from lib.ui.chat.background_turn import BackgroundTurn
from lib.ui.keys import CHAT_PANELS

REDRAW_SECONDS = 0.09
BYTES_PER_SECOND = 15_000
MAX_DRAW_SHARE = 12
WAIT_SECONDS = 0.2
TICK_SECONDS = 0.8
THINKING_LABEL = "Thinking"
UNKNOWN_TOOL_LABEL = "something that is not there"


class TextTail:
    """The paragraph that is being written, in a slot of its own; what stands before it is final."""

    def __init__(self) -> None:
        self._slot = st.empty()
        self._text = ""
        self._shown = ""
        self._shown_at = self._took = 0.0

    @property
    def seconds_until_due(self) -> float:
        """Seconds until it is worth drawing again."""
        period = max(REDRAW_SECONDS, len(self._text) / BYTES_PER_SECOND, MAX_DRAW_SHARE * self._took)
        return max(0.0, self._shown_at + period - time.monotonic())

    @property
    def has_undrawn_text(self) -> bool:
        return self._text != self._shown

    def add_text(self, text: str) -> None:
        self._text += text

    def redraw(self) -> None:
        """Show what there is; of several paragraphs all but the last are final."""
        began = time.monotonic()
        parts = block_view.split_text(self._text)
        for number, part in enumerate(parts):
            if number:
                self._slot = st.empty()
            with self._slot:
                block_view.draw_text_part(part)
        if len(parts) > 1:
            self._text = self._text[self._text.rindex(parts[-1]) :]
        self._shown, self._shown_at = self._text, time.monotonic()
        self._took = self._shown_at - began

    def finish(self) -> None:
        """What follows is something else: a chart, another text."""
        if self.has_undrawn_text:
            self.redraw()
        if self._text.strip():
            self._slot = st.empty()
        self._text = self._shown = ""


class StreamView:
    """Draws a turn's events once each: the words in their order, what a tool shows beneath them, as it is stored."""

    def __init__(self, live: BackgroundTurn) -> None:
        self._live = live
        self._at = 0
        self._words = st.container(gap="small")
        self._figures = st.container(gap="small")
        self._state = st.empty()
        with self._words:
            self._tail = TextTail()
        self._set_activity(THINKING_LABEL)

    def draw_until_finished(self) -> None:
        """Until the turn is over. Streamlit ends it early, when the page is wanted for another run."""
        while True:
            # Being woken by every word would cost all who read beside this one more than the drawing does.
            time.sleep(self._tail.seconds_until_due if self._tail.has_undrawn_text else 0)
            events, is_over = self._live.wait_for_events(self._at, 0 if self._tail.has_undrawn_text else WAIT_SECONDS)
            self._at += len(events)
            with self._words:
                for event in events:
                    self._draw_event(event)
                if self._tail.has_undrawn_text and (is_over or self._tail.seconds_until_due == 0):
                    self._tail.redraw()
            if is_over:
                return
            if not events:
                yield_to_streamlit()

    def _draw_event(self, event: ChatEvent) -> None:
        match event:
            case TextDelta(text):
                self._tail.add_text(text)
                self._set_activity(None)
            case BlockShown(block):
                is_words = isinstance(block, Text | Code)
                if is_words:
                    self._tail.finish()
                with self._words if is_words else self._figures:
                    block_view.draw_block(block, key=f"chat.live.{self._live.question.id}.{self._at}.{id(event)}")
                self._set_activity(None if isinstance(block, Text) else THINKING_LABEL)
            case ToolStarted(call):
                self._set_activity(f"Looking at {TOOL_LABELS.get(call.name, UNKNOWN_TOOL_LABEL)}")
            case ApprovalRequested():
                self._set_activity("Waiting for your approval")
            case TurnStarted() | TurnFinished():
                pass

    def _set_activity(self, doing: str | None) -> None:
        """One line on what happens; only said when it changes."""
        if doing == getattr(self, "_doing", ""):
            return
        self._doing = doing
        if doing is None:
            self._state.empty()
        else:
            self._state.markdown(f":gray[:shimmer[{escape_markdown(doing)}]]")


def draw_stream(live: BackgroundTurn) -> None:
    """The answer of a turn that runs, to its end."""
    watch_for_stop(live)
    with live.attached():
        StreamView(live).draw_until_finished()


def watch_for_stop(live: BackgroundTurn) -> None:
    """The browser's stop ends the script and tells nobody. This asks again and again; it gets through only when no
    script runs any more, and that, with the turn still going, was the stop."""
    live.is_tick_fresh = True

    @st.fragment(run_every=TICK_SECONDS)
    def tick() -> None:
        if live.is_tick_fresh:
            live.is_tick_fresh = False
            return
        live.stop()
        st.rerun()

    tick()


def yield_to_streamlit() -> None:
    """Where a script can be ended although it draws nothing: session state is such a place."""
    _ = CHAT_PANELS in st.session_state
