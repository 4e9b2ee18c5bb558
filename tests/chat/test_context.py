"""What a model is given: built in one place, fenced, capped, stored as sent."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lib.accounts.model import Account, Note
from lib.auth.model import Role
from lib.chat import context, tree
from lib.chat.facts import changes, facts_of
from lib.chat.model import Question
from lib.chat.provenance import tokens_of
from lib.llm.messages import System, User
from lib.settings import ModelSettings
from lib.slides.words import visible
from tests.chat.desk import Desk
from tests.support.accounts import TODAY, bare_account, full_account, nasty_account
from tests.support.model_server import Call, ModelServer, Reply


def told(desk: Any, account: Account) -> context.Context:
    at = desk()
    return context.build(replace(at.scene, account=account), Question(text="So?"), ())


@pytest.mark.parametrize("account", [full_account(), bare_account(), nasty_account()], ids=["full", "bare", "nasty"])
def test_it_is_capped_visible_and_in_three_parts(desk, account: Account) -> None:
    made = told(desk, account)
    instructions, data, question = made.messages
    assert isinstance(instructions, System)
    assert isinstance(data, User)
    assert question == User("So?")
    assert len(data.text) < context.LONGEST_DATA * 1.5
    assert visible(data.text) == data.text
    assert account.customer.name[:20] not in instructions.text


def test_what_is_too_long_is_left_out_and_said_to_be(desk) -> None:
    notes = tuple(
        Note(id=f"n{place}", kind="call", body="x" * 900, author_name="Zoë", happened_on=TODAY) for place in range(90)
    )
    at = desk()
    answers = {"stands_out": "y" * 30_000, **{f"k{place}": "z" * 900 for place in range(60)}}
    scene = replace(at.scene, account=replace(full_account(), notes=notes), answers=answers)
    data = context.data_of(scene)
    assert len(json.dumps(data, ensure_ascii=False)) <= context.LONGEST_DATA
    assert data["answers on this slide"] == "left out: too long"
    assert data["account"]["customer"] == "Obsidian Black"


def test_the_fence_is_another_one_each_time(desk) -> None:
    at = desk()
    fences = {context.build(at.scene, Question(text="So?"), ()).data["fence"] for _ in range(20)}
    assert len(fences) == 20


@pytest.mark.parametrize("role", list(Role))
def test_it_knows_whom_it_helps(desk, role: Role) -> None:
    at = desk()
    scene = replace(at.scene, person=replace(at.scene.person, role=role))
    assert context.ROLES[role] in context.build(scene, Question(text="So?"), ()).system_prompt


def test_answers_so_far_are_in_it(desk) -> None:
    at = desk()
    scene = replace(at.scene, answers={"stands_out": "Usage fell."})
    assert context.data_of(scene)["answers on this slide"]["stands_out"] == "Usage fell."


def test_it_is_stored_as_it_was_sent_and_shown_later(desk, server: ModelServer, asked: ModelSettings) -> None:
    server.say(Reply(calls=(Call("list_contacts"),)), Reply("Ines."))
    at: Desk = desk(asked)
    at.ask("Who?")
    panel = at.stored()
    behind = at.service.provenance(at.scene, panel, tree.path(panel.messages)[1].entry)
    sent = json.dumps(server.requests[0].body, ensure_ascii=False)
    assert behind.context
    assert json.dumps(behind.context.system_prompt, ensure_ascii=False)[1:-1] in sent
    assert behind.sent
    assert json.dumps(behind.sent, ensure_ascii=False)[1:-1] in sent
    assert {tool["name"] for tool in behind.context.tools} >= {"list_contacts", "save_answer"}
    assert [call.tool for call in behind.calls] == ["list_contacts"]
    assert behind.calls[0].duration_ms is not None
    assert behind.changed == ()
    assert "small" in behind.line
    assert "270 + 60" not in behind.line
    assert tokens_of(behind.message) == "240 + 60 tokens"


def test_what_changed_since_is_named(desk) -> None:
    at: Desk = desk()
    at.ask("How healthy are they?")
    account = at.scene.account
    assert account.contract
    later = replace(account, contacts=(), contract=replace(account.contract, seats=7))
    panel = at.stored()
    behind = at.service.provenance(replace(at.scene, account=later), panel, tree.path(panel.messages)[1].entry)
    assert behind.changed
    named = {change.fact: (change.then, change.now) for change in behind.changed}
    assert named["seats bought"] == ("100", "7")
    assert named["contact Ines Ortega"][1] is None
    assert len(named) == 2


def test_facts_do_not_change_by_waiting() -> None:
    account = full_account()
    tomorrow = replace(account, today=account.today.replace(day=account.today.day + 1))
    assert changes(facts_of(account), facts_of(tomorrow)) == ()
