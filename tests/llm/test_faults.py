"""What can go wrong with a server, over real HTTP. No sentence may carry a word of the vendor."""

import time
from collections.abc import Callable

import pytest

from lib.llm.events import Done, Failed, Fault, Pulse, Reason
from lib.llm.faults import LASTING, PASSING, SENTENCES, failed
from lib.llm.model import Model, Request
from tests.llm.telling import ASKED, ending, heard, text_of
from tests.support.model_server import Call, ModelServer, Refusal, Reply
from tests.support.server import free_port

REFUSALS = {
    "wrong key": (Refusal(401, "invalid_api_key"), Fault.KEY_REFUSED),
    "not allowed": (Refusal(403), Fault.NOT_ALLOWED),
    "no such model": (Refusal(404, "model_not_found"), Fault.MODEL_UNKNOWN),
    "no credit": (Refusal(429, "insufficient_quota"), Fault.NO_CREDIT),
    "too long": (Refusal(400, "context_length_exceeded"), Fault.TOO_LONG),
    "bad request": (Refusal(400), Fault.REFUSED),
    "too large": (Refusal(413, body=b"<html>nginx vendor words</html>"), Fault.TOO_LONG),
    "teapot": (Refusal(418), Fault.REFUSED),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_is_final_and_told_in_our_words(model: Model, server: ModelServer, case: str) -> None:
    refusal, fault = REFUSALS[case]
    server.say(refusal)
    failure = ending(heard(model))
    assert isinstance(failure, Failed)
    assert failure.fault is fault
    assert "vendor" not in failure.error
    assert not failure.anything_shown
    assert len(server.requests) == 1


def test_busy_is_sat_out_when_the_server_says_how_long(model: Model, server: ModelServer) -> None:
    server.say(Refusal(429, retry_after="0.1"), Reply("Here I am."))
    started = time.monotonic()
    assert text_of(heard(model)) == "Here I am."
    assert time.monotonic() - started >= 0.1


@pytest.mark.parametrize(("wait", "told"), [("37", 37.0), ("soon", None), (None, None), ("inf", None), ("-5", None)])
def test_a_long_wait_is_left_to_the_person(
    model: Model, server: ModelServer, wait: str | None, told: float | None
) -> None:
    server.say(Refusal(429, retry_after=wait))
    failure = ending(heard(model))
    assert isinstance(failure, Failed)
    assert (failure.fault, failure.retry_after) == (Fault.BUSY, told)
    assert ("in 37 seconds" in failure.error) is (told is not None)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "first",
    [
        Refusal(500),
        Refusal(503, body=b"down"),
        Reply("never", cut=0),
        Reply("never", cut=1),
        Reply("", error="server_error"),
    ],
    ids=["500", "503", "cut before a byte", "cut before a word", "an error in the stream"],
)
def test_a_passing_fault_is_tried_again_while_nothing_was_shown(
    model: Model, server: ModelServer, first: Reply | Refusal
) -> None:
    server.say(first, Reply("Better now."))
    events = heard(model)
    assert text_of(events) == "Better now."
    assert ending(events) == Done(Reason.FINISHED)


def test_after_three_attempts_it_is_over(model: Model, server: ModelServer) -> None:
    server.otherwise = Refusal(500)
    failure = ending(heard(model))
    assert isinstance(failure, Failed)
    assert failure.fault is Fault.BROKEN
    assert len(server.requests) == 3


def test_nobody_listening_is_told(model_at_url: Callable[[str], Model]) -> None:
    failure = ending(heard(model_at_url(f"http://127.0.0.1:{free_port()}/v1")))
    assert isinstance(failure, Failed)
    assert failure.fault is Fault.UNREACHABLE


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply("abcdefgh", pieces=8, cut=5), Fault.CUT),
        (Reply("abcdefgh", pieces=8, end=5), Fault.CUT),
        (Reply("abcdefgh", error="server_error"), Fault.BROKEN),
        (Reply("abcdefgh", error="rate_limit_exceeded"), Fault.BUSY),
        (Reply("abcdefgh", finish="content_filter"), Fault.FILTERED),
    ],
    ids=["cut", "ended too soon", "failed", "busy", "held back"],
)
def test_an_answer_that_began_is_never_begun_again(
    model: Model, server: ModelServer, reply: Reply, fault: Fault
) -> None:
    server.say(reply)
    events = heard(model)
    failure = ending(events)
    assert isinstance(failure, Failed)
    assert (failure.fault, failure.anything_shown) == (fault, True)
    assert "abcdefgh".startswith(text_of(events))
    assert len(server.requests) == 1


@pytest.mark.parametrize("stall", [1, 5], ids=["before a word", "in the middle"])
def test_a_stall_is_given_up_on_and_not_tried_again(impatient_model: Model, server: ModelServer, stall: int) -> None:
    server.say(Reply("abcdefgh", pieces=8, stall=stall))
    started = time.monotonic()
    failure = ending(heard(impatient_model))
    assert isinstance(failure, Failed)
    assert (failure.fault, failure.anything_shown) == (Fault.SILENT, stall > 1)
    assert time.monotonic() - started > 0.4
    assert len(server.requests) == 1


def test_a_cut_in_the_middle_of_a_call_calls_nothing(model: Model, server: ModelServer) -> None:
    server.say(*[Reply(calls=(Call("usage_trend", {"weeks": 4}),), cut=2)] * 3)
    assert [type(event) for event in heard(model)] == [Failed]


@pytest.mark.parametrize(
    "body", [b"data: {not json}\n\n", b"data: [1]\n\n", b"data: null\n\n", b"<html>vendor</html>", b""]
)
def test_what_cannot_be_read_is_a_failure_not_a_crash(model: Model, server: ModelServer, body: bytes) -> None:
    server.otherwise = Refusal(200, body=body)
    failure = ending(heard(model))
    assert isinstance(failure, Failed)
    assert failure.fault in (Fault.UNREADABLE, Fault.CUT)


def test_waiting_beats_so_that_a_stop_is_seen(model: Model, server: ModelServer) -> None:
    server.say(Reply("Slow.", first=0.3))
    events = list(model.stream(Request(messages=ASKED)))
    assert sum(isinstance(event, Pulse) for event in events) >= 5


def test_every_fault_has_a_sentence_that_says_what_to_do() -> None:
    assert set(SENTENCES) == set(Fault)
    assert not PASSING & LASTING
    for fault in Fault:
        assert failed(fault).error.endswith(".")
        assert fault in LASTING or "try again" in failed(fault).error
