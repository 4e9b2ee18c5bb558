"""What a model is given: built in one place, fenced, capped, stored as sent."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lib.auth.model import Role
from lib.chat import message_tree, prompt
from lib.chat.account_facts import diff_account_facts, list_account_facts
from lib.chat.answer_provenance import format_token_counts
from lib.chat.conversation import Question
from lib.customers.model import Account, Note
from lib.llm.messages import SystemMessage, UserMessage
from lib.llm.model_settings import ModelSettings
from lib.text.truncate import strip_invisible
from tests.chat.chat_harness import ChatHarness
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply
from tests.support.sample_accounts import TODAY, bare_account, full_account, nasty_account


def told(new_chat: Any, account: Account) -> prompt.Prompt:
    at = new_chat()
    return prompt.build_model_prompt(replace(at.context, account=account), Question(text="So?"), ())


@pytest.mark.parametrize("account", [full_account(), bare_account(), nasty_account()], ids=["full", "bare", "nasty"])
def test_it_is_capped_visible_and_in_three_parts(new_chat, account: Account) -> None:
    made = told(new_chat, account)
    instructions, data, question = made.messages
    assert isinstance(instructions, SystemMessage)
    assert isinstance(data, UserMessage)
    assert question == UserMessage("So?")
    assert len(data.text) < prompt.MAX_DATA_LENGTH * 1.5
    assert strip_invisible(data.text) == data.text
    assert account.customer.name[:20] not in instructions.text


def test_what_is_too_long_is_left_out_and_said_to_be(new_chat) -> None:
    notes = tuple(
        Note(id=f"n{place}", kind="call", body="x" * 900, author_name="Zoë", happened_on=TODAY) for place in range(90)
    )
    at = new_chat()
    answers = {"stands_out": "y" * 30_000, **{f"k{place}": "z" * 900 for place in range(60)}}
    context = replace(at.context, account=replace(full_account(), notes=notes), answers=answers)
    data = prompt.collect_prompt_data(context)
    assert len(json.dumps(data, ensure_ascii=False)) <= prompt.MAX_DATA_LENGTH
    assert data["answers on this slide"] == "left out: too long"
    assert data["account"]["customer"] == "Obsidian Black"


def test_the_fence_is_another_one_each_time(new_chat) -> None:
    at = new_chat()
    fences = {prompt.build_model_prompt(at.context, Question(text="So?"), ()).data["fence"] for _ in range(20)}
    assert len(fences) == 20


@pytest.mark.parametrize("role", list(Role))
def test_it_knows_whom_it_helps(new_chat, role: Role) -> None:
    at = new_chat()
    context = replace(at.context, person=replace(at.context.person, role=role))
    assert prompt.ROLE_DESCRIPTIONS[role] in prompt.build_model_prompt(context, Question(text="So?"), ()).system_prompt


def test_answers_so_far_are_in_it(new_chat) -> None:
    at = new_chat()
    context = replace(at.context, answers={"stands_out": "Usage fell."})
    assert prompt.collect_prompt_data(context)["answers on this slide"]["stands_out"] == "Usage fell."


def test_it_is_stored_as_it_was_sent_and_shown_later(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(ScriptedReply(calls=(ScriptedCall("list_contacts"),)), ScriptedReply("Ines."))
    at: ChatHarness = new_chat(asked)
    at.ask("Who?")
    panel = at.stored_panel()
    behind = at.service.load_provenance(at.context, panel, message_tree.build_message_path(panel.messages)[1].entry)
    sent = json.dumps(server.requests[0].body, ensure_ascii=False)
    assert behind.context
    assert json.dumps(behind.context.system_prompt, ensure_ascii=False)[1:-1] in sent
    assert all(json.dumps(message.text, ensure_ascii=False)[1:-1] in sent for message in behind.messages)
    assert {tool["name"] for tool in behind.context.tools} >= {"list_contacts", "save_answer"}
    assert [call.tool for call in behind.calls] == ["list_contacts"]
    assert behind.calls[0].duration_ms is not None
    assert behind.changed_facts == ()
    assert "small" in behind.source_line
    assert "270 + 60" not in behind.source_line
    assert format_token_counts(behind.message) == "240 + 60 tokens"


def test_what_changed_since_is_named(new_chat) -> None:
    at: ChatHarness = new_chat()
    at.ask("How healthy are they?")
    account = at.context.account
    assert account.contract
    later = replace(account, contacts=(), contract=replace(account.contract, seats=7))
    panel = at.stored_panel()
    behind = at.service.load_provenance(
        replace(at.context, account=later), panel, message_tree.build_message_path(panel.messages)[1].entry
    )
    assert behind.changed_facts
    named = {change.fact: (change.old, change.new) for change in behind.changed_facts}
    assert named["seats bought"] == ("100", "7")
    assert named["contact Ines Ortega"][1] is None
    assert len(named) == 2


def test_facts_do_not_change_by_waiting() -> None:
    account = full_account()
    tomorrow = replace(account, today=account.today.replace(day=account.today.day + 1))
    assert diff_account_facts(list_account_facts(account), list_account_facts(tomorrow)) == ()
