"""Reads a server's stream in a background thread.

A blocking read cannot be interrupted when the person presses stop or closes the tab, and a model may think for half a
minute before its first word. So a thread reads, and the caller gets either the next item or, every `heartbeat` seconds,
a Heartbeat. Aborting shuts the socket down, which ends the read and tells the server to stop writing.
"""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Protocol, TypeVar

from lib.llm.errors import ModelError
from lib.llm.events import FailureReason, Heartbeat

QUEUE_SIZE = 2_000
"""Items read ahead of the caller."""

IMMEDIATE_ITEMS, BATCH_SECONDS = 4, 0.02
"""The first items are passed on at once, later ones in batches of so many seconds: a process that wakes up for each
word of ten answers does little else."""


class KeepAlive:
    """A sign of life without a word, such as a comment in a stream of events."""


KEEP_ALIVE = KeepAlive()

T = TypeVar("T")
Item = TypeVar("Item", covariant=True)


class AbortableStream(Protocol[Item]):
    def __iter__(self) -> Iterator[Item]: ...

    def close(self) -> None:
        """Release the connection. Only the reading thread calls it."""
        ...

    def abort(self) -> None:
        """End a read in progress at once, from any thread."""
        ...


class _EndOfStream:
    """End of the queue, with the error that ended the stream, if any."""

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
            self._enqueue_item(_EndOfStream(error))
        else:
            self._enqueue_item(_EndOfStream())

    def stop(self) -> None:
        self._stopped.set()
        if self._stream is not None:
            self._stream.abort()

    def _read_stream(self) -> None:
        source = self._stream = self._open_stream()
        try:
            for item in source:
                if not self._enqueue_item(item):
                    return
        finally:
            source.close()

    def _enqueue_item(self, item: object) -> bool:
        while not self._stopped.is_set():
            try:
                self.items.put(item, timeout=0.5)
            except queue.Full:
                continue
            return True
        return False


def read_in_background(
    open_stream: Callable[[], AbortableStream[T | KeepAlive]], *, silence: float, keep_alive: float, heartbeat: float
) -> Generator[T | Heartbeat, None, None]:
    """The items of a source, which is opened in the thread. Raises what reading raised, and ModelError(SILENT) after
    `silence` seconds without a sign of life or `keep_alive` seconds without an item."""
    reader = _ReaderThread(open_stream)
    reader.start()
    alive = heard = time.monotonic()
    taken = 0
    try:
        while True:
            if taken >= IMMEDIATE_ITEMS and reader.items.empty():
                time.sleep(BATCH_SECONDS)
            try:
                item = reader.items.get(timeout=heartbeat)
            except queue.Empty:
                item = None
            now = time.monotonic()
            if item is None or isinstance(item, KeepAlive):
                alive = alive if item is None else now
                if now - alive > silence or now - heard > keep_alive:
                    raise ModelError(FailureReason.SILENT) from None
                yield Heartbeat()
                continue
            if isinstance(item, _EndOfStream):
                if item.error is not None:
                    raise item.error
                return
            yield item  # type: ignore[misc]  # the queue holds what the source gave, and _EndOfStream
            alive = heard = time.monotonic()
            taken += 1
    finally:
        reader.stop()
