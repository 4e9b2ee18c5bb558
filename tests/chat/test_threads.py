"""The plain functions on conversations, exports, the explorer: as the signed-in person, and nobody else."""

import json

import pytest

from lib.chat import conversation_export, message_tree
from lib.chat.chat_search import SearchQuery
from lib.chat.conversation import BranchType, MessageRole, Question, ThreadStatus
from lib.content.block_json import UnreadableBlock
from lib.content.model import Chart, Code, Text
from lib.errors import Conflict, InvalidInput, NotFound, NotPermitted, ZenError
from lib.llm.messages import UserMessage
from lib.llm.model_settings import ModelSettings
from lib.slides import shared_sections
from lib.text.local_time import to_local_time
from tests.chat.chat_harness import ChatHarness, add_branch, build_chat_service, open_chat
from tests.chat.markdown_assertions import assert_inert
from tests.support.companies import Company
from tests.support.model_server import ModelServer, ScriptedReply
from tests.support.sample_accounts import full_account


def test_a_conversation_can_be_written_row_by_row(new_chat) -> None:
    at: ChatHarness = new_chat()
    chats, run = at.service, at.context.execution.id
    thread = chats.create_thread(run, "review-account", "Imported\x00 one")
    asked = chats.send_message(thread.id, "How are they?")
    said = chats.send_message(
        thread.id, Text(markdown="Well."), role=MessageRole.ASSISTANT, after=asked.id, kind=BranchType.LLM
    )
    given = chats.create_llm_context(thread.id, model="small", system_prompt="Be brief.", data={"a": 1})
    assert chats.update_tokens_used(given.id, 5, None).input_tokens == 5
    chats.record_tool_call(thread.id, "usage_trend", {"weeks": 3}, message_id=asked.id)
    assert chats.get_thread(thread.id).title == "Imported one"
    assert [message.id for message in chats.get_messages(thread.id)] == [asked.id, said.id]
    assert chats.get_llm_context(thread.id) == chats.get_llm_context(thread.id, given.id)
    assert [call.tool for call in chats.get_tool_calls(thread.id)] == ["usage_trend"]
    assert [known.id for known in chats.get_threads_for_execution(run)] == [thread.id]
    assert chats.abandon_thread(thread.id).status is ThreadStatus.ABANDONED
    with pytest.raises(Conflict):
        chats.complete_thread(thread.id)


def test_nobody_else_sees_or_changes_it(new_chat, house: Company, strangers: Company) -> None:
    at: ChatHarness = new_chat()
    at.ask("Hello")
    thread = at.panel.thread
    assert thread
    for who in (house.other_csm, strangers.admin):
        chats = build_chat_service(who, ModelSettings())
        with pytest.raises(NotFound):
            chats.get_thread(thread.id)
        with pytest.raises(NotFound):
            chats.get_chat_history(thread.id)
        assert chats.get_messages(thread.id) == ()
        assert chats.get_tool_calls(thread.id) == ()
        for change in (chats.share_thread, chats.unshare_thread):
            with pytest.raises(NotPermitted):
                change(thread.id)
        with pytest.raises(ZenError):
            chats.send_message(thread.id, "Me too")
        assert thread.id not in {hit.thread_id for hit in chats.search.fetch_search_page(SearchQuery()).hits}


def test_a_manager_reads_the_teams_and_writes_none(new_chat, house: Company) -> None:
    at: ChatHarness = new_chat()
    at.ask("Hello")
    assert at.panel.thread
    chats = build_chat_service(house.manager, ModelSettings())
    assert chats.get_chat_history(at.panel.thread.id).messages
    with pytest.raises(NotPermitted):
        chats.share_thread(at.panel.thread.id)


def test_messages_from_before_there_were_alternatives_are_one_line(new_chat) -> None:
    at: ChatHarness = new_chat()
    thread = at.service.create_thread(at.context.execution.id, "review-account")
    for role, text in (
        (MessageRole.USER, "1"),
        (MessageRole.ASSISTANT, "2"),
        (MessageRole.USER, "3"),
        (MessageRole.ASSISTANT, "4"),
        (MessageRole.SYSTEM, "5"),
    ):
        at.service.send_message(thread.id, text, role=role)
    at.panel = at.service.load_chat_panel(at.context)
    at.ask("6")
    told = [step.entry.first for step in message_tree.build_message_path(at.stored_panel().messages)]
    assert [message.text for message in told[:6]] == ["1", "2", "3", "4", "5", "6"]
    assert len(told) == 7


def test_an_export_reads_as_it_was_and_can_do_nothing(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    server.script(
        ScriptedReply("Fine ![x](https://evil.example/x.png).\n\n```python\nx = 1\n```"), ScriptedReply("Short.", cut=3)
    )
    at: ChatHarness = new_chat(completions)
    at.ask("How <b>are</b> they?")
    at.ask("And then?")
    assert at.panel.thread
    at.service.send_message(
        at.panel.thread.id,
        shared_sections.build_usage_chart(full_account()),
        role=MessageRole.ASSISTANT,
    )
    told = at.service.get_chat_history(at.panel.thread.id)
    text = conversation_export.format_conversation_as_markdown(told, "Pacific/Kiritimati")
    started = to_local_time(told.thread.created_at, "Pacific/Kiritimati")
    assert f"{started:%Y-%m-%d %H:%M} (Pacific/Kiritimati)" in text
    assert_inert(text.rstrip("\n"))
    for part in ("Acme", "Alice Moreau", "x = 1", "image left out", "Cut:", "Active users", "tokens"):
        assert part in text, part
    stored = json.loads(conversation_export.format_conversation_as_json(told))
    assert len(stored["messages"]) == len(told.messages)
    assert {message["content"]["type"] for message in stored["messages"]} == {"text", "code", "chart"}
    assert stored["messages"][1]["model"] == "small"


def test_a_row_that_is_no_block_any_more_is_shown_and_exported_as_it_is(new_chat) -> None:
    at: ChatHarness = new_chat()
    at.ask("Hello")
    assert at.panel.thread
    columns = "company_id, thread_id, role, content"
    values = [
        at.context.person.company_id,
        at.panel.thread.id,
        '{"type": "text", "words": "![x](http://evil.example)"}',
    ]
    at.sql.execute(f"insert into workflow_chat_messages ({columns}) values (%s, %s, 'assistant', %s)", values)
    assert isinstance(at.stored_panel().messages[-1].block, UnreadableBlock)
    told = at.service.get_chat_history(at.panel.thread.id)
    assert "evil.example" in conversation_export.format_conversation_as_json(told)
    assert_inert(conversation_export.format_conversation_as_markdown(told, "UTC").rstrip("\n"))


def test_thumbs_stay_and_can_be_taken_back(new_chat) -> None:
    at: ChatHarness = new_chat()
    at.ask("Hello")
    entry = message_tree.build_message_path(at.panel.messages)[1].entry
    at.panel = at.service.save_feedback(at.panel, entry, -1, "Too \x00long.")
    assert [(given.thumbs, given.comment) for given in at.stored_panel().feedback] == [(-1, "Too long.")]
    at.panel = at.service.save_feedback(at.panel, entry, None)
    assert at.panel.feedback == at.stored_panel().feedback == ()


def test_an_answer_becomes_a_draft_nobody_is_offered_yet(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    server.script(ScriptedReply("Ask {{ nobody }} first [1]."))
    at: ChatHarness = new_chat(completions)
    at.ask("Whom do I ask?")
    entry = message_tree.build_message_path(at.panel.messages)[1].entry
    draft = at.service.create_fixed_answer_draft(at.context, at.panel, entry)
    assert (draft.type, draft.label, draft.response_text) == (
        BranchType.FIXED,
        "Whom do I ask?",
        "Ask { { nobody }} first.",
    )
    assert at.service.load_chat_panel(at.context).find_branch(draft.id) is None
    with pytest.raises(Conflict):
        at.service.create_fixed_answer_draft(at.context, at.panel, entry)
    with pytest.raises(InvalidInput):
        at.service.create_fixed_answer_draft(
            at.context, at.panel, message_tree.build_message_path(at.panel.messages)[0].entry
        )


def test_what_was_said_is_found_and_counted(new_chat, server: ModelServer, completions: ModelSettings) -> None:
    server.script(ScriptedReply("The okapi renews."))
    at: ChatHarness = new_chat(completions)
    branch = add_branch(at, BranchType.FIXED, response_text="No okapi here.")
    at.ask("What about the okapi?")
    at.panel = at.service.process_fixed_branch(at.context, at.panel, branch).panel
    assert at.panel.thread
    found = at.service.search.fetch_search_page(SearchQuery(words="okapi"))
    mine = [hit for hit in found.hits if hit.thread_id == at.panel.thread.id]
    assert len(mine) == 3
    assert ("okapi", True) in mine[0].excerpt.split_at_matches()
    only = at.service.search.fetch_search_page(
        SearchQuery(words="okapi", facet_values={"branch_type": ("fixed",)}), limit=1
    )
    assert only.hits[0].branch_type is BranchType.FIXED
    pages = at.service.search.fetch_search_page(SearchQuery(words="okapi"), limit=1)
    assert pages.next_cursor
    assert (
        at.service.search.fetch_search_page(SearchQuery(words="okapi"), after=pages.next_cursor, limit=1).hits
        != pages.hits
    )
    facets = at.service.search.fetch_facet_counts(SearchQuery(words="okapi"))
    assert facets.total >= 3
    assert {count.value for count in facets.counts["branch_type"]} >= {"llm", "fixed"}
    assert sum(used.answers for used in at.service.search.fetch_daily_usage(1)) >= 1
    with pytest.raises(InvalidInput):
        at.service.search.fetch_search_page(SearchQuery(facet_values={"company": ("x",)}))


def test_the_model_can_be_asked_without_a_conversation(
    server: ModelServer, house: Company, asked: ModelSettings
) -> None:
    server.script(ScriptedReply("Yes."))
    heard = build_chat_service(house.csm, asked).call_llm([UserMessage("Are you there?")])
    assert (heard.text, heard.usage.input_tokens, heard.failure) == ("Yes.", 120, None)


def test_the_open_conversation_goes_on_and_a_new_one_can_be_begun(new_chat, house: Company) -> None:
    at: ChatHarness = new_chat()
    at.ask("Hello")
    again = open_chat(house, ModelSettings(), run=at.context.execution.id)
    assert again.panel.thread == at.stored_panel().thread
    at.service.complete_chat(at.service.start_chat(at.context.execution.id, "review-account"))
    assert open_chat(house, ModelSettings(), run=at.context.execution.id).panel.thread is None
    assert at.service.complete_chat(at.service.start_chat(at.context.execution.id, "review-account")) is None


def test_a_slide_the_run_does_not_have_has_no_chat(new_chat) -> None:
    at: ChatHarness = new_chat()
    with pytest.raises(NotFound):
        at.service.start_chat(at.context.execution.id, "set-goals")


def test_blocks_of_every_kind_are_drawn_again_from_what_is_stored(new_chat) -> None:
    at: ChatHarness = new_chat()
    at.collect_events(Question(text="How has usage developed?"))
    assert any(isinstance(message.block, Chart) for message in at.stored_panel().messages)
    assert not any(isinstance(message.block, Code | UnreadableBlock) for message in at.stored_panel().messages)
