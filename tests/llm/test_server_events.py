"""Reading a server's bytes, wherever they are cut, and its thoughts, whatever the pieces."""

import json
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.llm.background_reader import KEEP_ALIVE
from lib.llm.errors import ModelError
from lib.llm.events import Done, Failed, FailureReason, FinishReason, TextDelta, TextWithdrawn
from lib.llm.language_model import ModelRequest
from lib.llm.model_settings import ModelApi
from lib.llm.openai_client import parse_retry_after
from lib.llm.server_events import EndMark, JsonBody, read_server_items
from lib.llm.server_traits import ServerTraits
from lib.llm.thought_filter import ThoughtFilter
from tests.llm.conftest import FAST_TIMEOUTS, model_at
from tests.llm.llm_harness import QUESTION, collect_events, join_text, last_event
from tests.support.model_server import ModelServer, ScriptedRefusal, ScriptedReply, ScriptedWire
from tests.support.wire_case import (
    DONE,
    stream_completions,
    stream_response,
    to_event,
    to_json_body,
    write_delta,
    write_text_delta,
)
from tests.support.wire_case import (
    KEEP_ALIVE as COMMENT,
)

TEXT = 'Zażółć <株式会社> \u2028 \\ " 😀'
STREAM = b": hello\n\n" + to_event({"a": TEXT}) + b"event: x\r\ndata: " + json.dumps([1]).encode() + b"\r\n\r\n" + DONE


@pytest.mark.parametrize("at", range(1, len(STREAM)))
def test_bytes_cut_anywhere_read_the_same(at: int) -> None:
    assert list(read_server_items([STREAM[:at], STREAM[at:]])) == [KEEP_ALIVE, {"a": TEXT}, [1], EndMark()]


def test_bytes_one_at_a_time_read_the_same() -> None:
    assert list(read_server_items(bytes([byte]) for byte in STREAM)) == list(read_server_items([STREAM]))


@pytest.mark.parametrize("body", [b'{"a": [1,\n 2]}', b'\n  {"a": [1, 2]}', b'\xef\xbb\xbf{"a": [1, 2]}\n'])
def test_a_body_is_read_whole(body: bytes) -> None:
    assert list(read_server_items(bytes([byte]) for byte in body)) == [JsonBody({"a": [1, 2]})]


@pytest.mark.parametrize("body", [b"<html>", b"  <!doctype html>", b"404 page not found", b"OK"])
def test_what_is_no_stream_comes_from_a_wrong_address(body: bytes) -> None:
    with pytest.raises(ModelError) as raised:
        list(read_server_items([body]))
    assert raised.value.reason is FailureReason.WRONG_ADDRESS


def test_events_without_blank_lines_between_them_are_read() -> None:
    assert list(read_server_items([b'data: {"a": 1}\ndata: {"b": 2}\n\n'])) == [{"a": 1}, {"b": 2}]
    assert list(read_server_items([b'data: {"a": 1}\n\ndata: {"b"'])) == [{"a": 1}]


def run_filter(pieces: Iterable[str], traits: ServerTraits | None = None) -> str:
    """What is left on screen."""
    thoughts, shown = ThoughtFilter(traits or ServerTraits()), ""
    for piece in pieces:
        for event in thoughts.add_text(piece):
            shown = shown[: -event.length] if isinstance(event, TextWithdrawn) else shown + event.text
    return shown + "".join(event.text for event in thoughts.finish())


def cut(text: str, places: list[int]) -> list[str]:
    cuts = sorted({place % (len(text) + 1) for place in places})
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@given(st.lists(st.integers(0, 200), max_size=12), st.booleans())
def test_a_thought_is_left_out_however_it_is_cut(places: list[int], is_known: bool) -> None:
    for text in ("<think>a < b</think>\n\nFell [1].", "a </thin b</think> \nFell [1].", "[THINK]a[/THINK]Fell [1]."):
        assert run_filter(cut(text, places), ServerTraits(only_closes_thoughts=is_known)) == "Fell [1]."


@given(st.text(alphabet="<>/[]thinkTHINK `ab\n", max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_what_is_left_does_not_depend_on_the_cuts(text: str, places: list[int]) -> None:
    assert run_filter(cut(text, places)) == run_filter([text])


@given(st.text(alphabet="<>/[]ab \n", max_size=60))
def test_text_without_a_tag_stays_as_it_is(text: str) -> None:
    assert run_filter(list(text)) == text


@given(st.lists(st.integers(0, 60), max_size=8))
def test_a_tag_in_backticks_is_spoken_of(places: list[int]) -> None:
    text = "Write `<think>` before and `</think>` after it."
    assert run_filter(cut(text, places)) == text


def test_a_server_that_closes_its_thoughts_alone_is_remembered_until_it_no_longer_does() -> None:
    traits = ServerTraits()
    run_filter(["plan", "</think>Fell."], traits)
    assert traits.only_closes_thoughts
    held = ThoughtFilter(traits)
    assert list(held.add_text("plan")) == []
    assert list(held.add_text("</think>Fell.")) == [TextDelta("Fell.")]
    assert run_filter(["No plan."], traits) == "No plan."
    assert not traits.only_closes_thoughts


@pytest.mark.parametrize("api", list(ModelApi))
def test_comments_are_life_up_to_a_longer_limit(server: ModelServer, api: ModelApi) -> None:
    waits = replace(FAST_TIMEOUTS, silence=0.4, keep_alive=30, retries=0)
    answer = (
        stream_completions({"content": "Here."})
        if api is ModelApi.COMPLETIONS
        else stream_response(write_text_delta("Here."))
    )
    server.script(ScriptedWire((*(COMMENT, 0.15) * 6, *answer.pieces)))
    assert join_text(collect_events(model_at(server.url, api, waits))) == "Here."
    server.script(ScriptedWire((*(COMMENT, 0.15) * 60, *answer.pieces)))
    began = time.monotonic()
    failure = last_event(collect_events(model_at(server.url, api, replace(waits, keep_alive=0.8))))
    assert isinstance(failure, Failed)
    assert failure.reason is FailureReason.SILENT
    assert 0.7 < time.monotonic() - began < 6


def test_stopping_while_only_comments_come_is_quick(server: ModelServer) -> None:
    server.script(ScriptedWire((write_delta({"content": "One"}), *(COMMENT, 0.05) * 200)))
    events = model_at(server.url, ModelApi.COMPLETIONS).stream(ModelRequest(messages=QUESTION))
    next(event for event in events if isinstance(event, TextDelta))
    began = time.monotonic()
    events.close()
    assert time.monotonic() - began < 0.3


REFUSALS = {
    "stream_options": to_json_body(  # Mistral
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs"}]},
        status=422,
    ),
    "strict": to_json_body({"error": {"message": "Unknown parameter: 'tools[0].function.strict'."}}, status=400),
    "tool_choice": to_json_body({"error": {"message": "tool_choice is not supported", "code": None}}, status=400),
    "tools": to_json_body({"error": {"code": 500, "message": "tools param requires --jinja flag"}}, status=500),
    "auto": to_json_body(  # vLLM without a parser
        {"object": "error", "message": '"auto" tool choice requires --enable-auto-tool-choice', "code": 400}, status=400
    ),
}


def holds(body: dict[str, Any], name: str) -> bool:
    return f'"{name}"' in json.dumps(body)


@pytest.mark.parametrize("api", list(ModelApi))
@pytest.mark.parametrize("name", ["stream_options", "strict", "tool_choice", "tools"])
def test_a_refused_field_is_left_out_and_remembered(server: ModelServer, api: ModelApi, name: str) -> None:
    model = model_at(server.url, api, replace(FAST_TIMEOUTS, silence=19 + len(name)))
    server.reject = lambda body: REFUSALS[name] if holds(body, name) else None
    for _ in range(3):
        assert join_text(collect_events(model)) == "Understood."
    refusals = 1 if holds(server.requests[0].body, name) else 0
    assert len(server.requests) == 3 + refusals
    assert holds(server.requests[-1].body, "tools") is (name != "tools")


def test_a_choice_of_tools_that_needs_tools_refused_leaves_both_out(server: ModelServer) -> None:
    model = model_at(server.url, ModelApi.COMPLETIONS, replace(FAST_TIMEOUTS, silence=33))
    server.reject = lambda body: REFUSALS["auto"] if "tools" in body else None
    assert join_text(collect_events(model)) == "Understood."
    assert join_text(collect_events(model)) == "Understood."
    assert len(server.requests) == 4


def test_a_refusal_of_something_else_forgets_nothing_and_leaves_nothing_out(server: ModelServer) -> None:
    """An error may repeat the question: what a server refuses even without a field is not about that field."""
    model = model_at(server.url, ModelApi.COMPLETIONS, replace(FAST_TIMEOUTS, silence=34))
    refusal = ScriptedRefusal(400, message="Cannot answer: which tools are strict?")
    server.script(*[refusal] * 3)
    assert isinstance(last_event(collect_events(model)), Failed)
    collect_events(model)
    assert all(holds(server.requests[-1].body, name) for name in ("tools", "strict", "stream_options"))


def test_retry_after_as_a_date_counts_from_the_servers_clock(server: ModelServer) -> None:
    then = datetime(2031, 5, 1, 12, tzinfo=UTC)
    headers = {"date": format_datetime(then, usegmt=True)}
    later = format_datetime(then + timedelta(seconds=40), usegmt=True)
    assert parse_retry_after({**headers, "retry-after": later}) == 40
    assert parse_retry_after({**headers, "retry-after": "12"}) == 12
    assert parse_retry_after({**headers, "retry-after": format_datetime(then - timedelta(days=1))}) is None
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    server.script(ScriptedRefusal(429, retry_after=soon))
    failure = last_event(collect_events(model_at(server.url, ModelApi.COMPLETIONS)))
    assert isinstance(failure, Failed)
    assert failure.retry_after is not None
    assert 40 < failure.retry_after <= 51


def test_a_server_error_with_a_short_wait_is_sat_out(server: ModelServer) -> None:
    server.script(ScriptedRefusal(503, retry_after="0.1"), ScriptedReply("Back."))
    events = collect_events(model_at(server.url, ModelApi.COMPLETIONS))
    assert (join_text(events), last_event(events)) == ("Back.", Done(FinishReason.FINISHED))
