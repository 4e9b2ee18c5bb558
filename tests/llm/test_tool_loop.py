"""Turns over real HTTP: the model's words are scripted, the tools and the recorder are real enough to look into."""

import json
from dataclasses import replace

import pytest

from lib.errors import Unavailable
from lib.llm.events import (
    ApprovalRequested,
    BlockShown,
    Done,
    Failed,
    FailureReason,
    FinishReason,
    TextDelta,
    TokenUsage,
    ToolCall,
    ToolResult,
    ToolStarted,
)
from lib.llm.language_model import LanguageModel
from lib.llm.messages import AssistantMessage, ToolMessage
from lib.llm.tool_loop import AWAITS_APPROVAL, stream_tool_loop
from lib.llm.turn_limits import TurnLimits
from tests.llm.llm_harness import (
    NOT_REPORTED,
    QUESTION,
    RecordingRecorder,
    SnoozeTool,
    build_toolbox,
    filter_events,
    join_text,
    run_test_turn,
)
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedRefusal, ScriptedReply

USAGE = ScriptedCall("usage_trend", {"weeks": 8})


def last_asked(server: ModelServer) -> str:
    return json.dumps(server.requests[-1].body, ensure_ascii=False)


def test_a_tool_is_audited_run_and_answered_in_words(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply("Let me look.", calls=(USAGE,)), ScriptedReply("It falls.", usage=(200, 10)))
    notebook = RecordingRecorder()
    events = run_test_turn(model, notebook)
    assert join_text(events) == "Let me look.\n\nIt falls."
    assert filter_events(BlockShown, events) == [BlockShown("a chart")]
    assert "Usage fell over 8 weeks." in last_asked(server)
    assert (notebook.ending.usage, notebook.ending.outcome) == (TokenUsage(320, 40), Done(FinishReason.FINISHED))
    assert notebook.lines == ["before usage_trend", "after usage_trend", "ended finished"]
    assert (notebook.ending.rounds, notebook.ending.calls) == (2, 1)
    assert [type(said) for said in notebook.ending.produced] == [AssistantMessage, ToolMessage, AssistantMessage]
    assert notebook.ending.text == join_text(events)


def test_the_row_is_written_before_the_tool_runs(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(USAGE,)))

    class Deaf(RecordingRecorder):
        def record_tool_start(self, call: ToolCall) -> None:
            raise Unavailable("The database does not answer.")

    notebook = Deaf()
    run_test_turn(model, notebook)
    assert not notebook.results
    failure = notebook.ending.outcome
    assert isinstance(failure, Failed)
    assert (failure.reason, failure.error) == (FailureReason.INTERNAL, "The database does not answer.")
    assert notebook.lines == ["ended internal"]


def test_several_calls_of_one_round_are_all_answered(model: LanguageModel, server: ModelServer) -> None:
    server.script(
        ScriptedReply(calls=(USAGE, ScriptedCall("list_tickets"), ScriptedCall("past_runs"))), ScriptedReply("So.")
    )
    notebook = RecordingRecorder()
    run_test_turn(model, notebook)
    results = notebook.results
    assert [result.failed for result in results] == [False, True, True]
    assert results[1].text == "You may not read this customer's tickets."
    assert "hunter2" not in last_asked(server)
    assert "failed for a reason of Zen's own" in results[2].text
    assert notebook.lines[3] == "after list_tickets: You may not read this customer's tickets."


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (ScriptedCall("usage_trend", '{"weeks": '), "were not a JSON object"),
        (
            ScriptedCall("usage_trend", {"weeks": 0, "company": "x"}),
            "weeks: Input should be greater than or equal to 1; company",
        ),
        (ScriptedCall("drop_table", {}), "There is no tool “drop_table”. There are: usage_trend, snooze_run"),
        (ScriptedCall("", {}), "There is no tool “”"),
    ],
)
def test_a_call_that_makes_no_sense_is_answered_with_a_sentence(
    model: LanguageModel, server: ModelServer, call: ScriptedCall, told: str
) -> None:
    server.script(ScriptedReply(calls=(call,)), ScriptedReply("I see."))
    notebook = RecordingRecorder()
    run_test_turn(model, notebook)
    (result,) = notebook.results
    assert result.failed
    assert told in result.text
    assert not result.blocks
    assert notebook.ending.outcome == Done(FinishReason.FINISHED)
    assert notebook.lines[0].startswith("before")


def test_a_side_effect_waits_for_a_person_and_the_model_is_told(model: LanguageModel, server: ModelServer) -> None:
    server.script(
        ScriptedReply(calls=(ScriptedCall("snooze_run", {"reason": "hol\u202eiday"}),)),
        ScriptedReply("It waits for you."),
    )
    notebook = RecordingRecorder()
    events = run_test_turn(model, notebook)
    (waiting,) = filter_events(ApprovalRequested, events)
    assert waiting.call.arguments == {"reason": "holiday"}
    assert notebook.waits == [waiting.call]
    assert notebook.lines == ["before snooze_run", "waiting snooze_run", "ended finished"]
    assert not SnoozeTool.ran
    assert AWAITS_APPROVAL in last_asked(server)
    assert not notebook.results


def test_a_side_effect_with_bad_arguments_never_waits(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(ScriptedCall("snooze_run", {"reason": ""}),)), ScriptedReply("Hm."))
    notebook = RecordingRecorder()
    run_test_turn(model, notebook)
    assert not notebook.waits
    assert notebook.results[0].failed


def test_a_tool_that_asks_for_a_person_gets_one(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(ScriptedCall("discount_quote", {"weeks": None}),)), ScriptedReply("It waits."))
    (waiting,) = filter_events(ApprovalRequested, run_test_turn(model, RecordingRecorder()))
    assert (waiting.message, waiting.call.arguments) == ("Above your band.", {"weeks": 12})


def test_a_failure_in_the_second_round_says_that_something_was_shown(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(USAGE,)), ScriptedRefusal(400))
    notebook = RecordingRecorder()
    run_test_turn(model, notebook)
    failure = notebook.ending.outcome
    assert isinstance(failure, Failed)
    assert failure.anything_shown
    assert notebook.ending.usage == TokenUsage(120, 30)
    assert notebook.lines[-1] == "ended refused"


def test_a_cut_answer_keeps_what_was_said_and_its_usage_is_unknown(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(USAGE,)), ScriptedReply("abcdefgh", pieces=8, cut=5))
    notebook = RecordingRecorder()
    events = run_test_turn(model, notebook)
    assert join_text(events)
    assert notebook.ending.text == join_text(events)
    assert notebook.ending.usage == NOT_REPORTED


def test_one_round_without_usage_makes_the_turn_unreported(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(USAGE,), usage=None), ScriptedReply("So."))
    notebook = RecordingRecorder()
    run_test_turn(model, notebook)
    assert notebook.ending.usage == NOT_REPORTED


def test_no_answer_at_all_is_a_failure(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(""))
    notebook = RecordingRecorder()
    run_test_turn(model, notebook)
    failure = notebook.ending.outcome
    assert isinstance(failure, Failed)
    assert failure.reason is FailureReason.EMPTY


def test_a_chart_without_a_word_is_an_answer(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(USAGE,)), ScriptedReply(""))
    notebook = RecordingRecorder()
    run_test_turn(model, notebook)
    assert notebook.ending.outcome == Done(FinishReason.FINISHED)


def test_an_end_that_cannot_be_stored_is_not_kept_quiet(model: LanguageModel, server: ModelServer) -> None:
    class Full(RecordingRecorder):
        def record_turn_end(self, ending: object) -> None:
            self.lines.append("ended")
            raise Unavailable("The database does not answer.")

    notebook = Full()
    with pytest.raises(Unavailable):
        run_test_turn(model, notebook)
    assert notebook.lines == ["ended"]


def test_leaving_between_the_call_and_its_tool_runs_nothing(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(USAGE,)))
    notebook = RecordingRecorder()
    stream = stream_tool_loop(model, QUESTION, build_toolbox(), TurnLimits(), notebook)
    next(event for event in stream if isinstance(event, ToolStarted))
    stream.close()
    assert notebook.lines == ["ended stopped"]
    assert notebook.ending.produced == ()


def test_leaving_while_a_tool_runs_is_put_down(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply("One moment.", calls=(ScriptedCall("usage_trend"),)))

    class Leaving(RecordingRecorder):
        def record_tool_start(self, call: ToolCall) -> None:
            super().record_tool_start(call)
            tools.run_tool_call = interrupted  # type: ignore[method-assign]

    def interrupted(*_: object, **__: object) -> ToolResult:
        raise KeyboardInterrupt

    tools, notebook = build_toolbox(), Leaving()
    with pytest.raises(KeyboardInterrupt):
        list(stream_tool_loop(model, QUESTION, tools, TurnLimits(), notebook))
    assert notebook.lines == ["before usage_trend", "after usage_trend: It was broken off.", "ended stopped"]
    assert notebook.ending.produced == (AssistantMessage(text="One moment."),)


def test_the_end_is_stored_before_the_stream_is_over(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply("Done."))
    notebook = RecordingRecorder()
    for event in stream_tool_loop(model, QUESTION, build_toolbox(), TurnLimits(), notebook):
        if isinstance(event, TextDelta):
            assert not notebook.lines
    assert notebook.lines == ["ended finished"]


def test_calls_with_the_same_id_are_told_apart(model: LanguageModel, server: ModelServer) -> None:
    server.script(
        ScriptedReply(calls=(replace(USAGE, id="x"), ScriptedCall("list_tickets", id="y"))),
        ScriptedReply(calls=(ScriptedCall("usage_trend", {"weeks": 3}, id="x"),)),
    )
    notebook = RecordingRecorder()
    run_test_turn(model, notebook)
    results = notebook.results
    assert len({result.call_id for result in results}) == 3
