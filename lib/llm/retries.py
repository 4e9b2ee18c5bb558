"""Asks a model server again when it failed before anything was shown.

An answer that has begun is never restarted: the person has read half of it. Before that a busy server with a
Retry-After, a server error and a lost connection get up to two more attempts. Waiting yields heartbeats, so that stop
works meanwhile; why this is not `lib.retry_policy`: docs/decisions/0015.
"""

import logging
import time
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import Protocol, TypeVar

from lib.llm.background_reader import AbortableStream, KeepAlive, read_in_background
from lib.llm.errors import RETRYABLE, ModelError, build_failure_event
from lib.llm.events import Done, FailureReason, Heartbeat, ModelEvent, ModelStream, TextDelta, TextWithdrawn
from lib.llm.language_model import Timeouts
from lib.llm.server_traits import ServerTraits
from lib.llm.stream_sanitizer import StreamSanitizer
from lib.llm.thought_filter import ThoughtFilter

log = logging.getLogger(__name__)

T = TypeVar("T")
Chunk = TypeVar("Chunk", contravariant=True)


class AnswerParser(Protocol[Chunk]):
    """Parses one answer's chunks into events. Raises ModelError for an error the server reports."""

    @property
    def is_complete(self) -> bool:
        """True if nothing more has to be read."""
        ...

    def parse_chunk(self, chunk: Chunk) -> Iterable[ModelEvent]: ...

    def finish_answer(self) -> Iterable[ModelEvent]:
        """Called once at the end: yields calls, usage, Done. Raises ModelError(CUT) for a truncated stream."""
        ...


class ModelCall(Protocol[T]):
    """One request to one server; opened again for each attempt."""

    def open_stream(self) -> AbortableStream[T | KeepAlive]: ...

    def create_parser(self) -> AnswerParser[T]: ...

    @property
    def traits(self) -> ServerTraits: ...

    def to_model_error(self, error: Exception) -> ModelError: ...


def stream_with_retries(call: ModelCall[T], timeouts: Timeouts) -> ModelStream:
    """The events of one answer; the last is always Done or Failed."""
    shown = False
    for left in reversed(range(timeouts.retries + 1)):
        try:
            with closing(_stream_one_attempt(call, timeouts)) as events:
                for event in events:
                    if isinstance(event, TextDelta | TextWithdrawn):
                        shown = isinstance(event, TextDelta)
                    yield event
            return
        except Exception as error:
            fault = error if isinstance(error, ModelError) else call.to_model_error(error)
            log.warning("The model failed: %s (%s).", fault.reason.value, type(error).__name__)
            pause = _compute_retry_delay(fault, timeouts, timeouts.retries - left)
            if shown or not left or pause is None:
                yield build_failure_event(fault.reason, retry_after=fault.retry_after, anything_shown=shown)
                return
        yield from _wait_with_heartbeats(pause, timeouts.heartbeat)


def _stream_one_attempt(call: ModelCall[T], timeouts: Timeouts) -> ModelStream:
    reader = call.create_parser()
    cleaner, thoughts = StreamSanitizer(), ThoughtFilter(call.traits)
    with closing(
        read_in_background(
            call.open_stream,
            silence=timeouts.silence,
            keep_alive=timeouts.keep_alive,
            heartbeat=timeouts.heartbeat,
        )
    ) as chunks:
        for chunk in chunks:
            if isinstance(chunk, Heartbeat):
                yield chunk
                continue
            yield from _clean_events(reader.parse_chunk(chunk), cleaner, thoughts)
            if reader.is_complete:
                break
    yield from _clean_events(reader.finish_answer(), cleaner, thoughts)


def _clean_events(
    events: Iterable[ModelEvent], cleaner: StreamSanitizer, thoughts: ThoughtFilter
) -> Generator[ModelEvent, None, None]:
    """The events without invisible characters and thoughts in their text."""
    for event in events:
        if isinstance(event, TextDelta):
            yield from thoughts.add_text(cleaner.strip_invisible(event.text))
            continue
        if isinstance(event, Done):
            yield from thoughts.finish()
        yield event


def _compute_retry_delay(fault: ModelError, timeouts: Timeouts, attempt: int) -> float | None:
    """Seconds until the next attempt; None if there is none."""
    if fault.reason not in RETRYABLE:
        return None
    if fault.retry_after is None:
        return None if fault.reason is FailureReason.BUSY else float(timeouts.backoff * 2**attempt)
    return fault.retry_after if fault.retry_after <= timeouts.max_retry_after else None


def _wait_with_heartbeats(seconds: float, beat: float) -> Generator[ModelEvent, None, None]:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, beat))
        yield Heartbeat()
