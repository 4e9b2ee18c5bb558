"""What can go wrong with a server, over real HTTP. No sentence may carry a word of the vendor."""

import time
from collections.abc import Callable

import pytest

from lib.llm.errors import FAILURE_MESSAGES, PERMANENT, RETRYABLE, build_failure_event
from lib.llm.events import Done, Failed, FailureReason, FinishReason, Heartbeat
from lib.llm.language_model import LanguageModel, ModelRequest
from tests.llm.llm_harness import QUESTION, collect_events, join_text, last_event
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedRefusal, ScriptedReply
from tests.support.server import free_port

REFUSALS = {
    "wrong key": (ScriptedRefusal(401, "invalid_api_key"), FailureReason.KEY_REFUSED),
    "not allowed": (ScriptedRefusal(403), FailureReason.NOT_ALLOWED),
    "no such model": (ScriptedRefusal(404, "model_not_found"), FailureReason.MODEL_UNKNOWN),
    "no credit": (ScriptedRefusal(429, "insufficient_quota"), FailureReason.NO_CREDIT),
    "too long": (ScriptedRefusal(400, "context_length_exceeded"), FailureReason.TOO_LONG),
    "bad request": (ScriptedRefusal(400), FailureReason.REFUSED),
    "too large": (ScriptedRefusal(413, body=b"<html>nginx vendor words</html>"), FailureReason.TOO_LONG),
    "teapot": (ScriptedRefusal(418), FailureReason.REFUSED),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_is_final_and_told_in_our_words(model: LanguageModel, server: ModelServer, case: str) -> None:
    refusal, fault = REFUSALS[case]
    server.script(refusal)
    failure = last_event(collect_events(model))
    assert isinstance(failure, Failed)
    assert failure.reason is fault
    assert "vendor" not in failure.error
    assert not failure.anything_shown
    assert len(server.requests) == 1


def test_busy_is_sat_out_when_the_server_says_how_long(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedRefusal(429, retry_after="0.1"), ScriptedReply("Here I am."))
    started = time.monotonic()
    assert join_text(collect_events(model)) == "Here I am."
    assert time.monotonic() - started >= 0.1


@pytest.mark.parametrize(("wait", "told"), [("37", 37.0), ("soon", None), (None, None), ("inf", None), ("-5", None)])
def test_a_long_wait_is_left_to_the_person(
    model: LanguageModel, server: ModelServer, wait: str | None, told: float | None
) -> None:
    server.script(ScriptedRefusal(429, retry_after=wait))
    failure = last_event(collect_events(model))
    assert isinstance(failure, Failed)
    assert (failure.reason, failure.retry_after) == (FailureReason.BUSY, told)
    assert ("in 37 seconds" in failure.error) is (told is not None)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "first",
    [
        ScriptedRefusal(500),
        ScriptedRefusal(503, body=b"down"),
        ScriptedReply("never", cut=0),
        ScriptedReply("never", cut=1),
        ScriptedReply("", error="server_error"),
    ],
    ids=["500", "503", "cut before a byte", "cut before a word", "an error in the stream"],
)
def test_a_passing_fault_is_tried_again_while_nothing_was_shown(
    model: LanguageModel, server: ModelServer, first: ScriptedReply | ScriptedRefusal
) -> None:
    server.script(first, ScriptedReply("Better now."))
    events = collect_events(model)
    assert join_text(events) == "Better now."
    assert last_event(events) == Done(FinishReason.FINISHED)


def test_after_three_attempts_it_is_over(model: LanguageModel, server: ModelServer) -> None:
    server.otherwise = ScriptedRefusal(500)
    failure = last_event(collect_events(model))
    assert isinstance(failure, Failed)
    assert failure.reason is FailureReason.BROKEN
    assert len(server.requests) == 3


def test_nobody_listening_is_told(model_at_url: Callable[[str], LanguageModel]) -> None:
    failure = last_event(collect_events(model_at_url(f"http://127.0.0.1:{free_port()}/v1")))
    assert isinstance(failure, Failed)
    assert failure.reason is FailureReason.UNREACHABLE


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (ScriptedReply("abcdefgh", pieces=8, cut=5), FailureReason.CUT),
        (ScriptedReply("abcdefgh", pieces=8, end=5), FailureReason.CUT),
        (ScriptedReply("abcdefgh", error="server_error"), FailureReason.BROKEN),
        (ScriptedReply("abcdefgh", error="rate_limit_exceeded"), FailureReason.BUSY),
        (ScriptedReply("abcdefgh", finish="content_filter"), FailureReason.FILTERED),
    ],
    ids=["cut", "ended too soon", "failed", "busy", "held back"],
)
def test_an_answer_that_began_is_never_begun_again(
    model: LanguageModel, server: ModelServer, reply: ScriptedReply, fault: FailureReason
) -> None:
    server.script(reply)
    events = collect_events(model)
    failure = last_event(events)
    assert isinstance(failure, Failed)
    assert (failure.reason, failure.anything_shown) == (fault, True)
    assert "abcdefgh".startswith(join_text(events))
    assert len(server.requests) == 1


@pytest.mark.parametrize("stall", [1, 5], ids=["before a word", "in the middle"])
def test_a_stall_is_given_up_on_and_not_tried_again(
    impatient_model: LanguageModel, server: ModelServer, stall: int
) -> None:
    server.script(ScriptedReply("abcdefgh", pieces=8, stall=stall))
    started = time.monotonic()
    failure = last_event(collect_events(impatient_model))
    assert isinstance(failure, Failed)
    assert (failure.reason, failure.anything_shown) == (FailureReason.SILENT, stall > 1)
    assert time.monotonic() - started > 0.4
    assert len(server.requests) == 1


def test_a_cut_in_the_middle_of_a_call_calls_nothing(model: LanguageModel, server: ModelServer) -> None:
    server.script(*[ScriptedReply(calls=(ScriptedCall("usage_trend", {"weeks": 4}),), cut=2)] * 3)
    assert [type(event) for event in collect_events(model)] == [Failed]


@pytest.mark.parametrize(
    "body", [b"data: {not json}\n\n", b"data: [1]\n\n", b"data: null\n\n", b"<html>vendor</html>", b""]
)
def test_what_cannot_be_read_is_a_failure_not_a_crash(model: LanguageModel, server: ModelServer, body: bytes) -> None:
    server.otherwise = ScriptedRefusal(200, body=body)
    failure = last_event(collect_events(model))
    assert isinstance(failure, Failed)
    assert failure.reason in (FailureReason.UNREADABLE, FailureReason.CUT, FailureReason.WRONG_ADDRESS)


def test_waiting_beats_so_that_a_stop_is_seen(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply("Slow.", first=0.3))
    events = list(model.stream(ModelRequest(messages=QUESTION)))
    assert sum(isinstance(event, Heartbeat) for event in events) >= 5


def test_every_fault_has_a_sentence_that_says_what_to_do() -> None:
    assert set(FAILURE_MESSAGES) == set(FailureReason)
    assert not RETRYABLE & PERMANENT
    for fault in FailureReason:
        assert build_failure_event(fault).error.endswith(".")
        assert fault in PERMANENT or "try again" in build_failure_event(fault).error
