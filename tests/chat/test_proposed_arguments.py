"""What a model proposes in names, and what could never run: it is refused before it waits."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lib.chat.conversation import BranchType
from lib.llm.model_settings import ModelSettings
from tests.chat.chat_harness import ChatHarness, add_branch, open_chat, waiting_calls
from tests.chat.test_saved_action_approval import runner_of
from tests.database.factories import fetch_value
from tests.support.companies import Company
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply


@pytest.fixture
def at(house: Company, completions: ModelSettings) -> ChatHarness:
    at = open_chat(house, completions, runner=runner_of(house.csm))
    for name in ("Escalate", "Snooze"):
        action = fetch_value(at.sql, "select id from saved_actions where name = %s and company_id is null", name)
        add_branch(at, BranchType.SAVED_ACTION, label=name, saved_action_id=action, branch_key=str(uuid4()))
    return at


def propose(at: ChatHarness, server: ModelServer, action: str, parameters: dict[str, Any]) -> None:
    call = ScriptedCall("run_saved_action", {"action": action, "parameters": parameters})
    server.script(ScriptedReply(calls=(call,)), ScriptedReply("So it is."))
    at.ask("Please do it.")


def test_a_colleague_is_named_and_waits_as_that_person(at: ChatHarness, server: ModelServer, house: Company) -> None:
    propose(at, server, "Escalate", {"to": house.manager.full_name.upper(), "ask": "May we?"})
    (call,) = waiting_calls(at.stored_panel())
    assert call.arguments["parameters"] == {"to": str(house.manager.id), "ask": "May we?"}
    told = at.service.approvals.build_tool_call_proposal(at.context, at.panel, call)
    (to,) = [field for field in told.fields if field.key == "parameters.to"]
    assert to.form_field
    assert {option.value: option.label for option in to.form_field.options}[to.value] == house.manager.full_name


def test_somebody_of_another_company_is_refused_before_it_waits(
    at: ChatHarness, server: ModelServer, strangers: Company
) -> None:
    for stranger in (str(strangers.csm.id), "Somebody Unknown"):
        propose(at, server, "Escalate", {"to": stranger, "ask": "May we?"})
        assert not waiting_calls(at.stored_panel())
        refused = at.stored_panel().tool_calls[-1]
        assert "is none of the choices" in str(refused.error)
        assert "Nothing waits for approval." in str(refused.error)


@pytest.mark.parametrize("days", [-1, 0])
def test_a_day_that_is_over_is_refused_before_it_waits(at: ChatHarness, server: ModelServer, days: int) -> None:
    until = (date.today() + timedelta(days=days)).isoformat()
    propose(at, server, "Snooze", {"until": until, "reason": "They are at a fair."})
    assert not waiting_calls(at.stored_panel())
    assert "Choose" in str(at.stored_panel().tool_calls[-1].error)


def test_what_is_missing_waits_for_a_person_to_add_it(at: ChatHarness, server: ModelServer) -> None:
    propose(at, server, "Snooze", {"until": "in 2 weeks"})
    (call,) = waiting_calls(at.stored_panel())
    assert call.arguments["parameters"] == {"until": (date.today() + timedelta(weeks=2)).isoformat()}
