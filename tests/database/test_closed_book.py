"""What a closing changes is seen on every page at once, and so is its undo."""

from typing import Any

import pytest

from tests.database.action_calls import undo
from tests.database.closing_calls import accept, close, contracts, customer_of, line, propose, quote, start_renewal
from tests.database.factories import Sql, fetch_value
from tests.database.rpc import call_rpc
from tests.support.companies import Company


@pytest.fixture
def company(new_company) -> Company:
    return new_company()


@pytest.fixture
def run(company, sql) -> str:
    """Of the only customer of the company: 50,000 a year until 200 days from now; renewed for less, for six months."""
    run = start_renewal(company, sql, ends_in=200)
    quote(company.csm, run, line(seats=80, discount=10), term_months=6)
    return run


def read_today(company: Company) -> dict[str, Any]:
    seen = call_rpc(company.csm, "zen_dashboard")
    return {
        "arr": seen["trend"][-1]["arr"] if seen["trend"] else None,
        "renewals": [(bar["month"], bar["arr"]) for bar in seen["renewals"]],
        "customers": seen["customers"],
    }


def read_book(company: Company) -> dict[str, Any]:
    seen = call_rpc(company.csm, "book")
    return {"arr": seen["arr"], "rows": [(row["arr"], row["ends_on"]) for row in seen["rows"]]}


def read_calendar(company: Company) -> list[tuple[str, Any]]:
    months = call_rpc(company.csm, "book_renewals")["months"]
    return [(month["month"], month["ends"]["arr"]) for month in months if month["ends"]]


def read_team(company: Company) -> tuple[int, Any]:
    members = call_rpc(company.manager, "team_overview")["members"]
    return next((each["customers"], each["arr"]) for each in members if each["id"] == str(company.csm.id))


def read_scores(company: Company, sql: Sql) -> tuple[list[Any], bool]:
    """ARR of the kept scores, and whether they are what would be computed now."""
    read = [row["arr"] for row in call_rpc(company.csm, "customer_priorities")]
    is_fresh = """select not exists (
      select to_jsonb(d) - '{computed_at}'::text[] from private.derive_scores(array[private.today()], x.ids) d except
      select to_jsonb(k) - '{computed_at}'::text[] from private.read_scores(private.today(), x.ids) k)
    from (select array_agg(c.id) as ids from public.customers c where c.company_id = %s) x"""
    return read, fetch_value(sql, is_fresh, company.id)


def read_pages(company: Company, sql: Sql) -> dict[str, Any]:
    scores, is_fresh = read_scores(company, sql)
    assert is_fresh
    return {
        "today": read_today(company), "book": read_book(company), "calendar": read_calendar(company),
        "team": read_team(company), "scores": scores,
    }  # fmt: skip


def describe_pages(term: dict[str, Any]) -> dict[str, Any]:
    """What each page says of a company whose only customer has this term."""
    arr, ends_on = int(term["arr"]), term["ends_on"]
    bars = [(f"{ends_on:%Y-%m}", arr)]
    return {
        "today": {"arr": arr, "renewals": bars, "customers": 1},
        "book": {"arr": arr, "rows": [(arr, ends_on.isoformat())]},
        "calendar": bars, "team": (1, arr), "scores": [arr],
    }  # fmt: skip


def test_every_page_follows_terms_that_change_today_and_their_undo(company, run, sql):
    before = read_pages(company, sql)
    assert before == describe_pages(contracts(sql, run)[0])
    changes = accept(propose(company.csm, run, "downgraded")["contract"], starts_on=today_of(company))
    done = close(company.csm, sql, run, changes, "downgraded")
    assert read_pages(company, sql) == describe_pages(contracts(sql, run)[1])
    assert contracts(sql, run)[1]["arr"] == 36_000
    undo(company.csm, done)
    assert read_pages(company, sql) == before


def test_terms_from_the_renewal_date_change_no_figure_of_today_but_are_the_agreed_next_term(company, run, sql):
    before = read_pages(company, sql)
    done = close(company.csm, sql, run, accept(propose(company.csm, run)["contract"]))
    assert read_pages(company, sql) == before
    assert read_next_term(company) == contracts(sql, run)[1]["starts_on"].isoformat()
    undo(company.csm, done)
    assert read_next_term(company) is None


def test_a_lost_customer_is_gone_from_every_page_and_back_after_undo(company, run, sql):
    before = read_pages(company, sql)
    done = close(company.csm, sql, run, {"status": "churned"}, "churned")
    assert read_pages(company, sql) == {
        "today": {"arr": None, "renewals": [], "customers": 0},
        "book": {"arr": None, "rows": []}, "calendar": [], "team": (0, 0), "scores": [],
    }  # fmt: skip
    churned = call_rpc(company.csm, "book", p_filter={"status": "churned"})
    assert [row["id"] for row in churned["rows"]] == [str(customer_of(sql, run))]
    undo(company.csm, done)
    assert read_pages(company, sql) == before


def test_the_forecast_counts_a_closed_renewal_as_it_ended_and_as_due_again_after_undo(company, run, sql):
    assert read_renewal(company, sql, run) == (None, 50_000)
    done = close(company.csm, sql, run, accept(propose(company.csm, run)["contract"]))
    outcome, expected = read_renewal(company, sql, run)
    assert (outcome, expected) == ("renewed", 36_000)
    undo(company.csm, done)
    assert read_renewal(company, sql, run) == (None, 50_000)


def read_renewal(company: Company, sql: Sql, run: str) -> tuple[str | None, int]:
    """What became of the term that ends in 200 days, and the ARR it is expected to leave before any share."""
    term = str(contracts(sql, run)[0]["id"])
    row = next(each for each in call_rpc(company.csm, "forecast")["rows"] if each["contract_id"] == term)
    return row["outcome"], row["computed"] if row["outcome"] else row["arr"]


def read_next_term(company: Company) -> str | None:
    return call_rpc(company.csm, "book")["rows"][0]["next_term_on"]


def today_of(company: Company) -> str:
    return call_rpc(company.csm, "book")["today"]
