"""Budgets of the model for a month: a warning at 80%, a stop at 100% that says what goes on."""

from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from lib.chat.conversation import BranchType, MessageStatus, Question
from lib.llm.model_budget import (
    EXHAUSTED_MESSAGES,
    BudgetScope,
    BudgetUnit,
    ModelBudget,
    ModelUse,
    describe_budget_warning,
)
from lib.llm.model_settings import ModelPrice, ModelSettings
from lib.llm.rule_based.assistant import RuleBasedModel
from tests.chat.chat_harness import add_branch, open_chat
from tests.database.rpc import call_rpc
from tests.support.companies import Company
from tests.support.model_server import ModelServer, ScriptedReply

PRICE = ModelPrice(model="small", input=Decimal(10), output=Decimal(100))


def save_budgets(company: Company, **budgets: Any) -> None:
    settings = call_rpc(company.admin, "company_settings")
    call_rpc(
        company.admin,
        "save_model_budgets",
        p_budgets={"unit": "tokens", "per_person": None, "of_company": None, "time_zone": "UTC"} | budgets,
        p_revision=settings["revision"],
    )


def test_a_used_up_budget_is_a_sentence_and_the_built_in_assistant_answers(
    server: ModelServer, completions: ModelSettings, company: Company
) -> None:
    save_budgets(company, per_person=50)
    at = open_chat(company, completions)
    at.panel = at.stored_panel()
    at.ask("How are they?")
    asked = len(server.requests)
    assert at.panel.model_budget == at.stored_panel().model_budget
    at.ask("When is the notice deadline?")
    assert len(server.requests) == asked
    answer = at.last_answer_text()
    assert EXHAUSTED_MESSAGES[BudgetScope.PERSON] in answer
    assert "notice deadline" in answer.replace(EXHAUSTED_MESSAGES[BudgetScope.PERSON], "").lower()
    assert at.stored_steps()[-1][0].model == RuleBasedModel.name
    at.ask("What do they want?", branch=add_branch(at, BranchType.RAG, prompt="What about the audit log?"))
    assert len(server.requests) == asked
    assert EXHAUSTED_MESSAGES[BudgetScope.PERSON] in at.last_answer_text()
    at.assert_consistent()


def test_a_second_tab_passes_a_budget_by_the_answer_it_is_asked_for_at_most(
    server: ModelServer, completions: ModelSettings, company: Company
) -> None:
    save_budgets(company, per_person=50)
    first, second = open_chat(company, completions), open_chat(company, completions)
    first.panel, second.panel = first.stored_panel(), second.stored_panel()
    first.ask("One?")
    asked = len(server.requests)
    second.ask("Two?")
    assert len(server.requests) == asked
    assert second.last_answer_text() == EXHAUSTED_MESSAGES[BudgetScope.PERSON]
    second.ask("When is the notice deadline?")
    assert second.stored_steps()[-1][0].model == RuleBasedModel.name


def test_what_colleagues_use_counts_for_the_company_and_not_for_a_person(
    server: ModelServer, completions: ModelSettings, company: Company
) -> None:
    save_budgets(company, per_person=5000, of_company=5000)
    open_chat(company, completions).ask("One?")
    at = open_chat(company, completions, member=company.manager)
    budget = at.stored_panel().model_budget
    assert budget is not None
    assert (budget.person_use or ModelUse()).tokens == 0
    assert (budget.company_use or ModelUse()).tokens > 50


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (ScriptedReply("Fine. " * 40, usage=None), MessageStatus.COMPLETE),
        (ScriptedReply("Fine. " * 40, finish="content_filter"), None),
        (ScriptedReply("Fine. " * 40, usage=None, cut=3), None),
    ],
    ids=["not reported", "filtered", "broken off"],
)
def test_tokens_count_however_an_answer_ends(
    server: ModelServer,
    completions: ModelSettings,
    company: Company,
    reply: ScriptedReply,
    status: MessageStatus | None,
) -> None:
    save_budgets(company, of_company=1_000_000)
    at = open_chat(company, completions)
    at.panel = at.stored_panel()
    server.script(reply)
    ended = at.ask("How are they?")
    assert status is None or ended.status is status
    stored = at.stored_panel().model_budget
    assert stored == at.panel.model_budget
    assert stored is not None
    assert (stored.company_use or ModelUse()).tokens > 50


@pytest.mark.parametrize("kind", [BranchType.LLM, BranchType.RAG])
def test_tokens_of_a_stopped_answer_count(
    server: ModelServer, completions: ModelSettings, company: Company, kind: BranchType
) -> None:
    save_budgets(company, of_company=1_000_000)
    at = open_chat(company, completions)
    at.panel = at.stored_panel()
    server.script(ScriptedReply("Ines wants the audit log [S1]. " * 40, usage=None, pieces=40, delay=0.05))
    branch = add_branch(at, kind, prompt="What about the audit log?")
    with closing(at.service.stream_chat(at.context, at.panel, Question(text="What?", branch=branch))) as stream:
        for number, _ in enumerate(stream):
            if number > 3:
                break
    stored = open_chat(company, completions).stored_panel().model_budget
    assert stored is not None
    assert (stored.company_use or ModelUse()).tokens > 50


def test_a_budget_in_money_counts_costs_and_what_nobody_reported_at_the_dearer_price(
    server: ModelServer, completions: ModelSettings, company: Company
) -> None:
    priced = completions.model_copy(update={"prices": (PRICE,)})
    save_budgets(company, unit="usd", per_person=0.01)
    at = open_chat(company, priced)
    at.panel = at.stored_panel()
    server.script(ScriptedReply("Fine. " * 200, usage=None))
    at.ask("How are they?")
    assert at.panel.model_budget is not None
    assert at.panel.model_budget.find_exhausted(PRICE) is BudgetScope.PERSON
    asked = len(server.requests)
    at.ask("And now?")
    assert len(server.requests) == asked


def use_of(used: int, limit: int) -> ModelBudget:
    return ModelBudget(
        unit=BudgetUnit.TOKENS,
        per_person=Decimal(limit),
        person_use=ModelUse(tokens=used),
        of_company=Decimal(limit * 10),
        company_use=ModelUse(tokens=used),
    )


@pytest.mark.parametrize(
    ("used", "sentence"),
    [
        (799, None),
        (800, "Your model budget for this month is 80% used. At 100% the built-in assistant answers."),
        (999, "Your model budget for this month is 99% used. At 100% the built-in assistant answers."),
        (1000, EXHAUSTED_MESSAGES[BudgetScope.PERSON]),
    ],
)
def test_a_warning_begins_at_80_percent(used: int, sentence: str | None) -> None:
    assert describe_budget_warning(use_of(used, 1000), None) == sentence


def test_the_tokens_left_are_those_of_the_scarcer_budget() -> None:
    assert use_of(400, 1000).count_tokens_left(None) == (600, BudgetScope.PERSON)
    in_money = ModelBudget(
        unit=BudgetUnit.USD, of_company=Decimal(1), company_use=ModelUse(tokens=900, usd=Decimal("0.5"))
    )
    assert in_money.count_tokens_left(PRICE) == (5000, BudgetScope.COMPANY)
    assert in_money.count_tokens_left(None) is None
    assert describe_budget_warning(None, None) is None
