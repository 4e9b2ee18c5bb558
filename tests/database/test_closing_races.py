"""Closings, edits of the contract and their undo at the same moment never interleave."""

import uuid
from functools import partial

import pytest

from tests.database.action_calls import fetch_execution, undo
from tests.database.closing_calls import (
    SLIDES,
    TERMS,
    accept,
    choose_scenario,
    close,
    contracts,
    customer_of,
    in_days,
    propose,
    start_renewal,
)
from tests.database.factories import Sql, publish_workflow
from tests.database.rpc import call_rpc, run_concurrently
from tests.support.companies import Company


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture
def run(company: Company, sql: Sql) -> str:
    run = start_renewal(company, sql, ends_in=200)
    choose_scenario(company.csm, run)
    return run


def save_term(company: Company, sql: Sql, run: str, contract: str | None, seen: str, **values):
    where = {"p_customer_id": str(customer_of(sql, run)), "p_contract_id": contract}
    return call_rpc(company.manager, "save_contract", **where, p_values=values, p_updated_at=seen)


def test_the_same_click_twice_or_at_once_closes_once(company, run, sql):
    changes, key = accept(propose(company.csm, run)["contract"]), str(uuid.uuid4())
    arguments = {"p_execution_id": run, "p_revision": fetch_execution(sql, run)["revision"], "p_amount": 1}
    closing = partial(call_rpc, company.csm, "close_run", **arguments, p_outcome_code="renewed", p_changes=changes)
    answers = run_concurrently([partial(closing, p_key=key) for _ in range(4)])
    assert sorted(answer["repeated"] for answer in answers) == [False, True, True, True]
    assert run_concurrently([partial(closing, p_key=str(uuid.uuid4()))]) == ["PT409"]
    assert len(contracts(sql, run)) == 2


def test_two_tabs_that_close_a_run_at_once_add_one_contract(company, run, sql):
    changes = accept(propose(company.csm, run)["contract"])
    answers = run_concurrently([partial(close, company.csm, sql, run, changes) for _ in range(4)])
    assert answers.count("PT409") == 3
    assert len(contracts(sql, run)) == 2


def test_two_runs_of_one_customer_closing_at_once_add_one_contract(company, run, sql):
    other = f"second-{uuid.uuid4()}"
    publish_workflow(sql, company.id, other, slides=SLIDES)
    where = {"p_workflow_id": other, "p_customer_id": str(customer_of(sql, run))}
    second = call_rpc(company.csm, "start_workflow", **where)["execution_id"]
    choose_scenario(company.csm, second)
    changes = accept(propose(company.csm, run)["contract"])
    answers = run_concurrently([partial(close, company.csm, sql, each, changes) for each in (run, second)])
    assert answers.count("PT409") == 1
    assert len(contracts(sql, run)) == 2


@pytest.mark.parametrize("attempt", range(4))
def test_a_closing_and_an_edit_of_the_term_at_once_leave_one_of_them(company, run, sql, attempt):
    term = propose(company.csm, run)["contract"]
    changes, current = accept(term), term["current"]
    calls = [
        partial(close, company.csm, sql, run, changes),
        partial(save_term, company, sql, run, current["id"], current["updated_at"], seats=70 + attempt),
    ]
    closed, edited = run_concurrently(calls)
    after = contracts(sql, run)
    if closed == "PT409":
        assert [row["seats"] for row in after] == [70 + attempt]
    else:
        # The current term ends when the next one begins anyway, so the edit still applies to what its author saw.
        assert edited != "PT409"
        assert [row["seats"] for row in after] == [70 + attempt, 120]


@pytest.mark.parametrize("attempt", range(4))
def test_a_closing_and_a_term_added_on_the_customer_page_at_once_are_one_term(company, run, sql, attempt):
    term = propose(company.csm, run)["contract"]
    added = TERMS | {"starts_on": in_days(200).isoformat(), "ends_on": in_days(565 + attempt).isoformat()}
    calls = [
        partial(close, company.csm, sql, run, accept(term)),
        partial(save_term, company, sql, run, None, term["current"]["updated_at"], **added),
    ]
    assert run_concurrently(calls).count("PT409") == 1
    assert len(contracts(sql, run)) == 2


def test_terms_added_twice_at_once_by_people_who_saw_none_of_the_other_are_one_term(company, run, sql):
    seen = propose(company.csm, run)["contract"]["current"]["updated_at"]
    added = TERMS | {"starts_on": in_days(200).isoformat(), "ends_on": in_days(565).isoformat()}
    answers = run_concurrently([partial(save_term, company, sql, run, None, seen, **added) for _ in range(3)])
    assert answers.count("PT409") == 2
    assert len(contracts(sql, run)) == 2


@pytest.mark.parametrize("attempt", range(4))
def test_an_undo_and_an_edit_of_the_added_term_at_once_lose_nothing(company, run, sql, attempt):
    done = close(company.csm, sql, run, accept(propose(company.csm, run)["contract"]))
    added = contracts(sql, run)[1]
    edit = partial(save_term, company, sql, run, str(added["id"]), added["updated_at"].isoformat(), seats=300 + attempt)
    undone, edited = run_concurrently([partial(undo, company.csm, done), edit])
    assert (undone == "PT409") != (edited in ("PT404", "PT409"))
    kept = [row["seats"] for row in contracts(sql, run)]
    assert kept == ([100, 300 + attempt] if undone == "PT409" else [100])


def test_two_undos_at_once_undo_once(company, run, sql):
    done = close(company.csm, sql, run, accept(propose(company.csm, run)["contract"]))
    answers = run_concurrently([partial(undo, company.csm, done) for _ in range(3)])
    assert sorted(answer["repeated"] for answer in answers) == [False, True, True]
    assert len(contracts(sql, run)) == 1
