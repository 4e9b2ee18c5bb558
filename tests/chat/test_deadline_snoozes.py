"""One click on Approve never snoozes past the notice deadline, however a model writes its proposal."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lib.chat.conversation import BranchType
from lib.errors import ZenError
from lib.llm.model_settings import ModelSettings
from tests.chat.chat_harness import ChatHarness, add_branch, open_chat, waiting_calls
from tests.chat.test_saved_action_approval import runner_of
from tests.database.factories import fetch_rows, fetch_value
from tests.support.companies import Company
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply

# The run's notice deadline is in fifty days.
LATE = (date.today() + timedelta(days=80)).isoformat()
FAR = {"until": LATE, "reason": "They are at a fair."}
TICKS = {"move_due": True, "beyond_deadline": True}


@pytest.fixture
def at(house: Company, completions: ModelSettings) -> ChatHarness:
    chat = open_chat(house, completions, runner=runner_of(house.csm))
    snooze = fetch_value(chat.sql, "select id from saved_actions where kind = 'snooze' and company_id is null")
    add_branch(chat, BranchType.SAVED_ACTION, saved_action_id=snooze, branch_key=str(uuid4()))
    return chat


@pytest.mark.parametrize(
    "arguments",
    [
        {"action": "Snooze", "parameters": FAR | TICKS},
        {"action": "Snooze", "parameters": FAR | {"beyond_deadline": "true"}},
        {"action": "Snooze", "parameters": FAR | {"beyond_deadline": 1, "move_due": 1}},
        {"action": "Snooze", "parameters": FAR | {"Beyond_Deadline": True, "beyond_deadline ": True}},
        {"action": "Snooze", "parameters": FAR | {"parameters": TICKS}},
        {"action": "Snooze", "parameters": FAR | {"parameters.beyond_deadline": True}},
        {"action": "Snooze", "parameters": FAR, **TICKS},
        {"action": "Snooze", "parameters": FAR, "parameters.beyond_deadline": True},
        {"action": "Snooze", "parameters": FAR, "confirmed": True, "key": "beyond_deadline"},
        {"action": " snooze ", "parameters": FAR | TICKS},
        {"action": "Snooze", "parameters": {"reason": "Later.", "until": LATE + "T00:00:00Z"} | TICKS},
        {"action": "Snooze", "parameters": {"reason": "Later.", "until": {"on": LATE} | TICKS}},
        {"action": "Snooze", "parameters": {"reason": "Later.", "signal": {"kind": "ticket_solved"}, **TICKS}},
        {"action": "Snooze", "parameters": {"reason": "Later.", "until": "2999-12-31"} | TICKS},
    ],
)
def test_a_click_on_approve_is_no_tick(arguments: dict[str, Any], at: ChatHarness, server: ModelServer) -> None:
    server.script(ScriptedReply(calls=(ScriptedCall("run_saved_action", arguments),)), ScriptedReply("It waits."))
    at.ask("Snooze it for long.")
    panel = at.stored_panel()
    for call in waiting_calls(panel):
        assert not set(TICKS) & {key for key, value in call.input.get("parameters", {}).items() if value is True}
        try:
            at.service.approvals.approve_tool_call(at.context, panel, call)
        except ZenError:
            assert status(at) == "active"
    assert_back_before_the_deadline(at)


def test_whoever_ticks_it_themselves_snoozes_past_it(at: ChatHarness, server: ModelServer) -> None:
    asked = {"action": "Snooze", "parameters": FAR}
    server.script(ScriptedReply(calls=(ScriptedCall("run_saved_action", asked),)), ScriptedReply("It waits."))
    at.ask("Snooze it for long.")
    panel = at.stored_panel()
    (call,) = waiting_calls(panel)
    at.service.approvals.approve_tool_call(at.context, panel, call, edited={"parameters.beyond_deadline": True})
    assert status(at) == "snoozed"


def status(at: ChatHarness) -> Any:
    return fetch_value(at.sql, "select status from workflow_executions where id = %s", at.context.execution.id)


def assert_back_before_the_deadline(at: ChatHarness) -> None:
    """The run is active, or its snooze ends by the notice deadline at the latest."""
    snoozes = fetch_rows(at.sql, "select * from workflow_snoozes where execution_id = %s", at.context.execution.id)
    deadline = date.today() + timedelta(days=51)  # a day for the zone
    for snooze in snoozes:
        ends = snooze["until_at"]
        assert ends is not None
        assert ends.date() <= deadline, snooze
