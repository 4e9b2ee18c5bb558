"""What changes something waits for the person, as a row; approved it happens once, however many try."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from lib.chat.conversation import BranchType, OfferedAction, Question
from lib.chat.saved_action_runner import SavedActionRunner
from lib.chat.tool_call_approvals import Decision, is_tool_call_interrupted
from lib.chat.tool_call_decisions import format_decision
from lib.chat.tool_call_record import CallStatus
from lib.chat.tools import build_chat_tools
from lib.chat.tools.side_effect_tools import SaveAnswer
from lib.customers.company_codes_and_limits import CompanyRules
from lib.errors import Conflict, InvalidInput, ZenError
from lib.executions.model import Execution
from lib.forms.model import Field
from lib.llm.events import ApprovalRequested
from lib.llm.model_settings import ModelSettings
from lib.llm.tools import validate_tool_arguments
from tests.chat.chat_harness import ChatHarness, add_branch, open_chat, waiting_calls
from tests.database.factories import insert_row
from tests.support.companies import Company
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply

SAVE = ScriptedCall("save_answer", {"field": "stands_out", "value": "Usage fell by half."})


def proposed(new_chat, server: ModelServer, settings: ModelSettings, call: ScriptedCall = SAVE) -> ChatHarness:
    server.script(ScriptedReply("I suggest this.", calls=(call,)), ScriptedReply("It waits for you."))
    at: ChatHarness = new_chat(settings)
    events = at.collect_events(Question(text="Put down what stands out."))
    assert any(isinstance(event, ApprovalRequested) for event in events)
    return at


def kept(at: ChatHarness) -> Any:
    return (
        at.service.load_chat_context(at.context.execution.id, "review-account")
        .execution.find_step("review-account")
        .answers
    )


def test_a_call_with_an_effect_waits_and_survives_a_reload(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    at = proposed(new_chat, server, asked)
    assert kept(at) == {}
    (call,) = waiting_calls(at.stored_panel())
    assert call.arguments == SAVE.arguments
    told = at.service.approvals.build_tool_call_proposal(at.context, at.stored_panel(), call)
    assert "Usage fell by half." in told.sentence
    assert "What stands out?" in told.sentence
    assert told.fields[0].form_field
    at.assert_consistent()


def test_approved_it_is_done_and_said(new_chat, server: ModelServer, completions: ModelSettings) -> None:
    at = proposed(new_chat, server, completions)
    done = at.service.approvals.approve_tool_call(at.context, at.stored_panel(), waiting_calls(at.stored_panel())[0])
    assert kept(at) == {"stands_out": "Usage fell by half."}
    assert done.saved
    assert done.saved.step.answers["stands_out"] == "Usage fell by half."
    assert done.call.status is CallStatus.SUCCEEDED
    assert at.last_decision().startswith("Done.")
    at.assert_consistent()


def test_the_arguments_can_be_edited_and_both_are_kept(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    at = proposed(new_chat, server, completions)
    done = at.service.approvals.approve_tool_call(
        at.context, at.stored_panel(), waiting_calls(at.stored_panel())[0], edited={"value": "Usage fell by 40 %."}
    )
    assert kept(at) == {"stands_out": "Usage fell by 40 %."}
    assert done.call.input["value"] == "Usage fell by half."
    assert done.call.arguments["value"] == "Usage fell by 40 %."


@pytest.mark.parametrize(
    "edited", [{"value": 5}, {"field": "nothing"}, {"customer": "other"}, {"value": "x" * 300_000}]
)
def test_arguments_that_will_not_do_are_refused_and_it_waits_on(
    new_chat, server: ModelServer, completions: ModelSettings, edited: Mapping[str, Any]
) -> None:
    at = proposed(new_chat, server, completions)
    with pytest.raises(InvalidInput):
        at.service.approvals.approve_tool_call(
            at.context, at.stored_panel(), waiting_calls(at.stored_panel())[0], edited=edited
        )
    assert waiting_calls(at.stored_panel())
    assert kept(at) == {}


def test_denied_nothing_happens_and_the_reason_is_kept(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    at = proposed(new_chat, server, completions)
    call = waiting_calls(at.stored_panel())[0]
    assert at.service.approvals.deny_tool_call(at.stored_panel(), call, "Not yet.").call.decision_reason == "Not yet."
    assert kept(at) == {}
    assert "Cancelled" in at.last_decision()
    with pytest.raises(Conflict, match="already cancelled"):
        at.service.approvals.approve_tool_call(at.context, at.stored_panel(), call)
    at.assert_consistent()


def test_ten_at_once_approve_and_it_happens_once(new_chat, server: ModelServer, completions: ModelSettings) -> None:
    at = proposed(new_chat, server, completions)
    panel = at.stored_panel()

    def approve(_: int) -> Decision | ZenError:
        try:
            return at.service.approvals.approve_tool_call(at.context, panel, waiting_calls(panel)[0])
        except ZenError as error:
            return error

    with ThreadPoolExecutor(10) as threads:
        came = list(threads.map(approve, range(10)))
    assert sum(isinstance(each, Decision) for each in came) == 1
    assert all(isinstance(each, Decision | Conflict) for each in came)
    step = at.service.load_chat_context(at.context.execution.id, "review-account").execution.find_step("review-account")
    assert step.revision == 1
    at.assert_consistent()


def test_a_value_the_question_cannot_hold_never_waits(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    wrong = ScriptedCall("save_answer", {"field": "stands_out", "value": ["a"]})
    server.script(ScriptedReply(calls=(wrong,)), ScriptedReply("Then not."))
    at: ChatHarness = new_chat(completions)
    at.ask("Put it down.")
    (call,) = at.stored_panel().tool_calls
    assert call.status is CallStatus.REFUSED
    assert waiting_calls(at.stored_panel()) == ()


def test_what_somebody_typed_meanwhile_stays(new_chat, server: ModelServer, completions: ModelSettings) -> None:
    at = proposed(new_chat, server, completions)
    executions = at.service._executions
    execution, _ = executions.get_workflow_execution(at.context.execution.id)
    executions.save_draft(execution, "review-account", {"data_wrong": "Seats."}, revision=0)
    at.service.approvals.approve_tool_call(at.context, at.stored_panel(), waiting_calls(at.stored_panel())[0])
    assert kept(at) == {"data_wrong": "Seats.", "stands_out": "Usage fell by half."}


def test_a_call_of_another_slide_cannot_be_approved_from_here(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    at = proposed(new_chat, server, completions)
    elsewhere = at.service.load_chat_context(at.context.execution.id, "contract-terms")
    with pytest.raises(Conflict):
        at.service.approvals.approve_tool_call(elsewhere, at.stored_panel(), waiting_calls(at.stored_panel())[0])
    assert waiting_calls(at.stored_panel())


def test_a_colleague_cannot_decide(new_chat, house: Company, server: ModelServer, completions: ModelSettings) -> None:
    at = proposed(new_chat, server, completions)
    at.service.share_thread(at.panel.thread.id)
    manager = open_chat(house, completions, member=house.manager, run=at.context.execution.id)
    panel = manager.service.load_chat_panel(manager.context, at.panel.thread.id)
    with pytest.raises(ZenError, match="Only the owner of this conversation"):
        manager.service.approvals.approve_tool_call(manager.context, panel, waiting_calls(panel)[0])
    assert kept(at) == {}


def test_no_model_says_that_a_person_has_checked_the_contract(new_chat, completions: ModelSettings) -> None:
    at = new_chat(completions)
    beside = at.service.load_chat_context(at.context.execution.id, "contract-terms")
    tools = build_chat_tools(beside, at.service.approvals.executions)
    (save,) = (tool for tool in tools if isinstance(tool, SaveAnswer))
    assert "signer" in save.form_fields
    validate_tool_arguments(save, {"field": "signer", "value": "Ines Ferreira"}, is_from_model=True)
    with pytest.raises(ValueError, match="field"):
        validate_tool_arguments(save, {"field": "terms_read", "value": True}, is_from_model=True)
    assert "checked these terms" not in save.description


def test_someone_who_cannot_change_the_run_is_offered_no_tool_that_does(
    new_chat, house: Company, server: ModelServer, completions: ModelSettings
) -> None:
    at = new_chat(completions)
    reader = open_chat(house, completions, member=house.other_csm, run=at.context.execution.id)
    reader.ask("Hello?")
    offered = {tool["function"]["name"] for tool in server.requests[-1].body["tools"]}
    assert "usage_trend" in offered
    assert not offered & {"save_answer", "run_saved_action"}


class Gone(BaseException):
    """The process ends."""


def broken_off(new_chat, server: ModelServer, settings: ModelSettings, monkeypatch: pytest.MonkeyPatch) -> ChatHarness:
    """A call whose process died right after it was approved."""

    def die(*_: object) -> None:
        raise Gone

    at = proposed(new_chat, server, settings)
    panel = at.stored_panel()
    with monkeypatch.context() as patched:
        patched.setattr("lib.chat.tool_call_approvals.ApprovalService._run_approved_tool", die)
        with pytest.raises(Gone):
            at.service.approvals.approve_tool_call(at.context, panel, waiting_calls(panel)[0])
    return at


def test_a_call_broken_off_after_its_approval_is_said_to_be_and_not_done_again(
    new_chat, server: ModelServer, completions: ModelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = broken_off(new_chat, server, completions, monkeypatch)
    (call,) = at.stored_panel().tool_calls
    assert (call.status, is_tool_call_interrupted(call)) == (CallStatus.RUNNING, False)
    assert is_tool_call_interrupted(call, call.decided_at + timedelta(minutes=3))
    with pytest.raises(Conflict, match="already approved"):
        at.service.approvals.approve_tool_call(at.context, at.stored_panel(), call)
    with pytest.raises(Conflict, match="may still be running"):
        at.service.approvals.close_interrupted_tool_call(at.stored_panel(), call)
    assert kept(at) == {}
    at.assert_consistent()


def test_an_interrupted_call_is_closed_by_the_person_and_that_is_said_once(
    new_chat, server: ModelServer, completions: ModelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = broken_off(new_chat, server, completions, monkeypatch)
    at.sql.execute(
        "update workflow_llm_tool_calls set decided_at = now() - interval '3 minutes' where id = %s",
        [at.stored_panel().tool_calls[0].id],
    )
    panel = at.stored_panel()
    for _ in range(2):
        closed = at.service.approvals.close_interrupted_tool_call(panel, panel.tool_calls[0])
    assert closed.call.status is CallStatus.INTERRUPTED
    assert "may or may not have run" in at.last_decision()
    assert kept(at) == {}
    said = [call for call in at.stored_panel().tool_calls if "may or may not" in format_decision(call)]
    assert len(said) == 1
    at.assert_consistent()


class Runner(SavedActionRunner):
    """Saved actions that only remember that they ran."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, Mapping[str, Any], str]] = []

    def load_default_parameters(
        self, action: OfferedAction, execution: Execution, rules: CompanyRules, *, snooze_days: int | None = None
    ) -> Mapping[str, Any]:
        return {"days": snooze_days or 14}

    def validate_parameters(
        self, action: OfferedAction, execution: Execution, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        if not isinstance(parameters.get("days"), int):
            raise InvalidInput("Say for how many days.")
        return parameters

    def run_action(
        self, action: OfferedAction, execution: Execution, parameters: Mapping[str, Any], *, key: str
    ) -> str:
        self.ran.append((action.name, parameters, key))
        return f"Snoozed for {parameters['days']} days."

    def load_parameter_fields(
        self, action: OfferedAction, parameters: Mapping[str, Any], rules: CompanyRules
    ) -> tuple[Field, ...]:
        return ()

    def describe_parameters(self, action: OfferedAction, rules: CompanyRules) -> str:
        return "days"


@pytest.fixture
def action_id(house: Company) -> str:
    name = f"Snooze {uuid4().hex}"
    return str(
        insert_row(house.sql, "saved_actions", company_id=house.id, kind="snooze", name=name, created_by=house.admin.id)
    )


def test_an_action_branch_proposes_and_approving_runs_it(new_chat, action_id: str) -> None:
    runner = Runner()
    at: ChatHarness = new_chat(runner=runner)
    branch = add_branch(at, BranchType.SAVED_ACTION, saved_action_id=action_id, label="Snooze it")
    at.service.process_saved_action_branch(at.context, at.panel, branch)
    at.panel = at.stored_panel()
    assert runner.ran == []
    (call,) = waiting_calls(at.panel)
    with pytest.raises(InvalidInput, match="how many days"):
        at.service.approvals.approve_tool_call(at.context, at.panel, call, edited={"parameters": {}})
    done = at.service.approvals.approve_tool_call(at.context, at.panel, call, edited={"parameters": {"days": 7}})
    assert [(parameters, key) for _, parameters, key in runner.ran] == [({"days": 7}, call.id)]
    assert done.call.status is CallStatus.SUCCEEDED
    assert "Snoozed for 7 days." in at.last_decision()
    at.assert_consistent()


def test_an_action_nothing_can_run_yet_says_so_and_does_not_wait(new_chat, action_id: str) -> None:
    at: ChatHarness = new_chat()
    branch = add_branch(at, BranchType.SAVED_ACTION, saved_action_id=action_id, label="Snooze it")
    at.service.process_saved_action_branch(at.context, at.panel, branch)
    at.panel = at.service.load_chat_panel(at.context)
    assert waiting_calls(at.panel) == ()
    assert "Nothing was done" in at.last_answer_text()
    at.assert_consistent()


def test_an_action_that_fails_says_so_and_is_not_done_twice(new_chat, action_id: str) -> None:
    class Failing(Runner):
        def run_action(
            self, action: OfferedAction, execution: Execution, parameters: Mapping[str, Any], *, key: str
        ) -> str:
            super().run_action(action, execution, parameters, key=key)
            raise Conflict("It is snoozed already.")

    runner = Failing()
    at: ChatHarness = new_chat(runner=runner)
    branch = add_branch(at, BranchType.SAVED_ACTION, saved_action_id=action_id)
    at.service.process_saved_action_branch(at.context, at.panel, branch)
    at.panel = at.service.load_chat_panel(at.context)
    done = at.service.approvals.approve_tool_call(at.context, at.panel, waiting_calls(at.panel)[0])
    assert done.call.status is CallStatus.FAILED
    assert "It is snoozed already." in at.last_decision()
    with pytest.raises(Conflict):
        at.service.approvals.approve_tool_call(at.context, at.panel, waiting_calls(at.panel)[0])
    assert len(runner.ran) == 1
