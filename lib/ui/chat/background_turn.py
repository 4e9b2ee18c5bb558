"""A turn that goes on while pages are drawn and drawn again.

Streamlit ends a script whenever something is clicked, so the turn itself runs in a thread of its own: the panel only
watches it. Typing into the slide's form draws the page anew, and the new drawing goes on watching. Nobody watching for
`GRACE_SECONDS` means the tab is gone: then, as when stop is pressed, the generator is closed, and closing it stores
what was said, with which of the two it was. The thread never touches Streamlit.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

from lib.chat.events import ChatEvent, ChatStream, TurnFinished
from lib.chat.model import Question
from lib.chat.turn import IsUnwatched
from lib.errors import ZenError
from lib.llm.events import Heartbeat

GRACE_SECONDS = 10.0
STOP_SECONDS = 5.0

log = logging.getLogger(__name__)


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
        self._thread = threading.Thread(target=self._run_turn, args=(begin,), name="chat turn", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return self._is_over

    @property
    def finished(self) -> TurnFinished | None:
        """The last event; None while it runs, and of a turn that was stopped or never began."""
        last = self._events[-1] if self._events else None
        return last if isinstance(last, TurnFinished) else None

    def wait_for_events(self, at: int, patience: float) -> tuple[tuple[ChatEvent, ...], bool]:
        """The events from number `at` on, as soon as there is one and at the latest after `patience` seconds; and
        whether these are the last."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._events) > at or self._is_over, patience)
            return tuple(self._events[at:]), self._is_over

    def attached(self) -> "Attachment":
        return Attachment(self)

    def stop(self) -> None:
        """End it here and wait until what was said is stored."""
        self._is_stopped = True
        self._thread.join(STOP_SECONDS)

    def attach(self) -> None:
        self._detached_at = None

    def detach(self) -> None:
        self._detached_at = time.monotonic()

    def is_unwatched(self) -> bool:
        """Whether nobody has looked for so long that nobody will."""
        left = self._detached_at
        return not self._is_stopped and left is not None and time.monotonic() - left > GRACE_SECONDS

    def _run_turn(self, begin: Callable[[IsUnwatched], ChatStream]) -> None:
        try:
            with closing(begin(self.is_unwatched)) as events:
                for event in self._read_until_stopped(events):
                    self._add_event(event)
        except ZenError as error:
            self.error = error
        except Exception:
            log.exception("A chat turn broke.")
            self.error = ZenError("Something went wrong inside Zen.", hint="You can ask again.")
        finally:
            with self._changed:
                self._is_over = True
                self._changed.notify_all()

    def _read_until_stopped(self, events: ChatStream) -> Iterator[ChatEvent]:
        for event in events:
            yield event
            if self._is_stopped or self.is_unwatched():
                return

    def _add_event(self, event: ChatEvent) -> None:
        if isinstance(event, Heartbeat):
            return
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()


class Attachment:
    """`with live.watching():` around the drawing of it; however the drawing ends, the turn knows that nobody looks."""

    def __init__(self, live: BackgroundTurn) -> None:
        self._live = live

    def __enter__(self) -> None:
        self._live.attach()

    def __exit__(self, *_: object) -> None:
        self._live.detach()
