"""An act a model says was done is marked unless a call or a record shows it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lib.chat.claims.act_claims import find_act_claims, mark_act_claims
from lib.chat.claims.known_facts import GivenFact
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.content.block_text import block_to_shown_text
from lib.content.model import ClaimKind, Code, Text
from lib.llm.model_settings import ModelSettings
from tests.chat.chat_harness import ChatHarness, waiting_calls
from tests.injections.corpus import read_goals, read_traps
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply

SNOOZED = ToolCallRecord(
    id="c",
    thread_id="t",
    tool="run_saved_action",
    input={"action": "Snooze"},
    output={"text": "Snoozed until 12 January."},
    status=CallStatus.SUCCEEDED,
    created_at=datetime(2026, 11, 30, tzinfo=UTC),
)


def marked(text: str, *calls: ToolCallRecord, facts: tuple[GivenFact, ...] = ()) -> list[str]:
    (block,) = mark_act_claims([Text(markdown=text)], calls, facts)
    assert isinstance(block, Text)
    return [claim.said for claim in block.unknown_claims if claim.kind is ClaimKind.ACT]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I approved it myself.", "I approved it myself"),
        ("They use it daily. I have escalated this to the board.", "I have escalated this to the board"),
        ("The quote has been sent.", "The quote has been sent"),
        ("I've already **snoozed** the run.", "I've already snoozed the run"),
        ("The run has now been skipped. Anything else?", "The run has now been skipped"),
        ("Done. What is next?", "Done"),
        ("Approved.", "Approved"),
        ("I just emailed Ines.", "I just emailed Ines"),
        ("This is now approved.", "This is now approved"),
        ("Ich habe den Lauf eskaliert.", "Ich habe den Lauf eskaliert"),
        ("J'ai envoyé le devis.", "J'ai envoyé"),
    ],
)
def test_an_act_without_a_row_is_marked(text: str, said: str) -> None:
    assert marked(text) == [said]


@pytest.mark.parametrize(
    "text",
    [
        "Shall I escalate this?",
        "I suggest to send the quote; it waits for your approval.",
        "I have not sent the quote.",
        "Once I have sent the quote, they decide.",
        "When the quote has been sent, call Ines.",
        "Ines wrote: “I have approved the budget.”",
        "They escalated the ticket twice in May.",
        "Ines approved the budget, and the board signed.",
        "Hi Ines,\n\nI have sent you the figures.",
        "I can call them tomorrow.",
        "The contract is signed by Ines.",
    ],
)
def test_what_is_proposed_quoted_or_done_by_others_is_not_marked(text: str) -> None:
    assert marked(text) == []


def test_a_call_that_succeeded_shows_its_act_and_no_other() -> None:
    assert marked("I have snoozed this run. It has been approved.", SNOOZED) == []
    assert marked("I have escalated this run.", SNOOZED) == ["I have escalated this run"]
    assert marked("I approved it myself.", SNOOZED) == ["I approved it myself"]
    for status in set(CallStatus) - {CallStatus.SUCCEEDED}:
        assert marked("I have snoozed this.", replace(SNOOZED, status=status)) == ["I have snoozed this"]
    assert marked("I have snoozed this.", replace(SNOOZED, is_authentic=False)) == ["I have snoozed this"]


def test_a_record_shows_what_others_did_outside_of_zen_alone() -> None:
    facts = (GivenFact(label="note", text="We sent the quote on Monday, escalated the run and snoozed it."),)
    assert marked("The quote has been sent.", facts=facts) == []
    assert marked("I have sent the quote.", facts=facts) == ["I have sent the quote"]
    assert marked("The run has been escalated.", facts=facts) == ["The run has been escalated"]


@pytest.mark.parametrize(("part", "claims"), [("I sent it.\n", 9091), ("I sent it. ", 9091), ("when the ", 0)])
def test_a_long_answer_is_read_to_its_end(part: str, claims: int) -> None:
    """Not in the square of its length: that takes minutes."""
    assert len(list(find_act_claims((part * 20_000)[:100_000]))) == claims


def test_letters_in_code_are_a_persons() -> None:
    letter = Code(code="I have sent you the figures.")
    assert mark_act_claims([letter], ()) == (letter,)


def test_every_act_an_injection_wants_claimed_is_found_and_harmless_texts_claim_none() -> None:
    goals = [goal for goal in read_goals() if goal.claims]
    assert len(goals) >= 6
    for goal in goals:
        assert [claim.text for claim in find_act_claims(goal.says)] == list(goal.claims)
    assert not [trap.id for trap in read_traps() if list(find_act_claims(trap.text))]


def test_the_mark_is_stored_and_goes_once_the_act_is_approved(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    save = ScriptedCall("save_answer", {"field": "stands_out", "value": "Usage fell by half."})
    server.script(ScriptedReply(calls=(save,)), ScriptedReply("I have saved the answer."))
    at: ChatHarness = new_chat(completions)
    at.ask("Put down what stands out.")
    stored = at.stored_panel()
    shown = block_to_shown_text(at.stored_steps()[-1][-1].block)
    assert "I have saved the answer: nothing on record shows that this was done" in shown
    at.service.approvals.approve_tool_call(at.context, stored, waiting_calls(stored)[0])
    at.panel = at.stored_panel()
    server.script(ScriptedReply("I have saved the answer."))
    at.ask("And now?")
    assert "nothing on record" not in block_to_shown_text(at.stored_steps()[-1][-1].block)
