"""An answer as it is being written.

The first words are drawn at once, then what came meanwhile about ten times a second; a finished paragraph is never sent
again. The longer the unfinished one is, the rarer it is sent: it costs `BYTES_PER_SECOND` at the most. And the longer a
drawing takes, because others read beside this one, the rarer it is done: one part in `SHARE` of the time.
"""

import time

import streamlit as st

from lib.chat.blocks import CodeBlock, TextBlock
from lib.chat.events import Asked, ChatEvent, Ended, LookingUp, Proposed, Said, Shown
from lib.slides.words import escape
from lib.ui.chat import blocks
from lib.ui.chat.live import LiveTurn
from lib.ui.keys import CHAT_TALKS

PERIOD = 0.09
BYTES_PER_SECOND = 15_000
SHARE = 12
PATIENCE = 0.2
TICK_SECONDS = 0.8
THINKING = "Thinking"


class Tail:
    """The paragraph that is being written, in a slot of its own; what stands before it is final."""

    def __init__(self) -> None:
        self._slot = st.empty()
        self._text = ""
        self._shown = ""
        self._shown_at = self._took = 0.0

    @property
    def wait(self) -> float:
        """Seconds until it is worth drawing again."""
        period = max(PERIOD, len(self._text) / BYTES_PER_SECOND, SHARE * self._took)
        return max(0.0, self._shown_at + period - time.monotonic())

    @property
    def is_behind(self) -> bool:
        return self._text != self._shown

    def add(self, text: str) -> None:
        self._text += text

    def draw(self) -> None:
        """Show what there is; of several paragraphs all but the last are final."""
        began = time.monotonic()
        parts = blocks.parts_of(self._text)
        for number, part in enumerate(parts):
            if number:
                self._slot = st.empty()
            with self._slot:
                blocks.draw_part(part)
        if len(parts) > 1:
            self._text = self._text[self._text.rindex(parts[-1]) :]
        self._shown, self._shown_at = self._text, time.monotonic()
        self._took = self._shown_at - began

    def close(self) -> None:
        """What follows is something else: a chart, another text."""
        if self.is_behind:
            self.draw()
        if self._text.strip():
            self._slot = st.empty()
        self._text = self._shown = ""


class Writing:
    """Draws a turn's events once each: the words in their order, what a tool shows beneath them, as it is stored."""

    def __init__(self, live: LiveTurn) -> None:
        self._live = live
        self._at = 0
        self._words = st.container(gap="small")
        self._figures = st.container(gap="small")
        self._state = st.empty()
        with self._words:
            self._tail = Tail()
        self._say(THINKING)

    def watch(self) -> None:
        """Until the turn is over. Streamlit ends it early, when the page is wanted for another run."""
        while True:
            # Being woken by every word would cost all who read beside this one more than the drawing does.
            time.sleep(self._tail.wait if self._tail.is_behind else 0)
            events, is_over = self._live.watch(self._at, 0 if self._tail.is_behind else PATIENCE)
            self._at += len(events)
            with self._words:
                for event in events:
                    self._take(event)
                if self._tail.is_behind and (is_over or self._tail.wait == 0):
                    self._tail.draw()
            if is_over:
                return
            if not events:
                yield_to_streamlit()

    def _take(self, event: ChatEvent) -> None:
        match event:
            case Said(text):
                self._tail.add(text)
                self._say(None)
            case Shown(block):
                is_words = isinstance(block, TextBlock | CodeBlock)
                if is_words:
                    self._tail.close()
                with self._words if is_words else self._figures:
                    blocks.draw(block, key=f"chat.live.{self._live.question.id}.{self._at}.{id(event)}")
                self._say(None if isinstance(block, TextBlock) else THINKING)
            case LookingUp(label):
                self._say(f"Looking at {label}")
            case Proposed():
                self._say("Something waits for your approval")
            case Asked() | Ended():
                pass

    def _say(self, doing: str | None) -> None:
        """One line on what happens; only said when it changes."""
        if doing == getattr(self, "_doing", ""):
            return
        self._doing = doing
        if doing is None:
            self._state.empty()
        else:
            self._state.markdown(f":gray[:shimmer[{escape(doing)}]]")


def draw(live: LiveTurn) -> None:
    """The answer of a turn that runs, to its end."""
    watch_for_stop(live)
    with live.watching():
        Writing(live).watch()


def watch_for_stop(live: LiveTurn) -> None:
    """The browser's stop ends the script and tells nobody. This asks again and again; it gets through only when no
    script runs any more, and that, with the turn still going, was the stop."""
    live.is_fresh = True

    @st.fragment(run_every=TICK_SECONDS)
    def tick() -> None:
        if live.is_fresh:
            live.is_fresh = False
            return
        live.stop()
        st.rerun()

    tick()


def yield_to_streamlit() -> None:
    """Where a script can be ended although it draws nothing: session state is such a place."""
    _ = CHAT_TALKS in st.session_state
