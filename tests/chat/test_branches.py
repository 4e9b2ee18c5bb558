"""The four kinds of branch, and what is suggested next."""

from dataclasses import replace

import pytest

from lib.chat import message_tree
from lib.chat.answer_provenance import format_message_source
from lib.chat.conversation import BranchType, MessageStatus, Question
from lib.chat.rag_answer import NOTHING_FOUND
from lib.chat.suggested_questions import build_suggested_question
from lib.content.model import Text
from lib.errors import InvalidInput
from lib.llm.model_settings import ModelSettings
from tests.chat.chat_harness import ChatHarness, add_branch
from tests.support.model_server import ModelServer, ScriptedRefusal, ScriptedReply
from tests.support.requests import record_requests


def test_a_fixed_answer_is_filled_in_and_asks_nobody(new_chat, server: ModelServer, completions: ModelSettings) -> None:
    at: ChatHarness = new_chat(completions)
    words = {"response_text": "{{ customer.name }} renews on {{ contract.renewal_date }}.", "label": "When?"}
    branch = add_branch(at, BranchType.FIXED, **words)
    with record_requests() as sent:
        ended = at.service.process_fixed_branch(at.context, at.panel, branch)
    assert len(sent) == 2
    assert not server.requests
    at.panel = ended.panel
    question, answer = at.stored_steps()
    assert question[0].branch_id == branch.id
    assert at.last_answer_text().startswith("Acme renews on ")
    assert (answer[0].branch_type, answer[0].model) == (BranchType.FIXED, None)
    assert format_message_source(answer[0]) == "Written answer"
    at.assert_consistent()


def test_a_fixed_answer_that_cannot_be_filled_in_stands_as_it_was_written(new_chat) -> None:
    at: ChatHarness = new_chat()
    branch = add_branch(at, BranchType.FIXED, response_text="Ask {{ customer.zodiac }} first.")
    at.panel = at.service.process_fixed_branch(at.context, at.panel, branch).panel
    assert "customer.zodiac" in at.last_answer_text()


def test_an_llm_branch_asks_with_its_own_prompt(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    at: ChatHarness = new_chat(asked)
    branch = add_branch(
        at, BranchType.LLM, prompt="Weigh the renewal of {{ customer.name }}.", label="What do you think?"
    )
    at.panel = at.service.process_llm_branch(at.context, at.panel, branch).panel
    assert "Weigh the renewal of Acme." in str(server.requests[0].body)
    assert at.stored_steps()[0][0].block == Text(markdown="What do you think?")


def test_an_llm_branch_without_a_model_is_answered_by_rules(new_chat) -> None:
    at: ChatHarness = new_chat()
    branch = add_branch(at, BranchType.LLM, prompt="How healthy are they, and how is usage?")
    at.panel = at.service.process_llm_branch(at.context, at.panel, branch).panel
    assert {row.model for row in at.stored_steps()[1]} == {"rules"}


def test_a_rag_branch_quotes_the_records_without_a_model(new_chat) -> None:
    at: ChatHarness = new_chat()
    branch = add_branch(at, BranchType.RAG, prompt="What did Ines want before March?")
    at.panel = at.service.process_rag_branch(at.context, at.panel, branch).panel
    (row,) = at.stored_steps()[1]
    assert isinstance(row.block, Text)
    assert row.block.markdown.startswith("Ines wants the audit log before March. [1]")
    assert row.block.citations[0].source == "note"
    assert format_message_source(row) == "From the records"


def test_a_rag_branch_lets_a_model_word_it_and_checks_it(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(ScriptedReply("Ines needs the audit log by March [S1]. Everybody is happy."))
    at: ChatHarness = new_chat(asked)
    branch = add_branch(at, BranchType.RAG, prompt="What did Ines want before March?")
    at.panel = at.service.process_rag_branch(at.context, at.panel, branch).panel
    assert at.last_answer_text() == "Ines needs the audit log by March. [1]"
    row = at.stored_steps()[1][0]
    assert (row.model, row.input_tokens, row.branch_type) == ("small", 120, BranchType.RAG)
    assert row.context_id


def test_a_rag_branch_says_when_there_is_nothing(new_chat, server: ModelServer, completions: ModelSettings) -> None:
    at: ChatHarness = new_chat(completions)
    branch = add_branch(at, BranchType.RAG, prompt="Zebras, quagga?", label="Giraffes?")
    at.panel = at.service.process_rag_branch(at.context, at.panel, branch).panel
    assert at.last_answer_text() == f"{NOTHING_FOUND} I searched the contract, 1 note and 1 ticket."
    assert not server.requests


def test_a_rag_branch_falls_back_on_the_records_own_words(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    server.script(ScriptedRefusal(401))
    at: ChatHarness = new_chat(completions)
    branch = add_branch(at, BranchType.RAG, prompt="What did Ines want before March?")
    ended = at.service.process_rag_branch(at.context, at.panel, branch)
    at.panel = ended.panel
    assert ended.status is MessageStatus.COMPLETE
    assert "The model gave no answer" in at.last_answer_text()
    assert "Ines wants the audit log before March. [1]" in at.last_answer_text()


def test_a_model_that_never_ends_is_hung_up_on(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(ScriptedReply("Ines wants the audit log [S1]. " * 20_000, pieces=200, stall=190))
    at: ChatHarness = new_chat(asked)
    branch = add_branch(at, BranchType.RAG, prompt="What did Ines want before March?")
    at.panel = at.service.process_rag_branch(at.context, at.panel, branch).panel
    assert at.last_answer_text() == "Ines wants the audit log. [1]"


def test_a_branch_of_another_kind_is_refused(new_chat) -> None:
    at: ChatHarness = new_chat()
    branch = add_branch(at, BranchType.FIXED, response_text="A.")
    with pytest.raises(InvalidInput):
        at.service.process_rag_branch(at.context, at.panel, branch)


def test_asking_again_asks_the_same_branch(new_chat) -> None:
    at: ChatHarness = new_chat()
    branch = add_branch(at, BranchType.FIXED, response_text="A.")
    at.panel = at.service.process_fixed_branch(at.context, at.panel, branch).panel
    at.collect_events(message_tree.build_repeated_question(at.stored_panel().messages[0]))
    answers = [
        entry
        for entry in message_tree.group_messages_into_entries(at.stored_panel().messages)
        if not entry.is_person_message
    ]
    assert [entry.first.branch_type for entry in answers] == [BranchType.FIXED, BranchType.FIXED]


def test_suggestions_lead_on_and_leave_out_what_was_asked(new_chat) -> None:
    at: ChatHarness = new_chat()
    first = add_branch(
        at, BranchType.FIXED, response_text="A.", label="First", branch_key="f", next_branch_key="s", position=901
    )
    third = add_branch(at, BranchType.FIXED, response_text="C.", label="Third", branch_key="t", position=902)
    second = add_branch(at, BranchType.FIXED, response_text="B.", label="Second", branch_key="s", position=903)
    mine = {first.id, second.id, third.id}
    at.panel = replace(at.panel, branches=tuple(branch for branch in at.panel.branches if branch.id in mine))
    begin = at.service.get_suggested_responses(at.context, at.panel)
    assert [suggestion.label for suggestion in begin] == ["First", "Third", "Second"]
    at.collect_events(build_suggested_question(begin[0], None))
    then = at.service.get_suggested_responses(at.context, at.panel)
    assert next(suggestion.label for suggestion in then if suggestion.is_follow_up) == "Second"
    assert sum(suggestion.is_follow_up for suggestion in then) == 3
    assert [suggestion.label for suggestion in then if not suggestion.is_follow_up] == ["Third"]


def test_nothing_is_suggested_that_was_asked_in_other_words_or_is_shown_already(new_chat) -> None:
    at: ChatHarness = new_chat()
    branch = add_branch(at, BranchType.FIXED, response_text="A.", label="What is  new?")
    at.panel = replace(at.panel, branches=(branch,))
    at.ask("Which tickets are open?")
    offered = at.service.get_suggested_responses(at.context, at.panel)
    assert offered[0].branch == branch
    assert "Which support tickets are open?" not in [suggestion.text for suggestion in offered]
    at.ask("what is new?")
    assert all(each.branch is None for each in at.service.get_suggested_responses(at.context, at.panel))


def test_every_follow_up_the_account_raises_is_answered_without_a_model(new_chat) -> None:
    at: ChatHarness = new_chat()
    at.panel = replace(at.panel, branches=())
    at.ask("Hello")
    raised = [each for each in at.service.get_suggested_responses(at.context, at.panel) if each.branch is None]
    assert raised
    for suggestion in raised:
        at.collect_events(build_suggested_question(suggestion, message_tree.find_last_message_id(at.panel.messages)))
        assert "did not understand" not in at.last_answer_text()
        assert at.stored_panel().tool_calls


def test_suggestions_cost_no_request(new_chat) -> None:
    at: ChatHarness = new_chat()
    with record_requests() as sent:
        at.service.get_suggested_responses(at.context, at.panel)
    assert sent == []


def test_a_question_may_be_in_any_language_and_hold_any_sign(new_chat) -> None:
    at: ChatHarness = new_chat()
    at.collect_events(Question(text="Wie steht’s? 株式会社 \u202eabc\u202c \x00 <b>"))
    (row,) = at.stored_steps()[0]
    assert row.block == Text(markdown="Wie steht’s? 株式会社 abc  <b>")
