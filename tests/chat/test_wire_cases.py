"""Every way a server writes an answer, asked in a chat over both APIs: what the person sees, and what is stored."""

from uuid import uuid4

import pytest

from lib.chat.chat_search import SearchQuery
from lib.chat.conversation import MessageStatus, Question
from lib.chat.tool_call_record import CallStatus
from lib.chat.turn_events import ChatEvent, TurnFinished
from lib.llm.events import TextDelta, TextWithdrawn
from lib.llm.model_settings import ModelApi, ModelSettings
from tests.chat.chat_harness import ChatHarness
from tests.support.model_server import ModelServer
from tests.support.wire_case import WireCase
from tests.support.wire_cases import CASES, THOUGHTS
from tests.support.wire_provider_cases import SIGNATURE


def shown_text(events: list[ChatEvent]) -> str:
    """The words on screen when the turn is over."""
    shown = ""
    for event in events:
        match event:
            case TextDelta(text):
                shown += text
            case TextWithdrawn():
                shown = ""
    return shown.strip()


def unknown_server(settings: ModelSettings) -> ModelSettings:
    """The settings under another model's name: what was learned about a server is remembered in the process."""
    return settings.model_copy(update={"model": f"small-{uuid4().hex[:8]}"})


def check_tool_calls(at: ChatHarness, case: WireCase) -> None:
    calls = [call for call in at.stored_panel().tool_calls if call.status is CallStatus.SUCCEEDED]
    assert [(call.tool, dict(call.input)) for call in calls] == list(case.calls)


@pytest.mark.parametrize("name", CASES)
def test_an_answer_is_shown_and_stored_as_it_was_meant(
    new_chat, server: ModelServer, asked: ModelSettings, name: str
) -> None:
    case = CASES[name]
    steps = case.steps_for(asked.api)
    server.script(*steps * (3 if case.retries else 1))
    at = new_chat(unknown_server(asked))
    events = at.collect_events(Question(text="How is usage?"))
    ended = events[-1]
    assert isinstance(ended, TurnFinished)
    assert len(server.requests) == len(steps) * (3 if case.retries else 1)
    assert shown_text(events) == case.text
    assert (ended.status.value, ended.error is None) == (case.status, case.error is None)
    assert (case.error or "") in (ended.error or "")
    assert "vendor" not in (ended.error or "")
    rows = at.stored_steps()[1]
    assert "\n".join(row.text for row in rows if row.text) == case.text
    assert {(row.status, row.error) for row in rows} == {(ended.status, ended.error)}
    if case.tokens is not None:
        assert (rows[0].input_tokens, rows[0].output_tokens) == case.tokens
    check_tool_calls(at, case)
    at.assert_consistent()
    at.ask("And then?")
    if case.secret:
        assert case.secret not in shown_text(events)
        assert case.secret not in repr(at.stored_panel())
        assert not any(case.secret.encode() in request.raw for request in server.requests)


def test_thoughts_are_not_found_by_a_search(new_chat, server: ModelServer, completions: ModelSettings) -> None:
    case = THOUGHTS["thoughts only closed"]
    server.script(*case.completions)
    at = new_chat(unknown_server(completions))
    at.ask("What about the weather in Lisbon?")
    assert at.service.search.fetch_search_page(SearchQuery(words="weather in Lisbon")).hits
    assert not at.service.search.fetch_search_page(SearchQuery(words="hidden plan")).hits


def test_a_server_that_only_closes_its_thoughts_is_known_the_second_time(
    new_chat, server: ModelServer, asked: ModelSettings
) -> None:
    case = THOUGHTS["thoughts only closed"]
    server.script(*case.steps_for(asked.api), *case.steps_for(asked.api))
    at = new_chat(unknown_server(asked))
    at.ask("How is usage?")
    events = at.collect_events(Question(text="Again?"))
    assert not any(isinstance(event, TextWithdrawn) for event in events)
    assert case.secret not in repr([event for event in events if isinstance(event, TextDelta)])
    assert shown_text(events) == case.text


def test_what_is_estimated_counts_the_tools_that_were_offered(
    new_chat, server: ModelServer, asked: ModelSettings
) -> None:
    at = new_chat(unknown_server(asked))
    server.script(*CASES["no usage"].steps_for(asked.api))
    at.ask("How is usage?")
    (request,) = server.requests
    tools = len(str(request.body["tools"]))
    messages = len(str(request.body.get("messages") or request.body["input"]))
    assert at.panel.tokens_today > 0.8 * (tools + messages) / 4
    assert at.stored_panel().tokens_today == at.panel.tokens_today


def test_a_trouble_can_be_asked_again(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(*CASES["ended by an error"].steps_for(asked.api))
    at = new_chat(unknown_server(asked))
    assert at.ask("How is usage?").status is MessageStatus.CUT
    assert asked.api in ModelApi
    assert "try again" in (at.stored_steps()[1][0].error or "")


def test_the_signature_of_a_call_goes_back_with_its_result_and_is_stored_nowhere(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    server.script(*CASES["Gemini's signature of a call"].completions)
    at = new_chat(unknown_server(completions))
    at.ask("How is usage?")
    (call,) = next(message["tool_calls"] for message in server.requests[1].body["messages"] if "tool_calls" in message)
    assert call["extra_content"] == SIGNATURE
    at.ask("And then?")
    assert SIGNATURE["google"]["thought_signature"] not in repr(server.requests[-1].body)
    assert SIGNATURE["google"]["thought_signature"] not in repr(at.stored_panel())


def test_a_missing_signature_does_not_take_the_tools_away(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    server.script(*CASES["Gemini misses a signature"].completions)
    at = new_chat(unknown_server(completions))
    at.ask("How is usage?")
    at.ask("And then?")
    assert all(request.body["tools"] for request in server.requests)
