"""Caps over real HTTP: reaching one is a sentence and an end, never an error."""

from lib.llm import caps as capping
from lib.llm.caps import Cap, Caps
from lib.llm.events import Done, Reason, ToolCall
from lib.llm.messages import Assistant
from lib.llm.model import Model
from tests.llm.telling import NOT_REPORTED, Notebook, ending, of_kind, text_of, turn
from tests.support.model_server import Call, ModelServer, Reply

USAGE = Call("usage_trend", {"weeks": 8})


def test_calls_without_end_come_to_one(model: Model, server: ModelServer) -> None:
    server.otherwise = Reply("Again.", calls=(USAGE,))
    notebook = Notebook()
    events = turn(model, notebook, Caps(rounds=3))
    assert text_of(events).endswith(capping.SENTENCES[Cap.ROUNDS])
    assert ending(events) == Done(Reason.CAP)
    assert len(server.requests) == 3
    assert [asked.body["tool_choice"] for asked in server.requests] == ["auto", "auto", "none"]
    assert notebook.ending.calls == 2
    assert len({call.id for call in of_kind(ToolCall, events)}) == 2


def test_a_model_in_its_last_round_may_still_answer(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(USAGE,)), Reply("Enough."))
    events = turn(model, Notebook(), Caps(rounds=2))
    assert (text_of(events), ending(events)) == ("Enough.", Done(Reason.FINISHED))


def test_more_calls_than_allowed_are_not_run(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(USAGE,) * 5))
    notebook = Notebook()
    events = turn(model, notebook, Caps(calls=4))
    assert text_of(events) == capping.SENTENCES[Cap.CALLS]
    assert ending(events) == Done(Reason.CAP)
    assert notebook.lines == ["ended cap"]
    assert notebook.ending.produced == (Assistant(text=capping.SENTENCES[Cap.CALLS]),)


def test_reported_tokens_count_towards_the_turn(model: Model, server: ModelServer) -> None:
    server.say(Reply("Look.", calls=(USAGE,), usage=(900, 200)))
    events = turn(model, Notebook(), Caps(tokens_per_turn=1000))
    assert text_of(events) == f"Look.\n\n{capping.SENTENCES[Cap.TURN]}"
    assert len(server.requests) == 1


def test_an_endless_answer_is_stopped_while_it_is_written(model: Model, server: ModelServer) -> None:
    server.say(Reply("word " * 20_000, pieces=4000, delay=0.001))
    notebook = Notebook()
    events = turn(model, notebook, Caps(tokens_per_turn=500))
    assert 1000 < len(text_of(events)) < 4000
    assert 500 <= notebook.ending.spent < 520
    assert events[-2:] == [NOT_REPORTED, Done(Reason.CAP)]


def test_a_day_that_is_used_up_asks_nobody(model: Model, server: ModelServer) -> None:
    notebook = Notebook()
    events = turn(model, notebook, Caps(tokens_left_today=0))
    assert text_of(events) == capping.SENTENCES[Cap.DAY]
    assert not server.requests
    assert notebook.lines == ["ended cap"]
