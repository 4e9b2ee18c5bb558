"""An approved quote is approved with all it promises. Without a list price a leader decides."""

from datetime import date, timedelta

import pytest

from tests.database.factories import Sql, fetch_rows, insert_customer
from tests.database.rpc import assert_refused, call_rpc
from tests.database.test_price_approvals import asked, decide, line, prices, propose, quote, run, save, waiting
from tests.support.companies import Company

__all__ = ["run"]

SOON = (date.today() + timedelta(days=20)).isoformat()
LATER = (date.today() + timedelta(days=200)).isoformat()
TERMS = {"term_months": 12, "valid_until": SOON, "remarks": "Net 30."}


def approve_quote(company: Company, run: str, sql: Sql) -> None:
    quote(company.csm, run, line(15), **TERMS)
    decide(company.manager, asked(sql, run, "quote"))


# What else a quote promises


@pytest.mark.parametrize(
    "changes",
    [
        {"remarks": "Net 30. The first three months are free."},
        {"remarks": None},
        {"remarks": "Net\u200b 30."},
        {"term_months": 36},
        {"term_months": None},
        {"term_months": "36"},
        {"valid_until": LATER},
        {"valid_until": None},
    ],
)
def test_a_promise_changed_after_approval_waits_again(changes, company: Company, run, sql):
    approve_quote(company, run, sql)
    quote(company.csm, run, line(15), **TERMS | changes)
    assert prices(company.csm, run)["quote"]["approval"]["status"] == "waiting"
    quote(company.csm, run, line(15), **TERMS)
    assert prices(company.csm, run)["quote"]["approval"]["status"] == "waiting"


@pytest.mark.parametrize("changes", [{"contact": "somebody else"}, {"term_months": 12.0}])
def test_what_promises_nothing_else_leaves_the_approval(changes, company: Company, run, sql):
    approve_quote(company, run, sql)
    quote(company.csm, run, line(15), **TERMS | changes)
    assert prices(company.csm, run)["quote"]["approval"]["status"] == "approved"


def test_a_promise_changed_while_it_waits_withdraws_what_was_asked(company: Company, run, sql):
    quote(company.csm, run, line(15), **TERMS)
    before = asked(sql, run, "quote")
    quote(company.csm, run, line(15), **TERMS | {"term_months": 36})
    with assert_refused("PT409", "The figures have changed since this was asked."):
        decide(company.manager, before)


def test_who_changes_the_promise_of_a_colleagues_quote_has_set_it(company: Company, run, sql):
    quote(company.manager, run, line(15), **TERMS)
    assert asked(sql, run, "quote") == {}
    quote(company.csm, run, line(15), **TERMS | {"remarks": "Two months free."})
    assert asked(sql, run, "quote")["requested_by"] == company.csm.id


@pytest.mark.parametrize(
    ("terms", "is_shared"),
    [
        ({}, True),
        ({"term_months": 12, "valid_until": SOON, "remarks": " "}, True),
        ({"term_months": 24}, False),
        ({"term_months": "12"}, False),
        ({"valid_until": LATER}, False),
        ({"remarks": "Two months free."}, False),
    ],
)
def test_an_approved_scenario_covers_its_quote_on_the_usual_terms_only(terms, is_shared, company: Company, run, sql):
    propose(company.csm, run, discount=15)
    decide(company.manager, asked(sql, run))
    quote(company.csm, run, line(15), **terms)
    assert prices(company.csm, run)["quote"]["approval"]["status"] == ("approved" if is_shared else "waiting")


# Each way to write a price


@pytest.mark.parametrize(
    ("lines", "percent"),
    [
        ([line(60, seats=None)], 60),
        ([line(), line(60, seats=None)], 60),
        ([line(), line(price=50, seats="")], 90),
        ([line(), line(price=50, seats="a few")], 90),
        ([line(), line(60, price=None)], 60),
        ([line(), line(60, seats=None, price=None)], 60),
        ([line(), line(60, seats=0)], 60),
        ([line(), line(60, seats=0.001)], 60),
        ([line(), line(price=200, seats=0.5)], 60),
        ([line(), line(item="Credit", price=-20000, seats=None)], 4100),
        ([line(), line(item="Two months free", price=0, seats=100)], 100),
        ([line(), line(item="Two months free", price=0, seats=None)], 100),
        ([line(), line(item="Two months free", price=-8333.33, seats=1)], 16.67),
        ([line(), line(item="Subscription", price=-500, seats=20)], 20),
        ([line(200)], 200),
        ([line(), line(item="Setup", price=None, seats=None)], 0),
        ([line(price=None)], None),
    ],
)
def test_a_line_counts_however_it_is_written(lines, percent, company: Company, run):
    quote(company.csm, run, *lines)
    found = prices(company.csm, run)["quote"]["off_list_percent"]
    assert (None if found is None else float(found)) == percent


def test_a_module_is_known_however_its_name_is_spelt(company: Company, run):
    for name in ("analytics", " ANALYTICS ", "Analytics\u200b", "Ａnalytics"):
        quote(company.csm, run, line(item=name, price=60))
        assert prices(company.csm, run)["quote"]["off_list_percent"] == 50, name


# Without a list price


@pytest.fixture
def unlisted(company: Company, run, sql) -> str:
    """A run of a customer without a contract."""
    customer = insert_customer(sql, company.id, company.csm.id, name="Prospect")
    return call_rpc(company.csm, "start_workflow", p_workflow_id="renewal-run", p_customer_id=str(customer))[
        "execution_id"
    ]


@pytest.mark.parametrize("price", [500, 1, 0.01, 0])
def test_a_price_without_a_list_price_needs_a_leader(price, company: Company, unlisted, sql):
    quote(company.csm, unlisted, line(price=price))
    row = asked(sql, unlisted, "quote")
    assert (row["status"], row["approver_role"], row["lacks_list_price"]) == ("waiting", "manager", True)
    assert waiting(company.other_csm) == {}
    with assert_refused("PT403", "There is no list price to compare this price with: a manager or an admin decides."):
        decide(company.other_csm, row)
    with assert_refused("PT403", "Nobody approves a price of their own."):
        decide(company.csm, row)
    decide(company.manager, row)
    assert prices(company.csm, unlisted)["quote"]["approval"]["status"] == "approved"
    (notice,) = call_rpc(company.csm, "inbox")["notices"]
    assert notice["body"] == "Approved your price; there is no list price to compare it with."


def test_a_discount_on_a_price_without_a_list_price_goes_by_its_band_too(company: Company, unlisted, sql):
    quote(company.csm, unlisted, line(25))
    assert asked(sql, unlisted, "quote")["approver_role"] == "admin"
    with assert_refused("PT403", "25% below list is above your limit of 20%."):
        decide(company.manager, asked(sql, unlisted, "quote"))


def test_a_leaders_own_price_without_a_list_price_needs_nobody(company: Company, unlisted, sql):
    quote(company.manager, unlisted, line())
    assert asked(sql, unlisted, "quote") == {}
    quote(company.manager, unlisted, line(25))
    assert asked(sql, unlisted, "quote")["approver_role"] == "admin"


def test_a_band_of_a_csm_is_no_leaders(company: Company, unlisted, sql):
    bands = "insert into public.approval_bands (company_id, approver_role, approver_id, up_to_percent)"
    sql.execute(
        f"{bands} values (%s, null, %s, 60), (%s, 'admin', null, 90)", [company.id, company.other_csm.id, company.id]
    )
    quote(company.csm, unlisted, line())
    assert asked(sql, unlisted, "quote")["approver_role"] == "admin"
    with assert_refused("PT403", "There is no list price"):
        decide(company.other_csm, asked(sql, unlisted, "quote"))


def test_a_module_of_the_price_list_has_a_list_price_without_a_contract(company: Company, unlisted, sql):
    quote(company.csm, unlisted, line(item="Analytics", price=120))
    assert asked(sql, unlisted, "quote") == {}
    quote(company.csm, unlisted, line(item="Analytics", price=60))
    assert asked(sql, unlisted, "quote")["lacks_list_price"] is False
    quote(company.csm, unlisted, line(item="Analytics", price=120), line(item="Something else", price=1))
    assert asked(sql, unlisted, "quote")["lacks_list_price"] is True


def test_a_contract_at_nothing_is_no_list_price(company: Company, run, sql):
    sql.execute(
        "update public.contracts set annual_price_per_seat = 0 where company_id = %s and annual_price_per_seat = 500",
        [company.id],
    )
    quote(company.csm, run, line(price=1))
    assert asked(sql, run, "quote")["lacks_list_price"] is True


def test_a_list_price_that_comes_later_is_what_the_next_save_compares_with(company: Company, unlisted, sql):
    quote(company.csm, unlisted, line(item="Core", price=100))
    decide(company.manager, asked(sql, unlisted, "quote"))
    sql.execute(
        "insert into public.modules (company_id, name, annual_price_per_seat) values (%s, 'Core', 400)", [company.id]
    )
    quote(company.csm, unlisted, line(item="Core", price=100), contact="x")
    row = asked(sql, unlisted, "quote")
    assert (row["status"], row["off_list_percent"], row["lacks_list_price"]) == ("waiting", 75, False)


def test_a_scenario_without_a_contract_goes_by_its_percentages(company: Company, unlisted, sql):
    save(company.csm, unlisted, "pricing-strategy", {"scenarios": [{"name": "A", "discount": 15}], "chosen": "A"})
    assert asked(sql, unlisted)["off_list_percent"] == 15
    quote(company.csm, unlisted, line(15))
    assert len(fetch_rows(sql, "select 1 from public.price_approvals where execution_id = %s", unlisted)) == 2
