"""A turn that goes on while pages are drawn and drawn again.

Streamlit ends a script on every click, so the turn runs in a thread of its own and the panel only watches it. Typing
into the slide's form draws the page anew, and the new drawing goes on watching. If no browser watches for
GRACE_SECONDS, or stop is pressed, the stream is closed: closing it stores the answer so far and how it ended. The
thread never touches Streamlit.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import copy_context

from lib.chat.conversation import Question
from lib.chat.open_turn import IsUnwatched
from lib.chat.turn_events import ChatEvent, ChatStream, TurnFinished
from lib.errors import ZenError
from lib.llm.events import Heartbeat

GRACE_SECONDS = 10.0
STOP_SECONDS = 5.0

log = logging.getLogger(__name__)


class _TurnThread(threading.Thread):
    """The thread of a turn; what it logs names the request, person and run of the page that began it."""

    def __init__(self, turn: "BackgroundTurn", begin: Callable[[IsUnwatched], ChatStream]) -> None:
        context = copy_context()
        super().__init__(target=context.run, args=(turn.run_in_thread, begin), name="chat turn", daemon=True)
        self.turn = turn


def stop_running_turns() -> None:
    """Stop every turn of this process and wait until the answers so far are stored: the process is about to end."""
    turns = [thread.turn for thread in threading.enumerate() if isinstance(thread, _TurnThread)]
    for turn in turns:
        turn.ask_to_stop()
    for turn in turns:
        turn.stop()


class BackgroundTurn:
    def __init__(self, begin: Callable[[IsUnwatched], ChatStream], question: Question) -> None:
        self.question = question
        self.error: ZenError | None = None
        self.is_tick_fresh = True
        self._events: list[ChatEvent] = []
        self._changed = threading.Condition()
        self._is_over = False
        self._is_stopped = False
        self._detached_at: float | None = None
        self._thread = _TurnThread(self, begin)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return self._is_over

    @property
    def finished(self) -> TurnFinished | None:
        """The last event. None while the turn runs, and if it was stopped or never began."""
        last = self._events[-1] if self._events else None
        return last if isinstance(last, TurnFinished) else None

    def wait_for_events(self, start: int, seconds: float) -> tuple[tuple[ChatEvent, ...], bool]:
        """The events from number `start` on, and whether they are the last. Waits up to `seconds` for the first."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._events) > start or self._is_over, seconds)
            return tuple(self._events[start:]), self._is_over

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Watch the turn. However the drawing ends, the turn learns that it is not watched any more."""
        self.attach()
        try:
            yield
        finally:
            self.detach()

    def attach(self) -> None:
        self._detached_at = None

    def detach(self) -> None:
        self._detached_at = time.monotonic()

    def stop(self) -> None:
        """Stop the turn and wait until the answer so far is stored."""
        self.ask_to_stop()
        self._thread.join(STOP_SECONDS)

    def ask_to_stop(self) -> None:
        self._is_stopped = True

    def is_unwatched(self) -> bool:
        """True if no browser has watched this turn for GRACE_SECONDS."""
        detached_at = self._detached_at
        return not self._is_stopped and detached_at is not None and time.monotonic() - detached_at > GRACE_SECONDS

    def run_in_thread(self, begin: Callable[[IsUnwatched], ChatStream]) -> None:
        try:
            with closing(begin(self.is_unwatched)) as events:
                for event in events:
                    self._add_event(event)
                    if self._is_stopped or self.is_unwatched():
                        break
        except ZenError as error:
            self.error = error
        except Exception:
            log.exception("A chat turn failed.")
            self.error = ZenError("Something went wrong in Zen.", hint="You can ask again.")
        finally:
            with self._changed:
                self._is_over = True
                self._changed.notify_all()

    def _add_event(self, event: ChatEvent) -> None:
        if isinstance(event, Heartbeat):
            return
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()
