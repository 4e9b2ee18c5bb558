"""A turn in a thread of its own."""

import threading
import uuid
from collections.abc import Iterator
from typing import Any

from structlog.contextvars import get_contextvars

from lib.chat.conversation import Question
from lib.llm.events import Heartbeat
from lib.log_context import begin_request_log_context, bind_person_to_log
from lib.ui.chat.background_turn import BackgroundTurn, stop_running_turns


class EndlessStream:
    """A model that goes on until its stream is closed."""

    def __init__(self) -> None:
        self.began, self.stored = threading.Event(), threading.Event()
        self.context: dict[str, Any] = {}

    def begin(self, _is_unwatched: object) -> Iterator[Any]:
        try:
            while True:
                self.context = dict(get_contextvars())
                self.began.set()
                threading.Event().wait(0.01)
                yield Heartbeat()
        finally:
            self.stored.set()


def begin_turn() -> tuple[BackgroundTurn, EndlessStream]:
    stream = EndlessStream()
    question: Any = Question.__new__(Question)
    turn = BackgroundTurn(stream.begin, question)
    assert stream.began.wait(5)
    return turn, stream


def test_a_process_that_ends_stops_its_turns_and_waits_until_they_are_stored() -> None:
    turns = [begin_turn() for _ in range(3)]
    stop_running_turns()
    assert [(turn.is_over, stream.stored.is_set()) for turn, stream in turns] == [(True, True)] * 3


def test_what_a_turn_logs_names_the_request_and_person_of_its_page() -> None:
    person = str(uuid.uuid4())
    begin_request_log_context("page-1")
    bind_person_to_log(person)
    turn, stream = begin_turn()
    turn.stop()
    assert stream.context == {"request": "page-1", "person": person}
