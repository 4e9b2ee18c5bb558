"""Turns over real HTTP: the model's words are scripted, the tools and the recorder are real enough to look into."""

import json
from dataclasses import replace

import pytest

from lib.errors import Unavailable
from lib.llm.caps import Caps
from lib.llm.events import Done, Failed, Fault, Reason, TextDelta, ToolCall, ToolResult, Usage, Waiting
from lib.llm.loop import WAITS, run_turn
from lib.llm.messages import Assistant, ToolAnswer
from lib.llm.model import Model
from tests.llm.telling import ASKED, NOT_REPORTED, Notebook, Snooze, ending, of_kind, text_of, toolbox, turn
from tests.support.model_server import Call, ModelServer, Refusal, Reply

USAGE = Call("usage_trend", {"weeks": 8})


def last_asked(server: ModelServer) -> str:
    return json.dumps(server.requests[-1].body, ensure_ascii=False)


def test_a_tool_is_audited_run_and_answered_in_words(model: Model, server: ModelServer) -> None:
    server.say(Reply("Let me look.", calls=(USAGE,)), Reply("It falls.", usage=(200, 10)))
    notebook = Notebook()
    events = turn(model, notebook)
    assert text_of(events) == "Let me look.\n\nIt falls."
    (result,) = of_kind(ToolResult, events)
    assert result.payload == ("a chart",)
    assert "Usage fell over 8 weeks." in last_asked(server)
    assert events[-2:] == [Usage(320, 40), Done(Reason.FINISHED)]
    assert notebook.lines == ["before usage_trend", "after usage_trend", "ended finished"]
    assert (notebook.ending.rounds, notebook.ending.calls) == (2, 1)
    assert [type(said) for said in notebook.ending.produced] == [Assistant, ToolAnswer, Assistant]
    assert notebook.ending.text == text_of(events)


def test_the_row_is_written_before_the_tool_runs(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(USAGE,)))

    class Deaf(Notebook):
        def before(self, call: ToolCall) -> None:
            raise Unavailable("The database does not answer.")

    notebook = Deaf()
    events = turn(model, notebook)
    assert not of_kind(ToolResult, events)
    failure = ending(events)
    assert isinstance(failure, Failed)
    assert (failure.fault, failure.error) == (Fault.INTERNAL, "The database does not answer.")
    assert notebook.lines == ["ended internal"]


def test_several_calls_of_one_round_are_all_answered(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(USAGE, Call("list_tickets"), Call("past_runs"))), Reply("So."))
    notebook = Notebook()
    results = of_kind(ToolResult, turn(model, notebook))
    assert [result.failed for result in results] == [False, True, True]
    assert results[1].text == "You may not read this customer's tickets."
    assert "hunter2" not in last_asked(server)
    assert "failed for a reason of Zen's own" in results[2].text
    assert notebook.lines[3] == "after list_tickets: You may not read this customer's tickets."


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (Call("usage_trend", '{"weeks": '), "were not a JSON object"),
        (
            Call("usage_trend", {"weeks": 0, "company": "x"}),
            "weeks: Input should be greater than or equal to 1; company",
        ),
        (Call("drop_table", {}), "There is no tool “drop_table”. There are: usage_trend, snooze_run"),
        (Call("", {}), "There is no tool “”"),
    ],
)
def test_a_call_that_makes_no_sense_is_answered_with_a_sentence(
    model: Model, server: ModelServer, call: Call, told: str
) -> None:
    server.say(Reply(calls=(call,)), Reply("I see."))
    notebook = Notebook()
    events = turn(model, notebook)
    (result,) = of_kind(ToolResult, events)
    assert result.failed
    assert told in result.text
    assert "told" not in result.payload
    assert ending(events) == Done(Reason.FINISHED)
    assert notebook.lines[0].startswith("before")


def test_a_side_effect_waits_for_a_person_and_the_model_is_told(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(Call("snooze_run", {"reason": "hol\u202eiday"}),)), Reply("It waits for you."))
    notebook = Notebook()
    events = turn(model, notebook)
    (waiting,) = of_kind(Waiting, events)
    assert waiting.call.arguments == {"reason": "holiday"}
    assert notebook.waits == [waiting.call]
    assert notebook.lines == ["before snooze_run", "waiting snooze_run", "ended finished"]
    assert not Snooze.ran
    assert WAITS in last_asked(server)
    assert not of_kind(ToolResult, events)


def test_a_side_effect_with_bad_arguments_never_waits(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(Call("snooze_run", {"reason": ""}),)), Reply("Hm."))
    notebook = Notebook()
    events = turn(model, notebook)
    assert not notebook.waits
    assert of_kind(ToolResult, events)[0].failed


def test_a_tool_that_asks_for_a_person_gets_one(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(Call("discount_quote", {"weeks": None}),)), Reply("It waits."))
    (waiting,) = of_kind(Waiting, turn(model, Notebook()))
    assert (waiting.message, waiting.call.arguments) == ("Above your band.", {"weeks": 12})


def test_a_failure_in_the_second_round_says_that_something_was_shown(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(USAGE,)), Refusal(400))
    notebook = Notebook()
    failure = ending(turn(model, notebook))
    assert isinstance(failure, Failed)
    assert failure.anything_shown
    assert notebook.ending.usage == Usage(120, 30)
    assert notebook.lines[-1] == "ended refused"


def test_a_cut_answer_keeps_what_was_said_and_its_usage_is_unknown(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(USAGE,)), Reply("abcdefgh", pieces=8, cut=5))
    notebook = Notebook()
    events = turn(model, notebook)
    assert text_of(events)
    assert notebook.ending.text == text_of(events)
    assert events[-2] == NOT_REPORTED


def test_one_round_without_usage_makes_the_turn_unreported(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(USAGE,), usage=None), Reply("So."))
    assert of_kind(Usage, turn(model, Notebook())) == [NOT_REPORTED]


def test_no_answer_at_all_is_a_failure(model: Model, server: ModelServer) -> None:
    server.say(Reply(""))
    failure = ending(turn(model, Notebook()))
    assert isinstance(failure, Failed)
    assert failure.fault is Fault.EMPTY


def test_a_chart_without_a_word_is_an_answer(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(USAGE,)), Reply(""))
    assert ending(turn(model, Notebook())) == Done(Reason.FINISHED)


def test_an_end_that_cannot_be_stored_is_not_kept_quiet(model: Model, server: ModelServer) -> None:
    class Full(Notebook):
        def ended(self, ending: object) -> None:
            self.lines.append("ended")
            raise Unavailable("The database does not answer.")

    notebook = Full()
    with pytest.raises(Unavailable):
        turn(model, notebook)
    assert notebook.lines == ["ended"]


def test_leaving_between_the_call_and_its_tool_runs_nothing(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(USAGE,)))
    notebook = Notebook()
    stream = run_turn(model, ASKED, toolbox(), Caps(), notebook)
    next(event for event in stream if isinstance(event, ToolCall))
    stream.close()
    assert notebook.lines == ["ended stopped"]
    assert notebook.ending.produced == ()


def test_leaving_while_a_tool_runs_is_put_down(model: Model, server: ModelServer) -> None:
    server.say(Reply("One moment.", calls=(Call("usage_trend"),)))

    class Leaving(Notebook):
        def before(self, call: ToolCall) -> None:
            super().before(call)
            tools.call = interrupted  # type: ignore[method-assign]

    def interrupted(*_: object, **__: object) -> ToolResult:
        raise KeyboardInterrupt

    tools, notebook = toolbox(), Leaving()
    with pytest.raises(KeyboardInterrupt):
        list(run_turn(model, ASKED, tools, Caps(), notebook))
    assert notebook.lines == ["before usage_trend", "after usage_trend: It was broken off.", "ended stopped"]
    assert notebook.ending.produced == (Assistant(text="One moment."),)


def test_what_is_shown_is_stored_first(model: Model, server: ModelServer) -> None:
    server.say(Reply("Done."))
    notebook = Notebook()
    for event in run_turn(model, ASKED, toolbox(), Caps(), notebook):
        if isinstance(event, Usage | Done):
            assert notebook.lines == ["ended finished"]
        elif isinstance(event, TextDelta):
            assert not notebook.lines


def test_calls_with_the_same_id_are_told_apart(model: Model, server: ModelServer) -> None:
    server.say(
        Reply(calls=(replace(USAGE, id="x"), Call("list_tickets", id="y"))), Reply(calls=(replace(USAGE, id="x"),))
    )
    results = of_kind(ToolResult, turn(model, Notebook()))
    assert len({result.call_id for result in results}) == 3
