"""Everything that can go wrong with a model, over HTTP and both APIs: afterwards the conversation is whole, the turn
that failed says so, and it can be asked again."""

import threading
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest

from lib.chat import message_tree
from lib.chat.conversation import BranchType, MessageStatus, Question
from lib.chat.tool_call_record import CallStatus
from lib.chat.turn_events import TurnFinished, TurnStarted
from lib.llm.events import Heartbeat, TextDelta
from lib.llm.model_settings import ModelPrice, ModelSettings
from lib.text.html import markdown_to_html
from tests.chat.chat_harness import SHORT_TIMEOUTS, ChatHarness, add_branch, open_chat
from tests.support.companies import Company
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedRefusal, ScriptedReply
from tests.support.requests import break_supabase

IMPATIENT = replace(SHORT_TIMEOUTS, silence=0.4)


def failed_and_again(at: ChatHarness, server: ModelServer, *, status: MessageStatus = MessageStatus.FAILED) -> str:
    """The turn failed in a sentence, the conversation is whole, and asking again answers. Returns the sentence."""
    ended = at.ask("How are they?")
    assert ended.status is status
    assert ended.error
    assert "vendor words" not in ended.error
    question, answer = at.stored_steps()
    assert {row.status for row in answer} == {status}
    assert {row.error for row in answer} == {ended.error}
    at.assert_consistent()
    steps = message_tree.build_message_path(at.stored_panel().messages)
    assert message_tree.has_incomplete_answer(steps[0], steps[1])
    server.reset()
    at.collect_events(message_tree.build_repeated_question(question[0]))
    assert at.last_answer_text() == "Understood."
    assert len(message_tree.build_message_path(at.stored_panel().messages)[1].siblings) == 2
    at.assert_consistent()
    return ended.error


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (ScriptedRefusal(401), "key"),
        (ScriptedRefusal(429, retry_after="90"), "Try again in 90 seconds"),
        (ScriptedRefusal(404, code="model_not_found"), "does not know the model"),
        (ScriptedRefusal(400), "did not accept the question"),
    ],
)
def test_a_refusal_is_a_sentence(
    new_chat, server: ModelServer, asked: ModelSettings, refusal: ScriptedRefusal, words: str
) -> None:
    server.script(refusal, refusal, refusal)
    assert words in failed_and_again(new_chat(asked), server)


def test_a_fault_that_passes_is_not_seen(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(ScriptedRefusal(500), ScriptedRefusal(429, retry_after="0.01"), ScriptedReply("Fine."))
    at = new_chat(asked)
    assert at.ask("How are they?").status is MessageStatus.COMPLETE
    assert at.last_answer_text() == "Fine."
    at.assert_consistent()


def test_nobody_listening_is_a_sentence_and_the_built_in_assistant_can_be_asked_instead(
    new_chat, server: ModelServer, asked: ModelSettings
) -> None:
    at = new_chat(asked.model_copy(update={"base_url": "http://127.0.0.1:9/v1"}))
    ended = at.ask("How has usage developed?")
    assert ended.error
    assert "cannot be reached" in ended.error
    at.collect_events(message_tree.build_repeated_question(at.stored_panel().messages[0], built_in=True))
    assert at.stored_steps()[1][0].model == "rules"
    at.assert_consistent()


def test_a_stream_cut_in_the_middle_keeps_what_was_said(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(ScriptedReply("Half of the answer is here.", pieces=20, cut=12))
    at = new_chat(asked)
    assert "was cut off" in failed_and_again(at, server, status=MessageStatus.CUT)
    first = next(
        entry
        for entry in message_tree.group_messages_into_entries(at.stored_panel().messages)
        if not entry.is_person_message
    )
    assert first.first.text.startswith("Half")


def test_a_stream_that_stalls_is_given_up_on(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(ScriptedReply("Half of the answer.", pieces=20, stall=12))
    at = new_chat(asked, patience=IMPATIENT)
    assert "stopped answering" in failed_and_again(at, server, status=MessageStatus.CUT)


def test_a_silent_server_is_waited_for_in_beats_and_given_up_on(
    new_chat, server: ModelServer, asked: ModelSettings
) -> None:
    server.script(ScriptedReply("Never.", first=5))
    events = new_chat(asked, patience=IMPATIENT).collect_events(Question(text="How are they?"))
    assert sum(isinstance(event, Heartbeat) for event in events) > 3
    assert isinstance(events[-1], TurnFinished)
    assert events[-1].status is MessageStatus.FAILED


@pytest.mark.parametrize(
    "arguments", ['{"weeks": ', '["weeks"]', "weeks", '{"weeks": "many"}', '{"customer": "other"}']
)
def test_arguments_that_make_no_sense_are_told_to_the_model(
    new_chat, server: ModelServer, asked: ModelSettings, arguments: str
) -> None:
    server.script(ScriptedReply(calls=(ScriptedCall("usage_trend", arguments),)), ScriptedReply("Then not."))
    at = new_chat(asked)
    assert at.ask("How is usage?").status is MessageStatus.COMPLETE
    assert at.last_answer_text() == "Then not."
    (call,) = at.stored_panel().tool_calls
    assert call.status is CallStatus.FAILED
    assert "usage_trend did not run" in (call.error or "")
    at.assert_consistent()


def test_a_tool_that_is_not_there_is_told_to_the_model_and_put_down(
    new_chat, server: ModelServer, asked: ModelSettings
) -> None:
    server.script(ScriptedReply(calls=(ScriptedCall("run_sql", {"sql": "select 1"}),)), ScriptedReply("Then not."))
    at = new_chat(asked)
    at.ask("How is usage?")
    (call,) = at.stored_panel().tool_calls
    assert (call.tool, call.status) == ("run_sql", CallStatus.REFUSED)
    at.assert_consistent()


def test_calls_without_end_come_to_one(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.otherwise = ScriptedReply(calls=(ScriptedCall("list_contacts"),))
    at = new_chat(asked.model_copy(update={"rounds": 4}))
    ended = at.ask("Who?")
    assert ended.status is MessageStatus.COMPLETE
    assert "I have reached" in at.last_answer_text()
    assert len(server.requests) == 4
    at.assert_consistent()


def test_the_cap_of_a_day_is_a_sentence_and_asks_nobody(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    at = new_chat(completions.model_copy(update={"tokens_per_day": 10}))
    at.ask("One?")
    before = len(server.requests)
    at.ask("Two?")
    assert len(server.requests) == before
    assert "tokens for today" in at.last_answer_text()
    at.assert_consistent()


def test_the_cap_of_a_day_counts_what_no_server_reports_by_estimate(
    server: ModelServer, completions: ModelSettings, company: Company
) -> None:
    server.otherwise = ScriptedReply("Fine. " * 400, usage=None)
    at = open_chat(company, completions)
    at.ask("One?")
    assert at.panel.tokens_today > 600
    assert at.stored_panel().tokens_today == at.panel.tokens_today
    assert at.stored_steps()[1][0].output_tokens is None
    before = len(server.requests)
    capped = open_chat(company, completions.model_copy(update={"tokens_per_day": 600}))
    capped.ask("Two?")
    assert len(server.requests) == before
    assert "estimated where" in capped.last_answer_text()


def test_an_answer_from_the_records_counts_too_and_one_by_rules_never_does(
    server: ModelServer, completions: ModelSettings, company: Company
) -> None:
    by_rules = open_chat(company, ModelSettings())
    by_rules.ask("How has usage developed?")
    assert by_rules.stored_panel().tokens_today == 0
    server.script(ScriptedReply("Ines wants the audit log before March [S1].", usage=None))
    at = open_chat(company, completions)
    at.ask("What do they want?", branch=add_branch(at, BranchType.RAG, prompt="What about the audit log?"))
    assert at.stored_panel().tokens_today == at.panel.tokens_today > 100


def test_tokens_nobody_reported_are_not_nought(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(ScriptedReply("Fine.", usage=None))
    at = new_chat(
        asked.model_copy(update={"prices": (ModelPrice(model="small", input=Decimal(1), output=Decimal(2)),)})
    )
    at.ask("How are they?")
    row = at.stored_steps()[1][0]
    assert (row.input_tokens, row.output_tokens, row.cost_usd) == (None, None, None)


def test_cost_is_known_when_the_price_is(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    at = new_chat(
        asked.model_copy(update={"prices": (ModelPrice(model="small", input=Decimal(10), output=Decimal(100)),)})
    )
    at.ask("How are they?")
    row = at.stored_steps()[1][0]
    assert row.cost_usd == Decimal("0.0042")


def test_an_answer_of_a_hundred_thousand_characters_is_kept_whole(
    new_chat, server: ModelServer, asked: ModelSettings
) -> None:
    long = "".join(f'Line {number} says 株 and \\ and " and more of the same.\n\n' for number in range(2000))
    server.script(ScriptedReply(long, pieces=200))
    at = new_chat(asked)
    assert at.ask("Tell me all.").status is MessageStatus.COMPLETE
    assert at.last_answer_text() == long.strip()
    assert "Line 1999 says" in markdown_to_html(at.last_answer_text())
    at.assert_consistent()


def test_stop_keeps_what_was_said_and_hangs_up(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(ScriptedReply("One two three four five six seven eight.", pieces=8, delay=0.05))
    at = new_chat(asked)
    with closing(at.service.stream_chat(at.context, at.panel, Question(text="Count."))) as stream:
        for event in stream:
            if isinstance(event, TurnStarted):
                at.panel = event.panel
            if isinstance(event, TextDelta):
                break
    answer = at.stored_steps()[1]
    assert {row.status for row in answer} == {MessageStatus.STOPPED}
    assert at.last_answer_text().startswith("One")
    assert "Stopped" in (answer[0].error or "")
    at.assert_consistent()


class Left(BaseException):
    """What Streamlit raises when the browser is closed."""


def test_a_browser_closed_in_the_middle_stops_the_turn(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(
        ScriptedReply("One two three four.", calls=(ScriptedCall("list_contacts"),)), ScriptedReply("Never heard.")
    )
    at = new_chat(asked)
    stream = at.service.stream_chat(at.context, at.panel, Question(text="Who?"))
    at.panel = next(stream).panel
    with pytest.raises(Left):
        stream.throw(Left())
    assert [row.status for row in at.stored_steps()[1]] == [MessageStatus.STOPPED]
    at.assert_consistent()


def test_stopping_a_turn_while_the_database_is_gone_loses_no_question(
    new_chat, server: ModelServer, completions: ModelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.chat.open_turn.RETRY_PAUSES", ())
    at = new_chat(completions)
    stream = at.service.stream_chat(at.context, at.panel, Question(text="Who?"))
    at.panel = next(stream).panel
    with break_supabase():
        stream.close()
    steps = message_tree.build_message_path(at.stored_panel().messages)
    assert len(steps) == 1
    assert message_tree.has_incomplete_answer(steps[0], None)
    at.collect_events(message_tree.build_repeated_question(steps[0].entry.first))
    at.assert_consistent()


def test_an_audit_that_cannot_be_written_runs_no_tool(
    new_chat, server: ModelServer, completions: ModelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.chat.open_turn.RETRY_PAUSES", ())
    server.script(ScriptedReply("I look.", calls=(ScriptedCall("list_contacts"),)))
    at = new_chat(completions)
    stream = at.service.stream_chat(at.context, at.panel, Question(text="Who?"))
    at.panel = next(stream).panel
    with break_supabase():
        ended = list(stream)[-1]
    assert isinstance(ended, TurnFinished)
    assert ended.status is MessageStatus.FAILED
    assert ended.unsaved
    at.panel = at.service.save_unsaved_answer(ended.panel, ended.unsaved)
    assert at.last_answer_text() == "I look."
    assert at.stored_panel().tool_calls == ()
    at.assert_consistent()


def test_ten_people_ask_at_once_and_each_conversation_is_whole(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    chats = [new_chat(completions) for _ in range(10)]
    server.otherwise = ScriptedReply("Fine.", pieces=5, delay=0.01)
    threads = [threading.Thread(target=lambda at=at: at.ask("How are they?")) for at in chats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for at in chats:
        assert at.last_answer_text() == "Fine."
        at.assert_consistent()
