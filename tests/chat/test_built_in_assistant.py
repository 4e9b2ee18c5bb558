"""What the assistant without a model does in a conversation: rules, records, proposals, and what it is not offered."""

from collections.abc import Callable
from datetime import date, timedelta

from lib.chat.conversation import BranchType
from lib.chat.tool_call_record import CallStatus
from lib.customers.own_customers import OwnCustomerRepository
from lib.llm.model_settings import ModelSettings
from tests.chat.chat_harness import add_branch, open_chat, waiting_calls
from tests.chat.test_saved_action_approval import runner_of, status
from tests.database.factories import AccountFactory
from tests.support.companies import Company


def test_an_action_asked_for_in_words_waits_and_runs_when_approved(new_company: Callable[..., Company]) -> None:
    company = new_company()
    at = open_chat(company, ModelSettings(), runner=runner_of(company.csm))
    assert not [branch for branch in at.panel.branches if branch.action], "no branch of the slide offers it"
    at.ask("please snooze this for three weeks")
    (call,) = waiting_calls(at.stored_panel())
    assert status(at) == "active"
    assert call.arguments["action"] == "Snooze"
    assert call.arguments["parameters"]["until"] == (date.today() + timedelta(weeks=3)).isoformat()
    told = at.service.approvals.build_tool_call_proposal(at.context, at.panel, call)
    assert told.title == "Snooze?"
    assert {field.key for field in told.fields} >= {"parameters.until", "parameters.reason"}
    done = at.service.approvals.approve_tool_call(
        at.context, at.panel, call, edited={"parameters.reason": "They are at a fair."}
    )
    assert (done.call.status, status(at)) == (CallStatus.SUCCEEDED, "snoozed")


def test_who_may_only_read_is_offered_no_action(house: Company) -> None:
    run = open_chat(house, ModelSettings()).context.execution.id
    at = open_chat(house, ModelSettings(), member=house.other_csm, run=run, runner=runner_of(house.other_csm))
    at.ask("Escalate this")
    assert not waiting_calls(at.stored_panel())
    assert at.last_answer_text().startswith("I cannot escalate anything for you.")


def test_customers_of_colleagues_and_of_other_companies_are_not_mine(house: Company, strangers: Company) -> None:
    for company in (house, strangers):
        owner = house.manager.id if company is house and house.manager else company.csm.id
        other = AccountFactory(company.sql, company.id, owner, name=f"Not mine {company.name}")
        other.insert_contract(notice_in=30)
    mine = OwnCustomerRepository(house.csm.client).fetch_own_customers()
    assert mine
    assert not [customer.name for customer in mine if customer.name.startswith("Not mine")]


def test_no_branch_is_suggested_that_nothing_can_answer(house: Company, completions: ModelSettings) -> None:
    at = open_chat(house, ModelSettings())
    add_branch(at, BranchType.LLM, label="How is usage?", branch_key="usage", prompt="Say what moved.")
    add_branch(at, BranchType.LLM, label="Write the page for the board", branch_key="page", prompt="One page.")
    for settings, labels in (
        (ModelSettings(), {"How is usage?"}),
        (completions, {"How is usage?", "Write the page for the board"}),
    ):
        beside = open_chat(house, settings, run=at.context.execution.id)
        offered = {each.label for each in beside.service.get_suggested_responses(beside.context, beside.panel)}
        assert {"How is usage?", "Write the page for the board"} & offered == labels


def test_what_no_rule_fits_is_answered_from_the_records_with_its_source(new_chat) -> None:
    at = new_chat()
    at.ask("Is travel possible again?")
    assert at.last_answer_text().startswith("I have no rule for this question")
    assert "The board froze all travel." in at.last_answer_text()
    assert [citation.source for row in at.stored_steps()[-1] for citation in row.block.citations] == ["note"]
