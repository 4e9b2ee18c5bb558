"""The plain functions on conversations, exports, the explorer: as the signed-in person, and nobody else."""

import json

import pytest

from lib.chat import export, tree
from lib.chat.blocks import ChartBlock, CodeBlock, TextBlock, Unreadable
from lib.chat.explorer import Search
from lib.chat.figures import chart_block
from lib.chat.model import BranchType, Question, Role, ThreadStatus
from lib.errors import Conflict, InvalidInput, NotFound, NotPermitted, ZenError
from lib.llm.messages import User
from lib.settings import ModelSettings
from lib.slides.deck import parts
from tests.chat.desk import Desk, add_branch, open_desk, service_for
from tests.chat.inert import assert_inert
from tests.support.accounts import full_account
from tests.support.companies import Company
from tests.support.model_server import ModelServer, Reply


def test_a_conversation_can_be_written_row_by_row(desk) -> None:
    at: Desk = desk()
    chats, run = at.service, at.scene.execution.id
    thread = chats.create_thread(run, "review-account", "Imported\x00 one")
    asked = chats.send_message(thread.id, "How are they?")
    said = chats.send_message(
        thread.id, TextBlock(text="Well."), role=Role.ASSISTANT, after=asked.id, kind=BranchType.LLM
    )
    given = chats.create_llm_context(thread.id, model="small", system_prompt="Be brief.", data={"a": 1})
    assert chats.update_tokens_used(given.id, 5, None).input_tokens == 5
    chats.record_tool_call(thread.id, "usage_trend", {"weeks": 3}, message_id=asked.id)
    assert chats.get_thread(thread.id).title == "Imported one"
    assert [message.id for message in chats.get_messages(thread.id)] == [asked.id, said.id]
    assert chats.get_llm_context(thread.id) == chats.get_llm_context(thread.id, given.id)
    assert [call.tool for call in chats.get_tool_calls(thread.id)] == ["usage_trend"]
    assert [known.id for known in chats.get_threads_for_execution(run)] == [thread.id]
    assert chats.rename_thread(thread.id, " New ").title == "New"
    assert chats.abandon_thread(thread.id).status is ThreadStatus.ABANDONED
    with pytest.raises(Conflict):
        chats.complete_thread(thread.id)


def test_nobody_else_sees_or_changes_it(desk, house: Company, strangers: Company) -> None:
    at: Desk = desk()
    at.ask("Hello")
    thread = at.panel.thread
    assert thread
    for who in (house.other_csm, strangers.admin):
        chats = service_for(who, ModelSettings())
        with pytest.raises(NotFound):
            chats.get_thread(thread.id)
        with pytest.raises(NotFound):
            chats.get_chat_history(thread.id)
        assert chats.get_messages(thread.id) == ()
        assert chats.get_tool_calls(thread.id) == ()
        for change in (chats.share, chats.unshare):
            with pytest.raises(NotPermitted):
                change(thread.id)
        with pytest.raises(ZenError):
            chats.send_message(thread.id, "Me too")
        assert thread.id not in {hit.thread_id for hit in chats.search_chats(Search()).hits}


def test_a_manager_reads_the_teams_and_writes_none(desk, house: Company) -> None:
    at: Desk = desk()
    at.ask("Hello")
    assert at.panel.thread
    chats = service_for(house.manager, ModelSettings())
    assert chats.get_chat_history(at.panel.thread.id).messages
    with pytest.raises(NotPermitted):
        chats.rename_thread(at.panel.thread.id, "Mine")


def test_messages_from_before_there_were_alternatives_are_one_line(desk) -> None:
    at: Desk = desk()
    thread = at.service.create_thread(at.scene.execution.id, "review-account")
    for role, text in (
        (Role.USER, "1"),
        (Role.ASSISTANT, "2"),
        (Role.USER, "3"),
        (Role.ASSISTANT, "4"),
        (Role.SYSTEM, "5"),
    ):
        at.service.send_message(thread.id, text, role=role)
    at.panel = at.service.panel(at.scene)
    at.ask("6")
    told = [step.entry.first.block for step in tree.path(at.stored().messages)]
    assert [getattr(block, "text", "") for block in told[:6]] == ["1", "2", "3", "4", "5", "6"]
    assert len(told) == 7


def test_an_export_reads_as_it_was_and_can_do_nothing(desk, server: ModelServer, completions: ModelSettings) -> None:
    server.say(Reply("Fine ![x](https://evil.example/x.png).\n\n```python\nx = 1\n```"), Reply("Short.", cut=3))
    at: Desk = desk(completions)
    at.ask("How <b>are</b> they?")
    at.ask("And then?")
    assert at.panel.thread
    at.service.send_message(at.panel.thread.id, chart_block(parts.usage_chart(full_account())), role=Role.ASSISTANT)
    told = at.service.get_chat_history(at.panel.thread.id)
    text = export.as_markdown(told)
    assert_inert(text.rstrip("\n"))
    for part in ("Acme", "Alice Moreau", "x = 1", "image left out", "Cut:", "Active users", "tokens"):
        assert part in text, part
    stored = json.loads(export.as_json(told))
    assert len(stored["messages"]) == len(told.messages)
    assert {message["content"]["type"] for message in stored["messages"]} == {"text", "code", "chart"}
    assert stored["messages"][1]["model"] == "small"


def test_a_row_that_is_no_block_any_more_is_shown_and_exported_as_it_is(desk) -> None:
    at: Desk = desk()
    at.ask("Hello")
    assert at.panel.thread
    columns = "company_id, thread_id, role, content"
    values = [at.scene.person.company_id, at.panel.thread.id, '{"type": "text", "words": "![x](http://evil.example)"}']
    at.sql.execute(f"insert into workflow_chat_messages ({columns}) values (%s, %s, 'assistant', %s)", values)
    assert isinstance(at.stored().messages[-1].block, Unreadable)
    told = at.service.get_chat_history(at.panel.thread.id)
    assert "evil.example" in export.as_json(told)
    assert_inert(export.as_markdown(told).rstrip("\n"))


def test_thumbs_stay_and_can_be_taken_back(desk) -> None:
    at: Desk = desk()
    at.ask("Hello")
    entry = tree.path(at.panel.messages)[1].entry
    at.panel = at.service.give_feedback(at.panel, entry, -1, "Too \x00long.")
    assert [(given.thumbs, given.comment) for given in at.stored().feedback] == [(-1, "Too long.")]
    at.panel = at.service.give_feedback(at.panel, entry, None)
    assert at.panel.feedback == at.stored().feedback == ()


def test_an_answer_becomes_a_draft_nobody_is_offered_yet(desk, server: ModelServer, completions: ModelSettings) -> None:
    server.say(Reply("Ask {{ nobody }} first [1]."))
    at: Desk = desk(completions)
    at.ask("Whom do I ask?")
    entry = tree.path(at.panel.messages)[1].entry
    draft = at.service.promote_to_branch(at.scene, at.panel, entry)
    assert (draft.type, draft.label, draft.response_text) == (
        BranchType.FIXED,
        "Whom do I ask?",
        "Ask { { nobody }} first.",
    )
    assert at.service.panel(at.scene).branch(draft.id) is None
    with pytest.raises(Conflict):
        at.service.promote_to_branch(at.scene, at.panel, entry)
    with pytest.raises(InvalidInput):
        at.service.promote_to_branch(at.scene, at.panel, tree.path(at.panel.messages)[0].entry)


def test_what_was_said_is_found_and_counted(desk, server: ModelServer, completions: ModelSettings) -> None:
    server.say(Reply("The okapi renews."))
    at: Desk = desk(completions)
    branch = add_branch(at, BranchType.FIXED, response_text="No okapi here.")
    at.ask("What about the okapi?")
    at.panel = at.service.process_fixed_branch(at.scene, at.panel, branch).panel
    assert at.panel.thread
    found = at.service.search_chats(Search(words="okapi"))
    mine = [hit for hit in found.hits if hit.thread_id == at.panel.thread.id]
    assert len(mine) == 3
    assert ("okapi", True) in mine[0].marked()
    only = at.service.search_chats(Search(words="okapi", chosen={"branch_type": ("fixed",)}), most=1)
    assert only.hits[0].branch_type is BranchType.FIXED
    pages = at.service.search_chats(Search(words="okapi"), most=1)
    assert pages.after
    assert at.service.search_chats(Search(words="okapi"), after=pages.after, most=1).hits != pages.hits
    facets = at.service.chat_facets(Search(words="okapi"))
    assert facets.total >= 3
    assert {count.value for count in facets.counts["branch_type"]} >= {"llm", "fixed"}
    assert sum(used.answers for used in at.service.chat_usage(1)) >= 1
    with pytest.raises(InvalidInput):
        at.service.search_chats(Search(chosen={"company": ("x",)}))


def test_the_model_can_be_asked_without_a_conversation(
    server: ModelServer, house: Company, asked: ModelSettings
) -> None:
    server.say(Reply("Yes."))
    heard = service_for(house.csm, asked).call_llm([User("Are you there?")])
    assert (heard.text, heard.usage.input_tokens, heard.failure) == ("Yes.", 120, None)


def test_the_open_conversation_goes_on_and_a_new_one_can_be_begun(desk, house: Company) -> None:
    at: Desk = desk()
    at.ask("Hello")
    again = open_desk(house, ModelSettings(), run=at.scene.execution.id)
    assert again.panel.thread == at.stored().thread
    at.service.complete_chat(at.service.start_chat(at.scene.execution.id, "review-account"))
    assert open_desk(house, ModelSettings(), run=at.scene.execution.id).panel.thread is None
    assert at.service.complete_chat(at.service.start_chat(at.scene.execution.id, "review-account")) is None


def test_a_slide_the_run_does_not_have_has_no_chat(desk) -> None:
    at: Desk = desk()
    with pytest.raises(NotFound):
        at.service.start_chat(at.scene.execution.id, "set-goals")


def test_blocks_of_every_kind_are_drawn_again_from_what_is_stored(desk) -> None:
    at: Desk = desk()
    at.events(Question(text="How has usage developed?"))
    assert any(isinstance(message.block, ChartBlock) for message in at.stored().messages)
    assert not any(isinstance(message.block, CodeBlock | Unreadable) for message in at.stored().messages)
