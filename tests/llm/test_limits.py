"""Caps over real HTTP: reaching one is a sentence and an end, never an error."""

from lib.llm import turn_limits
from lib.llm.events import BlockShown, Done, FinishReason, ToolStarted
from lib.llm.language_model import LanguageModel
from lib.llm.messages import ToolMessage
from lib.llm.tool_call_answers import NOT_RUN
from lib.llm.turn_limits import LimitKind, TurnLimits
from tests.llm.llm_harness import NOT_REPORTED, RecordingRecorder, filter_events, join_text, run_test_turn
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply

USAGE = ScriptedCall("usage_trend", {"weeks": 8})


def test_calls_without_end_come_to_one(model: LanguageModel, server: ModelServer) -> None:
    server.otherwise = ScriptedReply("Again.", calls=(USAGE,))
    notebook = RecordingRecorder()
    events = run_test_turn(model, notebook, TurnLimits(rounds=3))
    assert join_text(events).endswith(turn_limits.LIMIT_MESSAGES[LimitKind.ROUNDS])
    assert notebook.ending.outcome == Done(FinishReason.CAP)
    assert len(server.requests) == 3
    assert [asked.body["tool_choice"] for asked in server.requests] == ["auto", "auto", "none"]
    assert notebook.ending.calls == 1, "an equal call is answered once"
    assert len(filter_events(ToolStarted, events)) == 1


def test_a_model_in_its_last_round_may_still_answer(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(USAGE,)), ScriptedReply("Enough."))
    notebook = RecordingRecorder()
    events = run_test_turn(model, notebook, TurnLimits(rounds=2))
    assert (join_text(events), notebook.ending.outcome) == ("Enough.", Done(FinishReason.FINISHED))


def test_twenty_calls_at_once_are_cut_with_a_true_sentence(model: LanguageModel, server: ModelServer) -> None:
    calls = tuple(ScriptedCall("usage_trend", {"weeks": weeks}) for weeks in range(1, 21))
    server.script(ScriptedReply(calls=calls), ScriptedReply("It falls."))
    notebook = RecordingRecorder()
    events = run_test_turn(model, notebook, TurnLimits(calls=12))
    assert len(notebook.results) == 12
    assert join_text(events) == "12 of 20 tool calls ran; 8 did not: one question may use 12 tools.\n\nIt falls."
    assert notebook.ending.outcome == Done(FinishReason.FINISHED)
    assert [asked.body["tool_choice"] for asked in server.requests] == ["auto", "none"]
    answered = [said for said in notebook.ending.produced if isinstance(said, ToolMessage)]
    assert [said.text == NOT_RUN for said in answered] == [False] * 12 + [True] * 8


def test_equal_calls_are_run_and_shown_once(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(USAGE,) * 5), ScriptedReply(calls=(USAGE,)), ScriptedReply("It falls."))
    notebook = RecordingRecorder()
    events = run_test_turn(model, notebook, TurnLimits(calls=4))
    assert notebook.lines == ["before usage_trend", "after usage_trend", "ended finished"]
    assert len(filter_events(BlockShown, events)) == 1
    answered = [said for said in notebook.ending.produced if isinstance(said, ToolMessage)]
    assert len({said.text for said in answered}) == 1
    assert len({said.call_id for said in answered}) == 6


def test_a_model_that_calls_on_after_its_last_tool_is_stopped(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(USAGE,)), ScriptedReply(calls=(ScriptedCall("usage_trend", {"weeks": 3}),)))
    notebook = RecordingRecorder()
    events = run_test_turn(model, notebook, TurnLimits(calls=1))
    assert join_text(events) == turn_limits.LIMIT_MESSAGES[LimitKind.CALLS]
    assert notebook.ending.outcome == Done(FinishReason.CAP)
    assert notebook.lines == ["before usage_trend", "after usage_trend", "ended cap"]


def test_reported_tokens_count_towards_the_turn(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply("Look.", calls=(USAGE,), usage=(900, 200)))
    events = run_test_turn(model, RecordingRecorder(), TurnLimits(tokens_per_turn=1000))
    assert join_text(events) == f"Look.\n\n{turn_limits.LIMIT_MESSAGES[LimitKind.TURN]}"
    assert len(server.requests) == 1


def test_an_endless_answer_is_stopped_while_it_is_written(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply("word " * 20_000, pieces=4000, delay=0.001))
    notebook = RecordingRecorder()
    events = run_test_turn(model, notebook, TurnLimits(tokens_per_turn=500))
    assert 600 < len(join_text(events)) < 4000
    assert 500 <= notebook.ending.tokens_spent < 520
    assert (notebook.ending.usage, notebook.ending.outcome) == (NOT_REPORTED, Done(FinishReason.CAP))


def test_a_day_that_is_used_up_asks_nobody(model: LanguageModel, server: ModelServer) -> None:
    notebook = RecordingRecorder()
    events = run_test_turn(model, notebook, TurnLimits(tokens_left_today=0))
    assert join_text(events) == turn_limits.LIMIT_MESSAGES[LimitKind.DAY]
    assert not server.requests
    assert notebook.lines == ["ended cap"]
