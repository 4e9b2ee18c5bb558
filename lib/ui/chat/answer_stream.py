"""An answer while it is written.

The first words are drawn at once, later ones about ten times a second; a finished paragraph is never sent again. The
longer the unfinished one, the less often it is sent (at most BYTES_PER_SECOND), and the longer a drawing takes because
others read on the same process, the less often it happens.
"""

import time
from typing import assert_never

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.chat.tools import TOOL_LABELS
from lib.chat.turn_events import ChatEvent, TurnFinished, TurnStarted
from lib.content.model import Code, Text
from lib.llm.events import ApprovalRequested, BlockShown, Heartbeat, TextDelta, TextWithdrawn, ToolStarted
from lib.text.markdown_escape import escape_markdown
from lib.ui.chat import block_view
from lib.ui.chat.background_turn import BackgroundTurn
from lib.ui.session_keys import CHAT_PANELS

REDRAW_SECONDS = 0.09
BYTES_PER_SECOND = 15_000
PAUSE_PER_DRAW_SECOND = 12
"""Seconds without drawing for each second a drawing took."""
WAIT_SECONDS = 0.2
TICK_SECONDS = 0.8
THINKING_LABEL = "Thinking"
UNKNOWN_TOOL_LABEL = "something that does not exist"


class StreamedText:
    """The unfinished paragraph, in a slot of its own; those before it are final."""

    def __init__(self) -> None:
        self._slot = st.empty()
        self._paragraphs: list[tuple[DeltaGenerator, str]] = []
        self._text = ""
        self._shown = ""
        self._shown_at = self._took = 0.0

    @property
    def seconds_until_due(self) -> float:
        """Seconds until the next drawing."""
        period = max(REDRAW_SECONDS, len(self._text) / BYTES_PER_SECOND, PAUSE_PER_DRAW_SECOND * self._took)
        return max(0.0, self._shown_at + period - time.monotonic())

    @property
    def has_undrawn_text(self) -> bool:
        return self._text != self._shown

    def add_text(self, text: str) -> None:
        self._text += text

    def withdraw_text(self, length: int) -> None:
        """Take back the last `length` characters, from finished paragraphs as well."""
        while length > len(self._text) and self._paragraphs:
            self._slot.empty()
            self._slot, finished = self._paragraphs.pop()
            self._text = finished + self._text
        self._text = self._text[: max(0, len(self._text) - length)]
        self._slot.empty()
        self._shown = ""

    def redraw(self) -> None:
        """Draw the text so far; of several paragraphs all but the last are final."""
        began = time.monotonic()
        parts = block_view.split_markdown_parts(self._text)
        start = end = 0
        for number, part in enumerate(parts):
            begin = self._text.index(part, end)
            end = begin + len(part)
            if number:
                self._paragraphs.append((self._slot, self._text[start:begin]))
                self._slot, start = st.empty(), begin
            with self._slot:
                block_view.draw_markdown_part(part)
        self._text = self._text[start:]
        self._shown, self._shown_at = self._text, time.monotonic()
        self._took = self._shown_at - began

    def finish_paragraph(self) -> None:
        """End the paragraph: what follows is a chart or another text."""
        if self.has_undrawn_text:
            self.redraw()
        if self._text.strip():
            self._slot = st.empty()
        self._paragraphs.clear()
        self._text = self._shown = ""


class AnswerStreamView:
    """Draws each event of a turn once: words in order, figures beneath them, as they are stored."""

    def __init__(self, turn: BackgroundTurn) -> None:
        self._turn = turn
        self._next = 0
        self._words = st.container(gap="small")
        self._figures = st.container(gap="small")
        self._activity_slot = st.empty()
        self._activity: str | None = ""
        with self._words:
            self._tail = StreamedText()
        self._draw_activity_line(THINKING_LABEL)

    def draw_until_finished(self) -> None:
        """Draw until the turn is over; Streamlit may end the script earlier."""
        while True:
            # Waking for every word would cost all who read on this process more than drawing does.
            time.sleep(self._tail.seconds_until_due if self._tail.has_undrawn_text else 0)
            events, is_over = self._turn.wait_for_events(self._next, 0 if self._tail.has_undrawn_text else WAIT_SECONDS)
            self._next += len(events)
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
                self._draw_activity_line(None)
            case TextWithdrawn(length):
                self._tail.withdraw_text(length)
                self._draw_activity_line(THINKING_LABEL)
            case BlockShown(block):
                is_words = isinstance(block, Text | Code)
                if is_words:
                    self._tail.finish_paragraph()
                with self._words if is_words else self._figures:
                    block_view.draw_block(block, key=f"chat.live.{self._turn.question.id}.{self._next}.{id(event)}")
                self._draw_activity_line(None if isinstance(block, Text) else THINKING_LABEL)
            case ToolStarted(call):
                self._draw_activity_line(f"Looking at {TOOL_LABELS.get(call.name, UNKNOWN_TOOL_LABEL)}")
            case ApprovalRequested():
                self._draw_activity_line("Waiting for your approval")
            case TurnStarted() | Heartbeat() | TurnFinished():
                pass
            case unknown:
                assert_never(unknown)

    def _draw_activity_line(self, activity: str | None) -> None:
        """Say in one line what happens."""
        if activity == self._activity:
            return
        self._activity = activity
        if activity is None:
            self._activity_slot.empty()
        else:
            self._activity_slot.markdown(f":gray[:shimmer[{escape_markdown(activity)}]]")


def draw_answer_stream(turn: BackgroundTurn) -> None:
    """Draw the answer of a running turn to its end."""
    stop_turn_on_script_stop(turn)
    with turn.attached():
        AnswerStreamView(turn).draw_until_finished()


def stop_turn_on_script_stop(turn: BackgroundTurn) -> None:
    """Stop the turn when the browser's stop button ended the script.

    Streamlit tells nobody about it. A fragment's timer runs only when no script does: that with the turn still running
    means the script was stopped.
    """
    turn.is_tick_fresh = True

    @st.fragment(run_every=TICK_SECONDS)
    def stop_unwatched_turn() -> None:
        if turn.is_tick_fresh:
            turn.is_tick_fresh = False
            return
        turn.stop()
        st.rerun()

    stop_unwatched_turn()


def yield_to_streamlit() -> None:
    # Streamlit ends a script only where it draws or reads session state.
    _ = CHAT_PANELS in st.session_state
