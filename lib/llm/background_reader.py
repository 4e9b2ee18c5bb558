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

from lib.llm.errors import ModelError
from lib.llm.events import FailureReason, Heartbeat

QUEUE_SIZE = 2_000
"""Items read ahead of whoever draws."""

AT_ONCE, BREATH = 4, 0.02
"""The first items are taken as they come, later ones together with what came within so many seconds: a process that
wakes up for each word of ten answers does little else."""

T = TypeVar("T")
Item = TypeVar("Item", covariant=True)


class AbortableStream(Protocol[Item]):
    def __iter__(self) -> Iterator[Item]: ...

    def close(self) -> None:
        """Give the connection back. Only the reading thread calls it."""
        ...

    def abort(self) -> None:
        """Make a read that is under way end at once, whichever thread it is in."""
        ...


class _EndOfStream:
    """The stream is over, by the error if there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error


class _ReaderThread(threading.Thread):
    def __init__(self, open_source: Callable[[], AbortableStream[object]]) -> None:
        super().__init__(name="zen-model", daemon=True)
        self.items: queue.Queue[object] = queue.Queue(QUEUE_SIZE)
        self._open_stream = open_source
        self._stream: AbortableStream[object] | None = None
        self._stopped = threading.Event()

    def run(self) -> None:
        try:
            self._read_stream()
        except Exception as error:
            self._enqueue(_EndOfStream(error))
        else:
            self._enqueue(_EndOfStream())

    def stop(self) -> None:
        self._stopped.set()
        if self._stream is not None:
            self._stream.abort()

    def _read_stream(self) -> None:
        source = self._stream = self._open_stream()
        try:
            for item in source:
                if not self._enqueue(item):
                    return
        finally:
            source.close()

    def _enqueue(self, item: object) -> bool:
        while not self._stopped.is_set():
            try:
                self.items.put(item, timeout=0.5)
            except queue.Full:
                continue
            return True
        return False


def read_in_background(
    open_stream: Callable[[], AbortableStream[T]], *, silence: float, heartbeat: float
) -> Generator[T | Heartbeat, None, None]:
    """The items of a source, which is opened in the thread. Raises what reading raised, and ModelFault(SILENT) after
    `silence` seconds without an item."""
    reader = _ReaderThread(open_stream)
    reader.start()
    heard, taken = time.monotonic(), 0
    try:
        while True:
            if taken >= AT_ONCE and reader.items.empty():
                time.sleep(BREATH)
            try:
                item = reader.items.get(timeout=heartbeat)
            except queue.Empty:
                if time.monotonic() - heard > silence:
                    raise ModelError(FailureReason.SILENT) from None
                yield Heartbeat()
                continue
            if isinstance(item, _EndOfStream):
                if item.error is not None:
                    raise item.error
                return
            yield item  # type: ignore[misc]  # the queue holds what the source gave, and _End
            heard, taken = time.monotonic(), taken + 1
    finally:
        reader.stop()
