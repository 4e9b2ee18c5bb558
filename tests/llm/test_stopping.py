"""Stop pressed, a tab closed: the stream ends at once, on both sides."""

import threading
import time
from contextlib import closing

import pytest

from lib.llm.caps import Caps
from lib.llm.events import Done, Pulse, Reason, TextDelta
from lib.llm.loop import run_turn
from lib.llm.messages import Assistant
from lib.llm.model import Model, Request
from tests.llm.telling import ASKED, NOT_REPORTED, Notebook, toolbox
from tests.support.model_server import ModelServer, Reply

SLOW = Reply("one two three four five six seven eight", pieces=8, delay=0.1)


def wait_until_hung_up(server: ModelServer) -> None:
    end = time.monotonic() + 20
    while not server.hung_up and time.monotonic() < end:
        time.sleep(0.01)
    assert server.hung_up == 1


STALLED = Reply("one two three", pieces=4, stall=4)


@pytest.mark.parametrize("reply", [SLOW, STALLED], ids=["while it speaks", "while it stalls"])
def test_closing_hangs_up(model: Model, server: ModelServer, reply: Reply) -> None:
    server.say(reply)
    stream = model.stream(Request(messages=ASKED))
    next(event for event in stream if isinstance(event, TextDelta))
    stream.close()
    wait_until_hung_up(server)
    readers = [thread for thread in threading.enumerate() if thread.name == "zen-model"]
    for reader in readers:
        reader.join(20)
    assert not any(reader.is_alive() for reader in readers)


def test_a_stop_before_the_first_word_does_not_wait_for_it(model: Model, server: ModelServer) -> None:
    server.say(Reply("late", first=20))
    stream = model.stream(Request(messages=ASKED))
    assert next(stream) == Pulse()
    stream.close()
    wait_until_hung_up(server)


def test_a_stopped_turn_is_put_down_with_what_was_said(model: Model, server: ModelServer) -> None:
    server.say(SLOW)
    notebook = Notebook()
    with closing(run_turn(model, ASKED, toolbox(), Caps(), notebook)) as turn:
        said = next(event for event in turn if isinstance(event, TextDelta))
    assert notebook.ending.outcome == Done(Reason.STOPPED)
    assert notebook.ending.text == said.text
    assert notebook.ending.produced == (Assistant(text=said.text),)
    assert notebook.ending.usage == NOT_REPORTED
    wait_until_hung_up(server)


def test_the_next_answer_is_not_disturbed_by_a_stopped_one(model: Model, server: ModelServer) -> None:
    server.say(SLOW, Reply("Fresh."))
    stream = model.stream(Request(messages=ASKED))
    next(event for event in stream if isinstance(event, TextDelta))
    stream.close()
    assert "".join(e.text for e in model.stream(Request(messages=ASKED)) if isinstance(e, TextDelta)) == "Fresh."
