"""A server's stream, read in a thread of its own.

A blocking read cannot be told that the person pressed stop or closed the tab, and a model may think for half a minute
before its first word. So a thread reads, and whoever iterates here gets either the next item or, every `beat` seconds,
a Pulse. Hanging up shuts the socket down, which wakes the reader and tells the server to stop writing.
"""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Protocol, TypeVar

from lib.llm.events import Fault, Pulse
from lib.llm.faults import ModelFault

ROOM = 2_000
"""Items read ahead of whoever draws."""

AT_ONCE, BREATH = 4, 0.02
"""The first items are taken as they come, later ones together with what came within so many seconds: a process that
wakes up for each word of ten answers does little else."""

T = TypeVar("T")
Item = TypeVar("Item", covariant=True)


class Source(Protocol[Item]):
    def __iter__(self) -> Iterator[Item]: ...

    def close(self) -> None:
        """Give the connection back. Only the reading thread calls it."""
        ...

    def hang_up(self) -> None:
        """Make a read that is under way end at once, whichever thread it is in."""
        ...


class _End:
    """The stream is over, by the error if there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error


class _Reader(threading.Thread):
    def __init__(self, open_source: Callable[[], Source[object]]) -> None:
        super().__init__(name="zen-model", daemon=True)
        self.items: queue.Queue[object] = queue.Queue(ROOM)
        self._open = open_source
        self._source: Source[object] | None = None
        self._gone = threading.Event()

    def run(self) -> None:
        try:
            self._read()
        except Exception as error:
            self._put(_End(error))
        else:
            self._put(_End())

    def leave(self) -> None:
        self._gone.set()
        if self._source is not None:
            self._source.hang_up()

    def _read(self) -> None:
        source = self._source = self._open()
        try:
            for item in source:
                if not self._put(item):
                    return
        finally:
            source.close()

    def _put(self, item: object) -> bool:
        while not self._gone.is_set():
            try:
                self.items.put(item, timeout=0.5)
            except queue.Full:
                continue
            return True
        return False


def pumped(open_source: Callable[[], Source[T]], *, silence: float, beat: float) -> Generator[T | Pulse, None, None]:
    """The items of a source, which is opened in the thread. Raises what reading raised, and ModelFault(SILENT) after
    `silence` seconds without an item."""
    reader = _Reader(open_source)
    reader.start()
    heard, taken = time.monotonic(), 0
    try:
        while True:
            if taken >= AT_ONCE and reader.items.empty():
                time.sleep(BREATH)
            try:
                item = reader.items.get(timeout=beat)
            except queue.Empty:
                if time.monotonic() - heard > silence:
                    raise ModelFault(Fault.SILENT) from None
                yield Pulse()
                continue
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item  # type: ignore[misc]  # the queue holds what the source gave, and _End
            heard, taken = time.monotonic(), taken + 1
    finally:
        reader.leave()
