"""What a customer wants to reach, read from the answers of its runs."""

import json
import uuid
from typing import Any

import pytest

from tests.database.closing_calls import customer_of, save, start_renewal
from tests.database.factories import Sql, publish_workflow
from tests.database.rpc import call_rpc
from tests.support.companies import Company

SLIDES = ["greeting", "set-goals", "summary"]
FIRST = {"goal": "Half the tickets", "owner": "Ines Ortega", "due": "2027-06-30", "measure": "Tickets a month"}


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture
def run(company: Company, sql: Sql) -> str:
    return start_renewal(company, sql, slides=SLIDES, category="strategy")


def read_goals(who: Any, customer: Any, **day: str) -> list[dict[str, Any]]:
    return call_rpc(who, "customer_page", p_customer_id=str(customer), **day)["goals"]


def test_a_customer_without_answers_has_no_goals(company, run, sql):
    assert read_goals(company.csm, customer_of(sql, run)) == []


def test_goals_of_the_plan_come_first_then_the_aim_of_the_run_each_with_its_source(company, run, sql):
    save(company.csm, run, "greeting", {"goal": "A calm renewal."})
    save(company.csm, run, "set-goals", {"goals": [FIRST, {"goal": " "}, {"goal": "One login"}]})
    goals = read_goals(company.csm, customer_of(sql, run))
    assert [goal["goal"] for goal in goals] == ["Half the tickets", "One login", "A calm renewal."]
    assert {name: goals[0][name] for name in FIRST} == FIRST
    assert [(goal["execution_id"], goal["slide_id"]) for goal in goals] == [
        (run, "set-goals"), (run, "set-goals"), (run, "greeting"),
    ]  # fmt: skip


def test_the_latest_run_that_says_something_counts(company, run, sql):
    save(company.csm, run, "set-goals", {"goals": [FIRST]})
    later = f"goals-{uuid.uuid4()}"
    publish_workflow(sql, company.id, later, slides=SLIDES, category="strategy")
    customer = str(customer_of(sql, run))
    second = call_rpc(company.csm, "start_workflow", p_workflow_id=later, p_customer_id=customer)["execution_id"]
    save(company.csm, second, "set-goals", {"goals": []})
    assert [goal["execution_id"] for goal in read_goals(company.csm, customer)] == [run]
    call_rpc(
        company.csm, "save_step", p_execution_id=second, p_slide_id="set-goals", p_answers={"goals": [{"goal": "New"}]},
        p_revision=1,
    )  # fmt: skip
    assert [goal["goal"] for goal in read_goals(company.csm, customer)] == ["New"]


@pytest.mark.parametrize(
    "answers", [{"goals": "many"}, {"goals": [1, None, "x"]}, {"goals": [{"goal": 3, "due": "soon"}]}]
)
def test_answers_of_another_shape_break_nothing(company, run, sql, answers):
    sql.execute(
        "insert into public.workflow_step_executions (company_id, execution_id, slide_id, status, answers, saved_by)"
        " values (%s, %s, 'set-goals', 'draft', %s::jsonb, %s)",
        [company.id, run, json.dumps(answers), company.csm.id],
    )
    goals = read_goals(company.csm, customer_of(sql, run))
    assert [(goal["goal"], goal["due"]) for goal in goals] in ([], [("3", None)])


def test_the_page_as_of_a_day_shows_no_goals_for_answers_have_no_history(company, run, sql):
    save(company.csm, run, "greeting", {"goal": "A calm renewal."})
    assert read_goals(company.csm, customer_of(sql, run), p_as_of="2026-01-01") == []
