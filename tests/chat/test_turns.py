"""A turn, from the question to what is stored of it: over both APIs and without a model."""

import pytest

from lib.chat import message_tree
from lib.chat.answer_provenance import format_message_source
from lib.chat.conversation import MessageRole, MessageStatus, Question
from lib.chat.tool_call_record import CallStatus
from lib.chat.tools import TOOL_LABELS
from lib.chat.turn_events import TurnFinished, TurnStarted
from lib.content.model import Chart, Code, Table, Text
from lib.errors import Conflict, InvalidInput, NotPermitted, Unavailable
from lib.llm.events import BlockShown, TextDelta, ToolStarted
from lib.llm.model_settings import ModelSettings
from tests.chat.chat_harness import ChatHarness, open_chat
from tests.support.companies import Company
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply
from tests.support.requests import break_supabase, record_requests


def test_an_answer_with_a_tool_is_stored_as_it_was_shown(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(
        ScriptedReply("I look.", calls=(ScriptedCall("usage_trend", {"weeks": 12}),)),
        ScriptedReply("It falls.\n\n```python\nprint(1)\n```"),
    )
    at = new_chat(asked)
    events = at.collect_events(Question(text="How is usage?"))
    assert isinstance(events[0], TurnStarted)
    assert isinstance(events[-1], TurnFinished)
    assert [TOOL_LABELS[event.call.name] for event in events if isinstance(event, ToolStarted)] == ["the usage"]
    rows = at.stored_steps()[1]
    assert [type(row.block) for row in rows] == [Text, Text, Code, Chart]
    assert rows[0].input_tokens == 240
    assert rows[0].model == "small"
    assert [row.id for row in rows] == [row.id for row in events[-1].messages]
    shown = [event for event in events if isinstance(event, BlockShown)]
    assert len(shown) == 1
    assert "".join(event.text for event in events if isinstance(event, TextDelta)).startswith("I look.")
    at.assert_consistent()


def test_the_built_in_assistant_answers_with_charts_and_tables_and_says_who_it_is(new_chat) -> None:
    at = new_chat()
    at.ask("How has usage developed, and which tickets are open?")
    rows = at.stored_steps()[1]
    assert [type(row.block) for row in rows] == [Text, Chart, Table], "words first"
    chart = rows[1].block
    assert isinstance(chart, Chart)
    assert chart.takeaway is None, "its sentence is said above it"
    assert {row.model for row in rows} == {"rules"}

    assert all("Built-in assistant" in format_message_source(row) for row in rows)


@pytest.mark.parametrize(
    ("question", "tool"),
    [
        ("How healthy are they?", "account_summary"),
        ("Explain the contract", "contract_terms"),
        ("When is the notice deadline?", "look_up_facts"),
        ("Who decides?", "find_contacts"),
        ("Can I give 18 %?", "price_limits"),
        ("What did I write as the goal?", "run_answers"),
        ("Who do we know there now?", "list_contacts"),
        ("Which support tickets are open?", "list_tickets"),
        ("What would the renewal be worth?", "renewal_scenarios"),
        ("What do the notes say about their plans?", "search_notes"),
        ("How has usage developed?", "usage_trend"),
        ("How did the last run end?", "past_runs"),
    ],
)
def test_every_tool_answers_without_a_model(new_chat, question: str, tool: str) -> None:
    at = new_chat()
    ended = at.ask(question)
    assert ended.status is MessageStatus.COMPLETE
    call = at.stored_panel().tool_calls[0]
    assert (call.tool, call.status) == (tool, CallStatus.SUCCEEDED)
    assert at.last_answer_text().strip()


def test_what_was_said_is_looked_up_in_the_records_and_cited(new_chat) -> None:
    at = new_chat()
    for question in ("Did they say anything about the audit log?", "What should I say to Ines about the audit log?"):
        at.ask(question)
        assert [call.tool for call in at.stored_panel().tool_calls][-1] == "search_notes"
        cited = [citation for row in at.stored_steps()[-1] for citation in row.block.citations]
        assert [citation.source for citation in cited][:1] == ["note"]
        assert {type(row.block) for row in at.stored_steps()[-1]} == {Text}
    assert at.last_answer_text().startswith("I cannot suggest what to say.")


def test_a_turn_costs_two_requests_and_two_for_each_tool(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    at = new_chat(asked)
    with record_requests() as sent:
        at.ask("Hello?")
    assert len(sent) == 2
    server.script(ScriptedReply(calls=(ScriptedCall("list_contacts"),)), ScriptedReply("Ines."))
    with record_requests() as sent:
        at.ask("Who?")
    assert len(sent) == 4


def test_a_whole_turn_with_nothing_at_hand_costs_four(new_chat) -> None:
    at = new_chat()
    run = at.context.execution.id
    with record_requests() as sent:
        context = at.service.load_chat_context(run, "review-account")
        at.service.chat(context, at.panel, Question(text="Hello"))
    assert len(sent) == 4


def test_the_question_is_stored_before_the_model_is_asked(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    at = new_chat(asked)
    stream = at.service.stream_chat(at.context, at.panel, Question(text="How are they?"))
    first = next(stream)
    assert isinstance(first, TurnStarted)
    assert not server.requests
    at.panel = first.panel
    assert at.stored_panel().messages[0].role is MessageRole.USER
    stream.close()
    assert [row.status for row in at.stored_steps()[1]] == [MessageStatus.STOPPED]


def test_the_answer_is_stored_before_the_end_is_given_out(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    at = new_chat(asked)
    for event in at.service.stream_chat(at.context, at.panel, Question(text="How are they?")):
        if isinstance(event, TurnStarted):
            at.panel = event.panel
        if isinstance(event, TurnFinished):
            assert at.last_answer_text() == "Understood."


def test_asking_again_and_editing_add_siblings_and_lose_nothing(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    at = new_chat(completions)
    server.script(ScriptedReply("First."), ScriptedReply("Second."), ScriptedReply("Third."))
    at.ask("How are they?")
    question = at.stored_panel().messages[0]
    at.collect_events(message_tree.build_repeated_question(question))
    at.collect_events(message_tree.build_replacement_question(question, "How are they today?"))
    messages = at.stored_panel().messages
    assert len([message for message in messages if message.role is MessageRole.USER]) == 2
    latest = message_tree.build_message_path(messages)
    assert [len(step.siblings) for step in latest] == [2, 1]
    assert latest[1].entry.first.block == Text(markdown="Third.")
    older = message_tree.build_message_path(messages, {None: question.id})
    assert [len(step.siblings) for step in older] == [2, 2]
    assert older[1].entry.first.block == Text(markdown="Second.")
    at.assert_consistent()


def test_a_model_reads_what_was_said_on_the_way_to_the_question_only(
    new_chat, server: ModelServer, asked: ModelSettings
) -> None:
    at = new_chat(asked)
    server.script(ScriptedReply("Red."), ScriptedReply("Blue."), ScriptedReply("So."))
    at.ask("Which colour?")
    at.collect_events(message_tree.build_repeated_question(at.stored_panel().messages[0]))
    at.ask("Sure?")
    sent = str(server.requests[-1].body)
    assert "Blue." in sent
    assert "Red." not in sent


def test_two_tabs_in_one_conversation_lose_and_double_nothing(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    at = new_chat(completions)
    at.ask("One?")
    other = ChatHarness(service=at.service, context=at.context, member=at.member, sql=at.sql, panel=at.panel)
    at.ask("Two, here?")
    other.ask("Two, there?")
    texts = [message.text for message in at.stored_panel().messages if message.role is MessageRole.USER]
    assert sorted(texts) == ["One?", "Two, here?", "Two, there?"]
    at.assert_consistent()


def test_the_same_question_sent_twice_is_one(new_chat, server: ModelServer, completions: ModelSettings) -> None:
    at = new_chat(completions)
    question = Question(text="How are they?")
    at.collect_events(question)
    at.panel = at.stored_panel()
    at.collect_events(question)
    assert len([message for message in at.stored_panel().messages if message.role is MessageRole.USER]) == 1
    at.assert_consistent()


def test_a_closed_conversation_takes_no_question_and_says_so(new_chat) -> None:
    at = new_chat()
    at.ask("Hello")
    at.service.complete_thread(at.panel.thread.id)
    with pytest.raises(Conflict, match="closed"):
        at.ask("And now?")
    with pytest.raises(Conflict, match="closed"):
        at.service.abandon_thread(at.panel.thread.id)


def test_a_colleagues_conversation_can_be_read_when_shared_and_not_written(new_chat, house: Company) -> None:
    at = new_chat()
    at.ask("Hello")
    at.service.share_thread(at.panel.thread.id)
    other = open_chat(house, ModelSettings(), member=house.other_csm, run=at.context.execution.id)
    other.panel = other.service.load_chat_panel(other.context, at.panel.thread.id)
    assert other.panel.messages
    with pytest.raises(NotPermitted, match="colleague"):
        other.ask("Me too?")
    at.service.unshare_thread(at.panel.thread.id)
    assert other.service.load_chat_panel(other.context, at.panel.thread.id).thread is None


def test_without_a_database_nothing_is_asked_and_the_question_is_not_lost(
    new_chat, server: ModelServer, asked: ModelSettings
) -> None:
    at = new_chat(asked)
    with break_supabase(), pytest.raises(Unavailable):
        at.ask("How are they?")
    assert not server.requests
    assert at.panel.messages == ()


def test_an_answer_the_database_cannot_take_is_handed_out_and_stored_once_later(
    new_chat, server: ModelServer, completions: ModelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.chat.open_turn.RETRY_PAUSES", (0.0,))
    at = new_chat(completions)
    stream = at.service.stream_chat(at.context, at.panel, Question(text="How are they?"))
    at.panel = next(stream).panel
    with break_supabase():
        ended = list(stream)[-1]
    assert isinstance(ended, TurnFinished)
    assert ended.unsaved
    for _ in range(2):
        at.panel = at.service.save_unsaved_answer(ended.panel, ended.unsaved)
    assert at.last_answer_text() == "Understood."
    at.assert_consistent()


@pytest.mark.parametrize("text", ["", "   \n", "x" * 20_001])
def test_a_question_is_there_and_not_a_book(new_chat, text: str) -> None:
    with pytest.raises(InvalidInput):
        new_chat().ask(text)
