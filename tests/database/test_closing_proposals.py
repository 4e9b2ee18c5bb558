"""What completing a run would change in the book, before anybody is asked."""

import uuid
from datetime import date

import pytest

from tests.database.closing_calls import (
    NOTHING,
    TERMS,
    choose_scenario,
    customer_of,
    in_days,
    line,
    propose,
    quote,
    start_renewal,
)
from tests.database.factories import Sql, fetch_value, insert_row
from tests.database.rpc import assert_refused
from tests.support.companies import Company


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture
def run(company: Company, sql: Sql) -> str:
    return start_renewal(company, sql)


def test_a_chosen_scenario_is_the_next_term_from_the_renewal_date(company, run, sql):
    choose_scenario(company.csm, run)
    proposal = propose(company.csm, run)["contract"]
    starts_on = in_days(30)
    assert proposal["subject"] == "scenario"
    assert proposal["approval"] == "not_needed"
    assert proposal["current"]["arr"] == 50_000
    year_later = fetch_value(sql, "select (%s::date + interval '12 months')::date", starts_on)
    assert proposal["next"] == {
        "starts_on": starts_on.isoformat(), "ends_on": year_later.isoformat(), "term_months": 12, "notice_days": 60,
        "auto_renews": True, "seats": 120, "annual_price_per_seat": 525, "discount_percent": 10,
        "uplift_cap_percent": None, "modules": [], "arr": 56_700,
    }  # fmt: skip


def test_a_quote_goes_before_the_scenario_and_brings_its_term(company, run):
    choose_scenario(company.csm, run)
    quote(company.csm, run, line(4, price=510, seats=90), term_months=24, valid_until=in_days(20).isoformat())
    proposal = propose(company.csm, run)["contract"]
    assert (proposal["subject"], proposal["next"]["term_months"]) == ("quote", 24)
    assert (proposal["next"]["seats"], proposal["next"]["annual_price_per_seat"]) == (90, 510)
    assert (proposal["next"]["discount_percent"], proposal["next"]["arr"]) == (4, 44_064)


def test_lines_of_a_quote_become_one_price_of_the_subscriptions_seats(company, run, sql):
    module = f"Analytics {uuid.uuid4()}"
    insert_row(sql, "modules", company_id=company.id, name=module, annual_price_per_seat=120)
    quote(company.csm, run, line(seats=40, price=120, item=module), line(), line(price=-1000, seats=1, item="Credit"))
    proposal = propose(company.csm, run)["contract"]
    assert proposal["total"] == 53_800
    assert (proposal["next"]["seats"], proposal["next"]["modules"]) == (100, [module])
    assert proposal["next"]["discount_percent"] == pytest.approx(1.82)
    assert proposal["next"]["arr"] == pytest.approx(53_800, abs=1)


def test_what_is_below_list_becomes_discount_so_that_the_next_price_is_compared_with_list(company, run):
    choose_scenario(company.csm, run, uplift=-5, discount=0, seats=100)
    following = propose(company.csm, run)["contract"]["next"]
    assert (following["annual_price_per_seat"], following["discount_percent"], following["arr"]) == (500, 5, 47_500)
    quote(company.csm, run, line(price=480))
    following = propose(company.csm, run)["contract"]["next"]
    assert (following["annual_price_per_seat"], following["discount_percent"], following["arr"]) == (500, 4, 48_000)


def test_the_quote_of_an_expansion_comes_on_top_of_the_contract_from_today(company, sql):
    run = start_renewal(company, sql, category="expansion", ends_in=200)
    quote(company.csm, run, line(seats=20, item="Extra seats"))
    following = propose(company.csm, run, "expanded")["contract"]["next"]
    assert (following["seats"], following["annual_price_per_seat"], following["arr"]) == (120, 500, 60_000)
    assert following["starts_on"] == date.today().isoformat()


@pytest.mark.parametrize(
    ("ends_in", "code", "starts"),
    [
        (200, "renewed", [200]),
        (200, "expanded", [200, 0]),
        (200, "downgraded", [200, 0]),
        (0, "downgraded", [0]),
        (-5, "downgraded", [-5]),
        (-400, "downgraded", [0]),
    ],
)
def test_terms_agreed_at_a_renewal_start_on_the_renewal_date_and_changed_ones_may_start_today(
    company, sql, ends_in, code, starts
):
    run = start_renewal(company, sql, ends_in=ends_in)
    choose_scenario(company.csm, run, seats=80)
    assert propose(company.csm, run, code)["contract"]["starts"] == [in_days(day).isoformat() for day in starts]


@pytest.mark.parametrize("code", ["no_decision", "churned", "nonsense", None])
def test_no_contract_follows_an_outcome_without_one(company, run, code):
    choose_scenario(company.csm, run)
    assert propose(company.csm, run, code)["contract"] is None


def test_without_a_price_or_a_contract_or_with_the_next_term_there_is_no_proposal(company, run, sql):
    assert propose(company.csm, run) == NOTHING | {"contract_gap": "no_price"}
    choose_scenario(company.csm, run)
    later = {"starts_on": in_days(30), "ends_on": in_days(395)}
    insert_row(sql, "contracts", company_id=company.id, customer_id=customer_of(sql, run), **(TERMS | later))
    assert propose(company.csm, run) == NOTHING
    without = start_renewal(company, sql)
    choose_scenario(company.csm, without)
    sql.execute("delete from public.contracts where customer_id = %s", [customer_of(sql, without)])
    assert propose(company.csm, without) == NOTHING


@pytest.mark.parametrize(
    "terms", [{"seats": 12.5}, {"seats": -5}, {"discount": 130}, {"uplift": -150}, {"seats": 1e11}]
)
def test_a_price_that_is_none_of_a_contract_is_not_proposed(company, run, terms):
    choose_scenario(company.csm, run, **terms)
    assert propose(company.csm, run, amount=50_000) == NOTHING | {"contract_gap": "no_price"}


def test_a_colleague_is_proposed_nothing_and_another_company_finds_no_run(company, strangers, run):
    choose_scenario(company.csm, run)
    assert propose(company.other_csm, run) == NOTHING | {"contract_gap": "not_owner"}
    assert propose(company.other_csm, run, "churned") == NOTHING
    assert propose(company.manager, run)["contract"] is not None
    with assert_refused("PT404"):
        propose(strangers.admin, run)
