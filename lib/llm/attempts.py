"""Asking a server, and asking again as long as nothing was shown.

An answer that has begun is never begun anew: the person has read half of it. Before that, a busy server that says how
soon to come back, a fault of its own and a lost connection are worth up to two more attempts.
"""

import logging
import time
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import Protocol, TypeVar

from lib.llm.cleaning import Cleaner
from lib.llm.events import Fault, ModelEvent, ModelStream, Pulse, TextDelta
from lib.llm.faults import PASSING, ModelFault, failed
from lib.llm.model import Patience
from lib.llm.pump import Source, pumped

log = logging.getLogger(__name__)

T = TypeVar("T")
Chunk = TypeVar("Chunk", contravariant=True)


class Reader(Protocol[Chunk]):
    """Turns one answer's chunks into events. Raises ModelFault for what a server says went wrong."""

    @property
    def is_complete(self) -> bool:
        """Nothing more has to be waited for."""
        ...

    def feed(self, chunk: Chunk) -> Iterable[ModelEvent]: ...

    def end(self) -> Iterable[ModelEvent]:
        """Once, when the stream is over: calls, usage, Done. Raises ModelFault(CUT) when it ended before its end."""
        ...


class Call(Protocol[T]):
    """One question to one server; opened anew for each attempt."""

    def open(self) -> Source[T]: ...

    def reader(self) -> Reader[T]: ...

    def translated(self, error: Exception) -> ModelFault: ...


def answered(call: Call[T], patience: Patience) -> ModelStream:
    """The answer's events, ending with one Done or Failed whatever happens."""
    shown = False
    for left in reversed(range(patience.retries + 1)):
        try:
            with closing(_attempt(call, patience)) as events:
                for event in events:
                    shown = shown or isinstance(event, TextDelta)
                    yield event
            return
        except Exception as error:
            fault = error if isinstance(error, ModelFault) else call.translated(error)
            log.warning("The model failed: %s (%s).", fault.fault.value, type(error).__name__)
            pause = _pause(fault, patience, patience.retries - left)
            if shown or not left or pause is None:
                yield failed(fault.fault, retry_after=fault.retry_after, anything_shown=shown)
                return
        yield from _rest(pause, patience.beat)


def _attempt(call: Call[T], patience: Patience) -> ModelStream:
    reader = call.reader()
    cleaner = Cleaner()
    with closing(pumped(call.open, silence=patience.silence, beat=patience.beat)) as chunks:
        for chunk in chunks:
            if isinstance(chunk, Pulse):
                yield chunk
                continue
            yield from _clean(reader.feed(chunk), cleaner)
            if reader.is_complete:
                break
    yield from _clean(reader.end(), cleaner)


def _clean(events: Iterable[ModelEvent], cleaner: Cleaner) -> Generator[ModelEvent, None, None]:
    for event in events:
        if not isinstance(event, TextDelta):
            yield event
        elif text := cleaner.clean(event.text):
            yield TextDelta(text)


def _pause(fault: ModelFault, patience: Patience, attempt: int) -> float | None:
    """Seconds until it is worth asking again; None when it is not."""
    if fault.fault not in PASSING:
        return None
    if fault.retry_after is None:
        return None if fault.fault is Fault.BUSY else float(patience.backoff * 2**attempt)
    return fault.retry_after if fault.retry_after <= patience.longest_wait else None


def _rest(seconds: float, beat: float) -> Generator[ModelEvent, None, None]:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, beat))
        yield Pulse()
