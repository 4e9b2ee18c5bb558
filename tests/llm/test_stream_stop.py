"""Stop pressed, a tab closed: the stream ends at once, on both sides."""

import threading
import time
from contextlib import closing

import pytest

from lib.llm.events import Done, FinishReason, Heartbeat, ModelEvent, TextDelta
from lib.llm.language_model import LanguageModel, ModelRequest
from lib.llm.messages import AssistantMessage
from lib.llm.tool_loop import stream_tool_loop
from lib.llm.turn_limits import TurnLimits
from tests.llm.llm_harness import NOT_REPORTED, QUESTION, RecordingRecorder, build_toolbox
from tests.support.model_server import ModelServer, ScriptedReply

SLOW = ScriptedReply("one two three four five six seven eight", pieces=8, delay=0.1)


def wait_until_hung_up(server: ModelServer) -> None:
    end = time.monotonic() + 20
    while not server.hung_up and time.monotonic() < end:
        time.sleep(0.01)
    assert server.hung_up == 1


STALLED = ScriptedReply("one two three", pieces=4, stall=4)


@pytest.mark.parametrize("reply", [SLOW, STALLED], ids=["while it speaks", "while it stalls"])
def test_closing_hangs_up(model: LanguageModel, server: ModelServer, reply: ScriptedReply) -> None:
    server.script(reply)
    stream = model.stream(ModelRequest(messages=QUESTION))
    next(event for event in stream if isinstance(event, TextDelta))
    stream.close()
    wait_until_hung_up(server)
    readers = [thread for thread in threading.enumerate() if thread.name == "zen-model"]
    for reader in readers:
        reader.join(20)
    assert not any(reader.is_alive() for reader in readers)


def test_a_stop_before_the_first_word_does_not_wait_for_it(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply("late", first=20))
    stream = model.stream(ModelRequest(messages=QUESTION))
    assert next(stream) == Heartbeat()
    stream.close()
    wait_until_hung_up(server)


def test_a_stopped_turn_is_put_down_with_what_was_said(model: LanguageModel, server: ModelServer) -> None:
    server.script(SLOW)
    notebook = RecordingRecorder()
    with closing(stream_tool_loop(model, QUESTION, build_toolbox(), TurnLimits(), notebook)) as turn:
        said = next(event for event in turn if isinstance(event, TextDelta))
    assert notebook.ending.outcome == Done(FinishReason.STOPPED)
    assert notebook.ending.text == said.text
    assert notebook.ending.produced == (AssistantMessage(text=said.text),)
    assert notebook.ending.usage == NOT_REPORTED
    wait_until_hung_up(server)


def test_the_next_answer_is_not_disturbed_by_a_stopped_one(model: LanguageModel, server: ModelServer) -> None:
    server.script(SLOW, ScriptedReply("Fresh."))
    stream = model.stream(ModelRequest(messages=QUESTION))
    next(event for event in stream if isinstance(event, TextDelta))
    stream.close()
    assert (
        "".join(e.text for e in model.stream(ModelRequest(messages=QUESTION)) if isinstance(e, TextDelta)) == "Fresh."
    )


def test_the_end_of_an_answer_does_not_disturb_another_one(model: LanguageModel, server: ModelServer) -> None:
    """A finished answer's socket must not be shut down once it serves the next request."""
    server.otherwise = ScriptedReply("one two three", pieces=3)
    answers: list[ModelEvent] = []

    def read_answers() -> None:
        answers.extend(list(model.stream(ModelRequest(messages=QUESTION)))[-1] for _ in range(15))

    readers = [threading.Thread(target=read_answers) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)
    assert answers == [Done(FinishReason.FINISHED)] * 60
    assert len(server.requests) == 60
