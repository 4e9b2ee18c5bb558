"""A renewal without quote and scenario: the next term comes from the ARR that was entered, or its lack is told."""

import pytest

from tests.database.closing_calls import (
    NOTHING,
    accept,
    choose_scenario,
    close,
    contracts,
    customer_of,
    in_days,
    propose,
    start_renewal,
)
from tests.database.factories import Sql
from tests.database.rpc import assert_refused
from tests.support.companies import Company


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture
def run(company: Company, sql: Sql) -> str:
    return start_renewal(company, sql)


def test_the_same_arr_proposes_the_same_terms_again_and_they_are_written(company, run, sql):
    sql.execute("update public.contracts set discount_percent = 8 where customer_id = %s", [customer_of(sql, run)])
    proposal = propose(company.csm, run, amount=46_000.4)["contract"]
    kept = ("seats", "annual_price_per_seat", "discount_percent", "term_months", "notice_days", "auto_renews", "arr")
    assert {key: proposal["next"][key] for key in kept} == {key: proposal["current"][key] for key in kept}
    assert (proposal["subject"], proposal["approval"]) == ("amount", "not_needed")
    close(company.csm, sql, run, accept(proposal), amount=46_000)
    before, after = contracts(sql, run)
    assert (after["starts_on"], after["ends_on"] > in_days(390), after["arr"]) == (before["ends_on"], True, 46_000)


@pytest.mark.parametrize(
    ("code", "amount", "price", "discount"),
    [("expanded", 60_000, 600, 0), ("downgraded", 46_000, 500, 8), ("downgraded", 45_000, 500, 10)],
)
def test_another_arr_blends_the_price_of_the_same_seats(company, run, code, amount, price, discount):
    following = propose(company.csm, run, code, amount=amount)["contract"]["next"]
    assert (following["seats"], following["annual_price_per_seat"]) == (100, price)
    assert (following["discount_percent"], following["arr"]) == (discount, amount)


@pytest.mark.parametrize("amount", [44_990, 20_000, 0])
def test_an_arr_further_below_list_than_the_person_may_go_is_no_contract(company, run, sql, amount):
    gap = NOTHING | {"contract_gap": "needs_approval"}
    assert propose(company.csm, run, "downgraded", amount=amount) == gap
    within = accept(propose(company.csm, run, "downgraded", amount=45_000)["contract"])
    with assert_refused("PT409", "changed since this was shown"):
        close(company.csm, sql, run, within, "downgraded", amount=amount)
    assert len(contracts(sql, run)) == 1


def test_a_manager_may_go_as_far_as_the_limit_of_managers(company, run):
    assert propose(company.manager, run, "downgraded", amount=40_000)["contract"]["next"]["arr"] == 40_000
    assert propose(company.manager, run, "downgraded", amount=39_000)["contract_gap"] == "needs_approval"


def test_a_discount_above_the_limit_is_not_renewed_alone_either(company, run, sql):
    sql.execute("update public.contracts set discount_percent = 15 where customer_id = %s", [customer_of(sql, run)])
    assert propose(company.csm, run, amount=42_500)["contract_gap"] == "needs_approval"
    assert propose(company.manager, run, amount=42_500)["contract"]["next"]["discount_percent"] == 15


def test_a_quote_or_scenario_goes_before_the_arr_entered(company, run):
    choose_scenario(company.csm, run)
    assert propose(company.csm, run, amount=50_000)["contract"]["subject"] == "scenario"


def test_a_contract_without_seats_or_price_is_no_price(company, run, sql):
    sql.execute("update public.contracts set annual_price_per_seat = 0 where customer_id = %s", [customer_of(sql, run)])
    assert propose(company.csm, run, amount=10_000)["contract"]["next"]["annual_price_per_seat"] == 100
    assert propose(company.csm, run, amount=10**13)["contract_gap"] == "no_price"
    assert propose(company.csm, run, amount=-1)["contract_gap"] == "no_price"


def test_outside_of_a_renewal_only_another_arr_is_a_change(company, sql):
    run = start_renewal(company, sql, category="expansion", ends_in=200)
    assert propose(company.csm, run, "expanded", amount=50_000) == NOTHING
    following = propose(company.csm, run, "expanded", amount=55_000)["contract"]["next"]
    assert (following["arr"], following["starts_on"]) == (55_000, in_days(0).isoformat())


@pytest.mark.parametrize("code", ["no_decision", "churned"])
def test_an_outcome_without_a_next_term_lacks_none(company, run, code):
    assert propose(company.csm, run, code, amount=50_000)["contract_gap"] is None
