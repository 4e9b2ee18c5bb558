"""A saved action from a conversation: it waits, then runs once, as whoever approves."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lib.actions.service import ActionService
from lib.chat.conversation import BranchType
from lib.chat.saved_action_runner import SavedActionRunner
from lib.chat.tool_call_approvals import Decision
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.errors import Conflict, InvalidInput, NotPermitted, ZenError
from lib.llm.model_settings import ModelSettings
from tests.chat.chat_harness import ChatHarness, add_branch, get_person, open_chat, waiting_calls
from tests.database.factories import fetch_rows, fetch_value, insert_row
from tests.support.companies import Company, Member
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply

REASON = {"parameters.reason": "They are at a fair."}
SOON = (date.today() + timedelta(days=4)).isoformat()


def runner_of(who: Member) -> SavedActionRunner:
    return SavedActionRunner(ActionService(who.client, get_person(who)))


@pytest.fixture
def at(house: Company) -> ChatHarness:
    return open_chat(house, ModelSettings(), runner=runner_of(house.csm))


@pytest.fixture
def offer(house: Company) -> Callable[..., ToolCallRecord]:
    """Each call presses the button of an action of the company: `offer(at, "snooze")` is the call that waits."""

    def press(at: ChatHarness, kind: str, snooze_days: int | None = None, **values: Any) -> ToolCallRecord:
        words = {"name": f"{kind} {uuid4()}", "created_by": house.manager.id} | values
        action = insert_row(house.sql, "saved_actions", company_id=house.id, kind=kind, **words)
        button: dict[str, Any] = {"branch_key": str(action), "label": words["name"]}
        if snooze_days is not None:
            button["snooze_days"] = snooze_days
        branch = add_branch(at, BranchType.SAVED_ACTION, saved_action_id=action, **button)
        at.service.process_saved_action_branch(at.context, at.panel, branch)
        at.panel = at.stored_panel()
        return waiting_calls(at.panel)[-1]

    return press


def status(at: ChatHarness) -> Any:
    return fetch_value(at.sql, "select status from workflow_executions where id = %s", at.context.execution.id)


def clicks(at: ChatHarness) -> list[dict[str, Any]]:
    return fetch_rows(at.sql, "select * from saved_action_runs where execution_id = %s", at.context.execution.id)


def test_pressing_the_button_only_proposes(at: ChatHarness, offer: Callable[..., ToolCallRecord]) -> None:
    call = offer(at, "snooze")
    assert (status(at), clicks(at)) == ("active", [])
    told = at.service.approvals.build_tool_call_proposal(at.context, at.panel, call)
    asked = {field.key: field.value for field in told.fields}
    assert asked["parameters.reason"] == ""
    assert asked["parameters.until"] == (date.today() + timedelta(weeks=2)).isoformat()
    assert [field.label for field in told.fields if field.key == "parameters.reason"] == ["Why"]


@pytest.mark.parametrize(
    ("days", "due_in", "proposed"), [(3, None, 3), (60, None, 60), (60, 30, 23), (3, 30, 3), (3, 5, 3), (60, -1, 60)]
)
def test_a_branch_snoozes_for_its_own_days_and_no_later_than_a_week_before_the_due_date(
    at: ChatHarness, offer: Callable[..., ToolCallRecord], days: int, due_in: int | None, proposed: int
) -> None:
    due_on = None if due_in is None else date.today() + timedelta(days=due_in)
    at.context = replace(at.context, execution=replace(at.context.execution, due_on=due_on))
    call = offer(at, "snooze", days)
    told = at.service.approvals.build_tool_call_proposal(at.context, at.panel, call)
    asked = {field.key: field.value for field in told.fields}
    assert asked["parameters.until"] == (date.today() + timedelta(days=proposed)).isoformat()


def test_approved_it_runs_once_and_is_on_record(at: ChatHarness, offer: Callable[..., ToolCallRecord]) -> None:
    call = offer(at, "snooze")
    done = at.service.approvals.approve_tool_call(at.context, at.panel, call, edited=REASON)
    assert (done.call.status, status(at)) == (CallStatus.SUCCEEDED, "snoozed")
    (click,) = clicks(at)
    assert (str(click["idempotency_key"]), click["source"], click["actor_id"]) == (call.id, "chat", at.member.id)
    assert click["parameters"]["reason"] == "They are at a fair."
    assert at.last_decision().startswith("Done. Snoozed until")
    assert "can be undone" in at.last_decision()
    with pytest.raises(Conflict, match="already approved"):
        at.service.approvals.approve_tool_call(at.context, at.panel, call, edited=REASON)
    assert len(clicks(at)) == 1
    at.assert_consistent()


def test_denied_it_does_not_run(at: ChatHarness, offer: Callable[..., ToolCallRecord]) -> None:
    at.service.approvals.deny_tool_call(at.panel, offer(at, "skip"), "Not yet.")
    assert (status(at), clicks(at)) == ("active", [])


@pytest.mark.parametrize(
    ("kind", "edited", "ends"),
    [
        ("skip", {}, "skipped"),
        ("escalate", {"parameters.ask": "May we?"}, "escalated"),
        ("snooze", REASON | {"parameters.until": SOON}, "snoozed"),
    ],
)
def test_every_kind_runs_from_a_chat(
    kind: str, edited: dict[str, Any], ends: str, at: ChatHarness, offer: Callable[..., ToolCallRecord], house: Company
) -> None:
    assert house.manager
    call = offer(at, kind)
    done = at.service.approvals.approve_tool_call(at.context, at.panel, call, edited=edited)
    assert (done.call.status, status(at)) == (CallStatus.SUCCEEDED, ends)


def test_a_companys_own_action_runs_its_own_steps(at: ChatHarness, offer: Callable[..., ToolCallRecord]) -> None:
    steps = {"steps": [{"do": "add_note", "body": "{person}: {words}"}]}
    call = offer(at, "custom", parameters=steps)
    with pytest.raises(InvalidInput, match="Write the text"):
        at.service.approvals.approve_tool_call(at.context, at.panel, call)
    at.service.approvals.approve_tool_call(at.context, at.panel, call, edited={"parameters.words": "They wait."})
    customer = at.context.execution.customer_id
    said = "select count(*) from notes where customer_id = %s and body = 'Alice Moreau: They wait.'"
    assert fetch_value(at.sql, said, customer) == 1


@pytest.mark.parametrize(
    ("edited", "said"),
    [
        ({}, "“Why” needs an answer."),
        (REASON | {"parameters.until": "2020-01-01"}, "is in the past"),
        (REASON | {"parameters.until": "soon"}, "cannot be read"),
        (REASON | {"parameters.nothing": 1}, "is not something this asks for"),
        ({"parameters": {"reason": 5}}, "Why"),
        (REASON | {"parameters.until": (date.today() + timedelta(days=80)).isoformat()}, "Snooze past the due date"),
    ],
)
def test_what_cannot_be_used_is_named_and_it_waits_on(
    edited: dict[str, Any], said: str, at: ChatHarness, offer: Callable[..., ToolCallRecord]
) -> None:
    call = offer(at, "snooze")
    with pytest.raises(InvalidInput, match=said):
        at.service.approvals.approve_tool_call(at.context, at.panel, call, edited=edited)
    assert (len(waiting_calls(at.stored_panel())), status(at), clicks(at)) == (1, "active", [])


def test_beyond_the_due_date_it_has_to_be_meant(at: ChatHarness, offer: Callable[..., ToolCallRecord]) -> None:
    call = offer(at, "snooze")
    late = {"parameters.until": (date.today() + timedelta(days=80)).isoformat(), "parameters.beyond_deadline": True}
    at.service.approvals.approve_tool_call(at.context, at.panel, call, edited=REASON | late)
    assert status(at) == "snoozed"


LATE = {"until": (date.today() + timedelta(days=80)).isoformat(), "reason": "They are at a fair."}


def test_what_only_a_person_may_say_is_dropped_from_a_models_arguments(
    house: Company, server: ModelServer, completions: ModelSettings
) -> None:
    at = open_chat(house, completions, runner=runner_of(house.csm))
    snooze = fetch_value(at.sql, "select id from saved_actions where kind = 'snooze' and company_id is null")
    add_branch(at, BranchType.SAVED_ACTION, saved_action_id=snooze, branch_key=str(uuid4()))
    ticked = {"action": "Snooze", "parameters": LATE | {"move_due": True, "beyond_deadline": True}}
    server.script(ScriptedReply(calls=(ScriptedCall("run_saved_action", ticked),)), ScriptedReply("It waits."))
    at.ask("Snooze it for long.")
    offered = str(server.requests[0].body["tools"])
    assert "run_saved_action" in offered
    assert not [name for name in ("move_due", "beyond_deadline") if name in offered]
    panel = at.stored_panel()
    (call,) = waiting_calls(panel)
    assert call.input == {"action": "Snooze", "parameters": LATE}
    with pytest.raises(InvalidInput, match="tick “Snooze past the due date”"):
        at.service.approvals.approve_tool_call(at.context, panel, call)
    assert status(at) == "active"


def test_a_tick_in_a_stored_proposal_is_not_the_persons(at: ChatHarness, offer: Callable[..., ToolCallRecord]) -> None:
    call = offer(at, "snooze", parameters={"move_due": True})
    proposal = at.service.approvals.build_tool_call_proposal(at.context, at.panel, call)
    shown = {field.key: field.value for field in proposal.fields}
    assert (shown["parameters.move_due"], shown["parameters.beyond_deadline"]) == (False, False)
    at.service.approvals.approve_tool_call(at.context, at.panel, call, edited=REASON)
    (click,) = clicks(at)
    assert click["parameters"]["move_due"] is False


def test_ten_at_once_approve_and_it_runs_once(at: ChatHarness, offer: Callable[..., ToolCallRecord]) -> None:
    call, panel = offer(at, "snooze"), at.panel

    def approve(_: int) -> Decision | ZenError:
        try:
            return at.service.approvals.approve_tool_call(at.context, panel, call, edited=REASON)
        except ZenError as error:
            return error

    with ThreadPoolExecutor(10) as threads:
        came = list(threads.map(approve, range(10)))
    assert sum(isinstance(each, Decision) for each in came) == 1
    assert all(isinstance(each, Decision | Conflict) for each in came)
    assert len(clicks(at)) == 1


def test_when_the_world_has_moved_on_it_fails_in_words(at: ChatHarness, offer: Callable[..., ToolCallRecord]) -> None:
    call = offer(at, "snooze")
    other = offer(at, "skip")
    at.service.approvals.approve_tool_call(at.context, at.panel, other)
    done = at.service.approvals.approve_tool_call(at.context, at.panel, call, edited=REASON)
    assert done.call.status is CallStatus.FAILED
    assert "Not done: " in at.last_decision()
    assert status(at) == "skipped"


def test_an_action_archived_while_it_waited_is_not_run(at: ChatHarness, offer: Callable[..., ToolCallRecord]) -> None:
    call = offer(at, "skip")
    at.sql.execute("update saved_actions set archived_at = now() where name = %s", [call.arguments["action"]])
    done = at.service.approvals.approve_tool_call(at.context, at.panel, call)
    assert done.call.status is CallStatus.FAILED
    assert "no longer offered" in at.last_decision()
    assert (status(at), clicks(at)) == ("active", [])


def test_a_model_proposes_an_action_with_parameters_it_was_told_about(
    house: Company, server: ModelServer, completions: ModelSettings, offer: Callable[..., ToolCallRecord]
) -> None:
    at = open_chat(house, completions, runner=runner_of(house.csm))
    name = offer(at, "escalate").arguments["action"]
    given = {"to": house.manager.full_name.upper(), "severity": "high", "ask": "May we?"}
    server.script(
        ScriptedReply(calls=(ScriptedCall("run_saved_action", {"action": name, "parameters": given}),)),
        ScriptedReply("It waits."),
    )
    at.ask("Escalate it.")
    tools = {tool["function"]["name"]: tool["function"]["description"] for tool in server.requests[-1].body["tools"]}
    assert "severity (choice, one of critical, high, medium, low, needed)" in tools["run_saved_action"]
    call = waiting_calls(at.stored_panel())[-1]
    at.service.approvals.approve_tool_call(at.context, at.stored_panel(), call)
    assert status(at) == "escalated"
    assert clicks(at)[0]["parameters"]["to"] == str(house.manager.id)


def test_an_action_marked_so_takes_a_leader_who_acts_as_themselves(
    at: ChatHarness, house: Company, offer: Callable[..., ToolCallRecord]
) -> None:
    call = offer(at, "snooze", needs_leader=True)
    assert call.needs_leader
    with pytest.raises(NotPermitted, match="needs approval from a manager or admin"):
        at.service.approvals.approve_tool_call(at.context, at.panel, call, edited=REASON)
    assert (status(at), len(waiting_calls(at.stored_panel()))) == ("active", 1)
    here = {"run": at.context.execution.id, "runner": runner_of(house.manager)}
    leader = open_chat(house, ModelSettings(), member=house.manager, **here)
    assert at.panel.thread
    panel = leader.service.load_chat_panel(leader.context, at.panel.thread.id)
    done = leader.service.approvals.approve_tool_call(leader.context, panel, waiting_calls(panel)[0], edited=REASON)
    assert (done.call.status, status(at)) == (CallStatus.SUCCEEDED, "snoozed")
    assert clicks(at)[0]["actor_id"] == house.manager.id
    assert at.last_decision().startswith(f"{house.manager.full_name}, manager: Done. Snoozed until")
    at.assert_consistent()


def test_a_leader_denies_and_that_is_said_to_the_holder(
    at: ChatHarness, house: Company, offer: Callable[..., ToolCallRecord]
) -> None:
    offer(at, "snooze", needs_leader=True)
    leader = open_chat(house, ModelSettings(), member=house.admin, run=at.context.execution.id)
    assert at.panel.thread
    panel = leader.service.load_chat_panel(leader.context, at.panel.thread.id)
    leader.service.approvals.deny_tool_call(panel, waiting_calls(panel)[0], "Call them first.")
    assert at.last_decision() == f"{house.admin.full_name}, admin: Cancelled. Call them first."
    assert status(at) == "active"
